/* Whole numbers of 128 bits, for sums over workers: each worker may have up to 2^61 ns (73 years, the end of
 * the virtual clock), so a sum over 4 workers may exceed a signed 64-bit integer. */
#ifndef SIM_BASE_WIDE_H
#define SIM_BASE_WIDE_H

#include <stdbool.h>
#include <stddef.h>

#ifndef __SIZEOF_INT128__
#error "expected a compiler with 128-bit integers, as compilers for 64-bit machines have"
#endif
__extension__ typedef __int128 int128;

enum { WIDE_DIGITS = 41 }; /* bytes of the longest text: a sign, 39 digits, the terminating 0 */

/* Writes decimal digits into a buffer of WIDE_DIGITS bytes and returns the buffer. */
char *wide_text(char *out, int128 value);

/* Reads an optional sign and digits up to the end of the text. false: the text is something else, or the
 * number does not fit into 128 bits. */
bool wide_read(const char *text, int128 *value);

#endif
