/* Numbers from text and to text. The fast ways are exact by construction:
 *
 *   reading   at most 15 digits are a whole number below 2^53, and 10^0 to 10^22 are doubles without an error. So one
 *             multiplication or division rounds once, as strtod does (Clinger 1990, "How to read floating point
 *             numbers accurately").
 *   writing   nine digits are the whole number next to x * 10^n. A long double with 64 bits has 10^0 to 10^27 without
 *             an error, so that the product is off by less than 2^-33; a product nearer than that to a half, where
 *             rounding could go either way, is left to snprintf. */
#include "sim/base/number.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS = 15, EXACT_POWER = 22, INT_DIGITS = 18, NANO_DIGITS = 9, SHOWN_DIGITS = 9 };

static const double power_of_ten[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* ---- reading ---- */

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* strtoll and strtod need an end mark. false: the text is empty, too long, begins with a blank or has a NUL byte. */
static bool copy(char *out, const char *text, size_t length)
{
    if (length == 0 || length >= NUMBER_LONGEST || isspace((unsigned char)*text) ||
        memchr(text, '\0', length))
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

static bool slow_int(const char *text, size_t length, int64_t *value)
{
    char whole[NUMBER_LONGEST], *end;
    if (!copy(whole, text, length))
        return false;
    errno = 0;
    *value = strtoll(whole, &end, 10);
    return !*end && end != whole && !errno;
}

bool number_int(const char *text, size_t length, int64_t *value)
{
    const char *at = text, *end = text + length;
    int64_t number = 0;
    bool minus = length > 0 && *at == '-';
    at += minus;
    if (at == end || end - at > INT_DIGITS)
        return slow_int(text, length, value);
    for (; at < end; at++) {
        if (!is_digit(*at))
            return slow_int(text, length, value);
        number = 10 * number + (*at - '0');
    }
    *value = minus ? -number : number;
    return true;
}

static bool slow_real(const char *text, size_t length, double *value)
{
    char whole[NUMBER_LONGEST], *end;
    if (!copy(whole, text, length))
        return false;
    *value = strtod(whole, &end);
    return !*end && end != whole && !strpbrk(whole, "xX()");
}

struct decimal { /* digits * 10^power */
    uint64_t digits;
    int power, n; /* n: number of digits, leading zeros not counted */
    bool any;
};

/* Takes the digits at `at`, and returns the end of them. Zeros in front count for nothing. */
static const char *take_digits(struct decimal *d, const char *at, const char *end)
{
    for (; at < end && is_digit(*at); at++) {
        d->any = true;
        d->n += d->n > 0 || *at != '0';
        if (d->n <= INT_DIGITS)
            d->digits = 10 * d->digits + (uint64_t)(*at - '0');
    }
    return at;
}

/* "e-05": returns the end, or NULL. */
static const char *take_exponent(struct decimal *d, const char *at, const char *end)
{
    int exponent = 0;
    bool minus = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end || end - at > 3)
        return NULL;
    for (; at < end && is_digit(*at); at++)
        exponent = 10 * exponent + (*at - '0');
    d->power += minus ? -exponent : exponent;
    return at;
}

bool number_real(const char *text, size_t length, double *value)
{
    struct decimal d = {0};
    const char *at = text, *end = text + length;
    bool minus = length > 0 && *at == '-';
    if (length == 3 && memcmp(text, "NaN", 3) == 0) {
        *value = NAN;
        return true;
    }
    at = take_digits(&d, at + minus, end);
    if (at < end && *at == '.') {
        const char *fraction = at + 1;
        at = take_digits(&d, fraction, end);
        d.power = (int)(fraction - at);
    }
    if (d.any && at < end && (*at == 'e' || *at == 'E'))
        at = take_exponent(&d, at + 1, end);
    if (at != end || !d.any || d.n > EXACT_DIGITS || d.power < -EXACT_POWER || d.power > EXACT_POWER ||
        FLT_EVAL_METHOD != 0)
        return slow_real(text, length, value);
    double x = (double)d.digits;
    x = d.power < 0 ? x / power_of_ten[-d.power] : x * power_of_ten[d.power];
    *value = minus ? -x : x;
    return true;
}

/* The digits are read as one whole number: a double would not be exact. */
bool number_seconds(const char *text, size_t length, int64_t *ns)
{
    char digits[NUMBER_LONGEST];
    if (length <= NANO_DIGITS || length >= NUMBER_LONGEST)
        return false;
    size_t whole = length - NANO_DIGITS - 1;
    if (text[whole] != '.')
        return false;
    memcpy(digits, text, whole);
    memcpy(digits + whole, text + whole + 1, NANO_DIGITS);
    for (size_t i = whole; i < length - 1; i++)
        if (!is_digit(digits[i]))
            return false;
    return number_int(digits, length - 1, ns);
}

/* ---- writing ---- */

/* Writes the digits of a number, at least `least` of them; least is at least 1. */
static char *put_digits(char *out, uint64_t number, int least)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    char digits[20], *end = digits + sizeof digits, *at = end;
    for (; number >= 10; number /= 100) {
        at -= 2;
        memcpy(at, &pairs[2 * (number % 100)], 2);
    }
    if (number > 0)
        *--at = (char)('0' + number);
    while (end - at < least)
        *--at = '0';
    memcpy(out, at, (size_t)(end - at));
    return out + (end - at);
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value; /* of INT64_MIN too */
}

char *number_put_int(char *out, int64_t value)
{
    if (value < 0)
        *out++ = '-';
    return put_digits(out, size_of(value), 1);
}

char *number_put_seconds(char *out, int64_t ns)
{
    const uint64_t second = 1000000000;
    if (ns < 0)
        *out++ = '-';
    out = put_digits(out, size_of(ns) / second, 1);
    *out++ = '.';
    return put_digits(out, size_of(ns) % second, NANO_DIGITS);
}

#if LDBL_MANT_DIG >= 64

enum { LONG_POWER = 27 };

static const long double long_power[LONG_POWER + 1] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
    1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

/* Rounds x > 0 to nine digits: x is about *digits * 10^*power, and *digits has exactly nine. false: x is too large, too
 * small, or too near to the middle between two such numbers. */
static bool nine_digits(double x, uint64_t *digits, int *power)
{
    const long double least = 1e8L, end = 1e9L, near = 0x1p-30L;
    int binary;
    frexp(x, &binary);
    int n = SHOWN_DIGITS - 1 - (int)floor((binary - 1) * 0.30102999566398120);
    for (int tries = 0; tries < 2; tries++, n--) { /* the estimate is the exponent, or one less */
        if (n < -LONG_POWER || n > LONG_POWER)
            return false;
        long double scaled = n < 0 ? x / long_power[-n] : x * long_power[n];
        if (scaled >= end - 1)
            continue;
        uint64_t whole = (uint64_t)scaled;
        long double rest = scaled - (long double)whole;
        if (scaled < least || fabsl(rest - 0.5L) < near)
            return false;
        *digits = whole + (rest > 0.5L);
        *power = -n;
        return true;
    }
    return false;
}

#else

static bool nine_digits(double x, uint64_t *digits, int *power)
{
    (void)x, (void)digits, (void)power;
    return false;
}

#endif

/* Writes a mantissa of `n` digits, with a point behind the first `whole` of them. */
static char *put_pointed(char *out, const char *digits, int n, int whole)
{
    if (whole <= 0) {
        memcpy(out, "0.000", 5);
        out += 2 - whole; /* at most three zeros behind the point */
        memcpy(out, digits, (size_t)n);
        return out + n;
    }
    for (int i = 0; i < whole; i++)
        *out++ = i < n ? digits[i] : '0';
    if (n > whole) {
        *out++ = '.';
        memcpy(out, digits + whole, (size_t)(n - whole));
        out += n - whole;
    }
    return out;
}

/* The rules of %g: no zeros at the end, and an exponent below -4 or from the precision on. */
static char *put_general(char *out, uint64_t number, int power)
{
    char digits[SHOWN_DIGITS];
    int n = SHOWN_DIGITS, exponent = power + SHOWN_DIGITS - 1;
    put_digits(digits, number, SHOWN_DIGITS);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    if (exponent >= -4 && exponent < SHOWN_DIGITS)
        return put_pointed(out, digits, n, exponent + 1);
    out = put_pointed(out, digits, n, 1);
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    return put_digits(out, (uint64_t)abs(exponent), 2);
}

char *number_put_real(char *out, double value)
{
    uint64_t digits;
    int power;
    if (isnan(value)) { /* printf could say -nan */
        memcpy(out, "NaN", 3);
        return out + 3;
    }
    if (value == 0 || isinf(value) || !nine_digits(fabs(value), &digits, &power))
        return out + snprintf(out, NUMBER_ROOM, "%.9g", value);
    if (value < 0)
        *out++ = '-';
    return put_general(out, digits, power);
}
