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

#endif
