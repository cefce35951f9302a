/* Reads and prints numbers with units, exactly and independent of the locale. A decimal prefix is added to
 * the decimal exponent before strtod rounds, so that "1.7ms" is rounded once. */
#define _GNU_SOURCE /* strtod_l */
#include "sim/config/units.h"

#include <assert.h>
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"

/* Far larger than the exponent of any double, and small enough that the sum of two does not overflow an
 * int. */
enum { EXPONENT_MAX = 100000 };

static locale_t c_locale(void)
{
    static locale_t c;
    if (!c)
        c = newlocale(LC_ALL_MASK, "C", NULL);
    assert(c);
    return c;
}

static const char *skip_digits(const char *s)
{
    while (isdigit((unsigned char)*s))
        s++;
    return s;
}

/* The end of a number such as "-12.5" at the beginning of s; NULL: no number. strtod alone would also
 * accept hexadecimal numbers, "nan" and "infinity". */
static const char *mantissa_end(const char *s)
{
    if (*s == '-' || *s == '+')
        s++;
    const char *point = skip_digits(s);
    const char *end = *point == '.' ? skip_digits(point + 1) : point;
    bool digits = point > s || end > point + 1;
    return digits ? end : NULL;
}

/* Reads an exponent such as "e-7" at *s, if there is one, and moves *s behind it. */
static int exponent(const char **s)
{
    const char *digits = *s + 1;
    if (**s != 'e' && **s != 'E')
        return 0;
    if (*digits == '-' || *digits == '+')
        digits++;
    if (!isdigit((unsigned char)*digits))
        return 0;
    long x = strtol(*s + 1, NULL, 10);
    *s = skip_digits(digits);
    return x > EXPONENT_MAX ? EXPONENT_MAX : x < -EXPONENT_MAX ? -EXPONENT_MAX : (int)x;
}

static const char *unit_name(const void *units, size_t i)
{
    return ((const struct unit *)units)[i].name;
}

static const char *hint_without_units(const char *word)
{
    if (*word == '%')
        return "a fraction: 0.01 is 1%";
    return *word == '-' ? "a plain number; in a sweep, a range is written 1..5"
                        : "a plain number, without a unit";
}

/* The text is good until the next call. */
static const char *unit_hint(const struct quantity *q, const char *word)
{
    static char hint[64];
    if (!q->units)
        return hint_without_units(word);
    if (!*word)
        return q->bits ? "the unit is missing: bit/s for bits, B/s for bytes" : "the unit is missing";
    if (q->bits && (strstr(word, "b/s") || strstr(word, "bps") || strstr(word, "Bps")))
        return "ambiguous: write bit/s for bits, B/s for bytes";
    const char *nearest = text_nearest(word, unit_name, q->units);
    if (!nearest)
        return "unknown unit; capital and small letters differ";
    snprintf(hint, sizeof hint, "unknown unit; did you mean %s?", nearest);
    return hint;
}

static const struct unit *unit_find(const struct quantity *q, const char *word)
{
    static const struct unit none = {"", 0, 1};
    if (!*word && q->bare)
        return &none;
    for (const struct unit *u = q->units; u && u->name; u++)
        if (strcmp(u->name, word) == 0)
            return u;
    return NULL;
}

const char *quantity_read(const struct quantity *q, const char *text, double *value)
{
    if (q->infinite && strcmp(text, "inf") == 0) {
        *value = INFINITY;
        return NULL;
    }
    const char *end = mantissa_end(text);
    if (!end)
        return "";
    const char *word = end;
    int shift = exponent(&word);
    word += strspn(word, " \t");
    const struct unit *unit = unit_find(q, word);
    char *decimal = text_format("%.*se%d", (int)(end - text), text, shift + (unit ? unit->exponent : 0));
    double x = strtod_l(decimal, NULL, c_locale());
    free(decimal);
    if (!unit && !(x == 0 && !*word)) /* 0 needs no unit */
        return unit_hint(q, word);
    *value = x * (unit ? unit->scale : 1) + 0.0; /* + 0.0: -0 becomes 0 */
    return isfinite(*value) ? NULL : "too large a number";
}

/* Writes x / 10^shift into out, with the fewest digits that read back to x (64 bytes are enough). */
static void decimal(char *out, double x, int shift)
{
    char text[40];
    int digits = 0;
    do /* ends: 17 digits are always enough */
        snprintf(text, sizeof text, "%.*e", digits++, x);
    while (strtod(text, NULL) != x);
    const char *first = text + (*text == '-');
    char *e = strchr(text, 'e');
    int power = (int)strtol(e + 1, NULL, 10) - shift;
    int n = (int)(e - first) - (e > first + 1); /* digits, without the point after the first digit */
    if (n > 1)
        memmove(text + (first - text) + 1, first + 2, (size_t)n - 1);
    const char *sign = *text == '-' ? "-" : "";
    if (power < -4 || power > 15)
        sprintf(out, "%s%.1s%s%.*se%d", sign, first, n > 1 ? "." : "", n - 1, first + 1, power);
    else if (power < 0)
        sprintf(out, "%s0.%.*s%.*s", sign, -power - 1, "000", n, first);
    else if (n <= power + 1)
        sprintf(out, "%s%.*s%.*s", sign, n, first, power + 1 - n, "0000000000000000");
    else
        sprintf(out, "%s%.*s.%.*s", sign, power + 1, first, n - power - 1, first + power + 1);
}

/* The shortest text wins; of texts with equal length, one without a fraction: "100us" and not "0.1ms";
 * "1.5s". */
static size_t ugliness(const char *number)
{
    return strlen(number) + (strchr(number, '.') != NULL);
}

static void print_best(const struct quantity *q, double value, FILE *out)
{
    static const struct unit none[] = {{"", 0, 1}, {NULL, 0, 0}};
    const struct unit *units = q->units ? q->units : none, *best = NULL;
    char nicest[64], text[64];
    for (int i = 0; units[i].name && (i < q->shown || !best); i++) {
        double scaled = value / units[i].scale;
        if (scaled * units[i].scale != value) /* the division overflowed or underflowed */
            continue;
        decimal(text, scaled, units[i].exponent);
        if (!best || ugliness(text) < ugliness(nicest)) {
            best = &units[i];
            memcpy(nicest, text, sizeof nicest);
        }
    }
    assert(best);
    fprintf(out, "%s%s", nicest, best->name);
}

void quantity_print(const struct quantity *q, double value, FILE *out)
{
    if (isinf(value)) {
        fputs("inf", out);
        return;
    }
    locale_t before = uselocale(c_locale());
    print_best(q, value, out);
    uselocale(before);
}
