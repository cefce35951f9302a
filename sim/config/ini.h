/* Reads an ini file through inih, strictly: what inih would silently cut, join or skip is an error here.
 * This file knows no keys.
 *
 *   [section]
 *   key = value ; comment
 *   # comment
 *
 * Refused: indented lines (inih joins them to the value before), lines without '=', keys without a name or
 * in front of the first section, section names over 49 characters, lines over 64 KiB, NUL bytes. Accepted:
 * CRLF, a UTF-8 byte order mark, no newline at the end of the last line. */
#ifndef SIM_CONFIG_INI_H
#define SIM_CONFIG_INI_H

#include <stdbool.h>
#include <stddef.h>

struct ini_entry {
    int line;
    const char *section;
    const char *key, *value; /* NULL: the section's header itself */
};

/* Called for every section header and every key, in the order of the file. false, with the reason in
 * error, stops the reading. */
typedef bool ini_visitor(void *user, const struct ini_entry *entry, char *error, size_t error_size);

/* Reads a file. false: error is "path:line: why", or "path: why" when the file cannot be opened or is a
 * folder. */
bool ini_visit(const char *path, ini_visitor *visit, void *user, char *error, size_t error_size);

/* The bytes of an ini, read once and used several times: a pipe gives its bytes only once, and a file may
 * change. */
struct ini_text {
    char *bytes; /* free() */
    size_t n;
};

/* Reads the bytes. false: as ini_visit. A NUL byte, or more than 16 MiB, is refused, so that reading from
 * a device ends. */
bool ini_read(struct ini_text *text, const char *path, char *error, size_t error_size);

/* As ini_visit, from bytes in memory. path: the name in messages. */
bool ini_visit_text(const char *path, const struct ini_text *text, ini_visitor *visit, void *user,
                    char *error, size_t error_size);

#endif
