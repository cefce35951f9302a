/* Reads a whole file, and a JSON text token by token. Damage of any kind is a finding with its line; it never
 * ends the program. Only sim/export/ uses this header. */
#ifndef SIM_EXPORT_SCAN_H
#define SIM_EXPORT_SCAN_H

#include <stddef.h>

#include "sim/verify/finding.h"

/* Returns the bytes of a file with a NUL behind them; the caller frees. NULL, with a finding: the file cannot
 * be read, or has more than `most` bytes. path becomes the file of the findings; it is not copied. */
char *scan_file(const char *path, size_t most, size_t *bytes, struct findings *f);

struct scan {
    const char *at;     /* ends with a NUL */
    struct findings *f; /* f->line is the line of `at` */
};

bool scan_is(struct scan *s, char c); /* skips blanks, and takes the next character if it is c */

/* Each takes one token. false, with a finding: the next token is another. */
bool scan_want(struct scan *s, char c);
bool scan_text(struct scan *s, char *out, size_t size); /* in quotes, shorter than size; no escapes */
bool scan_int(struct scan *s, int64_t *value);          /* from 0 to 2^61 */

#endif
