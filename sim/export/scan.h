/* Reads a whole file, and a JSON text token by token. Damage of any kind is a finding, with its line, never an end of
 * the program. Inside of sim/export/. */
#ifndef SIM_EXPORT_SCAN_H
#define SIM_EXPORT_SCAN_H

#include <stddef.h>

#include "sim/verify/finding.h"

/* The bytes of a file, a NUL behind them; the caller frees. NULL, with a finding: it cannot be read, or has more than
 * `most`. path is kept by pointer, as the file of the findings. */
char *scan_file(const char *path, size_t most, size_t *bytes, struct findings *f);

struct scan {
    const char *at;     /* ends with a NUL */
    struct findings *f; /* its line is that of `at` */
};

bool scan_is(struct scan *s, char c); /* takes the next character if it is c; blanks are passed over */

/* Each takes one token; false, with a finding: it is another. */
bool scan_want(struct scan *s, char c);
bool scan_text(struct scan *s, char *out, size_t size); /* in quotes, shorter than size; no escapes */
bool scan_int(struct scan *s, int64_t *value);          /* from 0 to 2^61 */

#endif
