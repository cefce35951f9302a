/* 128-bit integers as text: printf and strtoll have no conversion for them. */
#include "sim/base/wide.h"

#include <ctype.h>
#include <string.h>

char *wide_text(char *out, int128 value)
{
    char digits[WIDE_DIGITS];
    int n = 0, used = 0;
    bool below = value < 0;
    do { /* digit by digit with the sign, since the negation of the smallest value overflows */
        int digit = (int)(value % 10);
        digits[n++] = (char)('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (below)
        out[used++] = '-';
    while (n > 0)
        out[used++] = digits[--n];
    out[used] = '\0';
    return out;
}

/* Reads on after an overflow: `fits` remembers the overflow, and the text must still consist of digits. */
bool wide_read(const char *text, int128 *value)
{
    bool below = *text == '-', fits = true;
    const char *c = text + (*text == '-' || *text == '+');
    if (!isdigit((unsigned char)*c))
        return false;
    for (*value = 0; isdigit((unsigned char)*c); c++) {
        int128 digit = *c - '0';
        fits = fits && !__builtin_mul_overflow(*value, (int128)10, value) &&
               !__builtin_add_overflow(*value, below ? -digit : digit, value);
    }
    return fits && !*c;
}
