/* Numbers as the files of a run hold them, read and written fast: a file of a million rows has over ten million.
 * What cannot be read or written exactly by a few multiplications goes through strtod, strtoll and snprintf, so
 * that every value and every text is the one that these give in the C locale. */
#ifndef SIM_BASE_NUMBER_H
#define SIM_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the whole text, which has `length` bytes and needs no end mark. false: it is no such number. NUMBER_LONGEST
 * or more bytes are no number.
 *   number_int      as strtoll does: "-12"; false also if no int64_t holds it
 *   number_real     as strtod does: "0.1", "1e-3", "NaN", "inf"; but no hexadecimal number
 *   number_seconds  "12.345678901", nine decimals, as whole ns */
enum { NUMBER_LONGEST = 64 };
bool number_int(const char *text, size_t length, int64_t *value);
bool number_real(const char *text, size_t length, double *value);
bool number_seconds(const char *text, size_t length, int64_t *ns);

/* Write the number at `out`, without an end mark, and return the end of it. There is room for NUMBER_ROOM bytes.
 *   number_put_int      %lld
 *   number_put_real     %.9g; NaN without a sign
 *   number_put_seconds  12.345678901 */
enum { NUMBER_ROOM = 32 };
char *number_put_int(char *out, int64_t value);
char *number_put_real(char *out, double value);
char *number_put_seconds(char *out, int64_t ns);

#endif
