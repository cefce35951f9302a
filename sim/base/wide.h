/* Whole numbers of 128 bits: sums over workers of what each of them may have up to the end of the clock (73 years:
 * 2^61 ns). */
#ifndef SIM_BASE_WIDE_H
#define SIM_BASE_WIDE_H

#include <stdbool.h>
#include <stddef.h>

#ifndef __SIZEOF_INT128__
#error "expected a compiler with 128-bit integers, as those of 64-bit machines are"
#endif
__extension__ typedef __int128 int128;

enum { WIDE_DIGITS = 41 }; /* bytes of the longest one as text: a sign, 39 digits, the end */

/* Decimal digits, written into a buffer of WIDE_DIGITS bytes, which is returned. */
char *wide_text(char *out, int128 value);

/* A sign, perhaps, and digits, up to the end of the text; false: it is something else, or more than 128 bits hold. */
bool wide_read(const char *text, int128 *value);

#endif
