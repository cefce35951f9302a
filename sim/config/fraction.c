#include "sim/config/fraction.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "sim/config/kinds.h"

enum { MOST_DIGITS = 9 }; /* of each whole number: products of such fractions stay small */

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Reads digits at *text, and moves it behind them. false: there are none, or too many. */
static bool read_digits(const char **text, int64_t *out, int *digits)
{
    const char *first = *text;
    for (*out = 0; isdigit((unsigned char)**text) && *text - first <= MOST_DIGITS; (*text)++)
        *out = 10 * *out + (**text - '0');
    *digits = (int)(*text - first);
    return *digits > 0 && *digits <= MOST_DIGITS;
}

/* Behind the whole number: "/3", ".25", or nothing. */
static bool read_rest(const char **text, struct fraction *f)
{
    int digits;
    char kind = **text;
    if (kind != '/' && kind != '.')
        return true;
    int64_t number;
    ++*text;
    if (!read_digits(text, &number, &digits))
        return false;
    f->denominator = kind == '/' ? number : 1;
    for (int i = 0; kind == '.' && i < digits; i++) {
        f->numerator *= 10;
        f->denominator *= 10;
    }
    f->numerator += kind == '.' ? number : 0;
    return f->denominator > 0;
}

static bool read_all(const char *text, struct fraction *f)
{
    int digits;
    *f = (struct fraction){.denominator = 1};
    if (*text != '.' && !read_digits(&text, &f->numerator, &digits))
        return false;
    return read_rest(&text, f) && !*text;
}

static bool is_long(const char *text)
{
    size_t longest = 0;
    for (size_t n; *text; text += n + (text[n] != '\0')) {
        n = strspn(text, "0123456789");
        longest = n > longest ? n : longest;
    }
    return longest > MOST_DIGITS;
}

const char *fraction_read(const char *text, struct fraction *out)
{
    struct fraction f;
    if (!read_all(text, &f))
        return is_long(text) ? "at most 9 digits; a third is 1/3" : "";
    int64_t divisor = greatest_divisor(f.numerator, f.denominator);
    *out = (struct fraction){f.numerator / divisor, f.denominator / divisor};
    return NULL;
}

static bool is_decimal(int64_t denominator)
{
    while (denominator % 2 == 0)
        denominator /= 2;
    while (denominator % 5 == 0)
        denominator /= 5;
    return denominator == 1;
}

void fraction_print(const struct fraction *fraction, FILE *out)
{
    const struct quantity *plain = key_quantity(&(struct config_key){.type = KEY_REAL});
    if (is_decimal(fraction->denominator))
        quantity_print(plain, fraction_value(fraction), out);
    else
        fprintf(out, "%" PRId64 "/%" PRId64, fraction->numerator, fraction->denominator);
}

double fraction_value(const struct fraction *fraction)
{
    return (double)fraction->numerator / (double)fraction->denominator;
}
