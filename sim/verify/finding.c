/* Counts and prints findings. Every judge of sim/verify/ states its expectations through these functions, so
 * that all messages have one form. */
#include "sim/verify/finding.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "sim/base/text.h"

enum { SHOWN = 10 }; /* the first finding is the cause; later findings are mostly its consequences */

#define NEAR 1e-8 /* relative; rounding to nine digits makes an error of at most 5e-9 */

void finding(struct findings *f, const char *format, ...)
{
    char place[32] = "", what[1024], line[8192]; /* a path may have 4096 */
    if (++f->n > SHOWN || f->silent)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (f->line > 0)
        snprintf(place, sizeof place, ":%" PRId64, f->line);
    snprintf(line, sizeof line, "simulate: %s%s: %s", f->file, place, what);
    text_one_line(line);
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
}

/* Texts are made for a finding alone: a row has thirty expectations, and nearly all are met. */
static bool miss(struct findings *f, const char *what, const char *text)
{
    finding(f, "%s: expected %s", what, text);
    return false;
}

bool expect_equal(struct findings *f, const char *what, int64_t got, int64_t want, const char *why)
{
    char text[512];
    if (got == want)
        return true;
    snprintf(text, sizeof text, "%" PRId64 " (%s), got %" PRId64, want, why, got);
    return miss(f, what, text);
}

bool expect_sum(struct findings *f, const char *what, int128 got, int128 want, const char *why)
{
    char text[512], wanted[WIDE_DIGITS], there[WIDE_DIGITS];
    if (got == want)
        return true;
    snprintf(text, sizeof text, "%s (%s), got %s", wide_text(wanted, want), why, wide_text(there, got));
    return miss(f, what, text);
}

bool expect_least(struct findings *f, const char *what, int64_t got, int64_t least, const char *why)
{
    char text[512];
    if (got >= least)
        return true;
    snprintf(text, sizeof text, "at least %" PRId64 " (%s), got %" PRId64, least, why, got);
    return miss(f, what, text);
}

bool expect_most(struct findings *f, const char *what, int64_t got, int64_t most, const char *why)
{
    char text[512];
    if (got <= most)
        return true;
    snprintf(text, sizeof text, "at most %" PRId64 " (%s), got %" PRId64, most, why, got);
    return miss(f, what, text);
}

bool expect_near(struct findings *f, const char *what, double got, double want, const char *why)
{
    char text[512];
    if (isnan(got) || isnan(want) ? isnan(got) && isnan(want)
                                  : got == want || fabs(got - want) <= NEAR * fabs(want))
        return true;
    snprintf(text, sizeof text, "%.9g (%s), got %.9g", want, why, got);
    return miss(f, what, text);
}

int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

int64_t difference_of(int64_t a, int64_t b)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return b > 0 ? INT64_MIN : INT64_MAX;
    return difference;
}

int64_t product_of(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}
