/* Reads an ini file through inih, strictly: what inih would cut, join or skip without a word is an error
 * here. Knows no keys.
 *
 *   [section]
 *   key = value ; comment
 *   # comment
 *
 * Refused: indented lines (inih joins them to the value before), lines without '=', keys without a name or in
 * front of the first section, section names over 49 characters, lines over 64 KiB, NUL bytes. Accepted: CRLF,
 * a UTF-8 byte order mark, no newline at the end of the last line. */
#ifndef SIM_CONFIG_INI_H
#define SIM_CONFIG_INI_H

#include <stdbool.h>
#include <stddef.h>

struct ini_entry {
    int line;
    const char *section;
    const char *key, *value; /* NULL: the section's header itself */
};

/* Called for every header and key in the order of the file; false, with the reason in error, stops the
 * reading. */
typedef bool ini_visitor(void *user, const struct ini_entry *entry, char *error, size_t error_size);

/* false: error says "path:line: why", or "path: why" when the file cannot be opened, or is a folder. */
bool ini_visit(const char *path, ini_visitor *visit, void *user, char *error, size_t error_size);

/* The bytes of an ini that are read once and used as often as need be: a pipe gives them once, and a file
 * may change meanwhile. */
struct ini_text {
    char *bytes; /* free() */
    size_t n;
};

/* false: as above; bytes that no ini has, or more than 16 MiB, are refused here, so that a device comes to
 * an end. */
bool ini_read(struct ini_text *text, const char *path, char *error, size_t error_size);

/* As ini_visit; path is the name for messages. */
bool ini_visit_text(const char *path, const struct ini_text *text, ini_visitor *visit, void *user,
                    char *error, size_t error_size);

#endif
