#include "sim/time/exact.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

/* ---- natural numbers ---- */

/* A term has less than 1200 bits: 57 of its digits, and a power of ten (down to 10^-340) or of two (down to
 * 2^-1074). */
enum { LIMBS = (EXACT_TERMS + 2) * 40 };

struct natural {
    int n;                /* limbs in use, the highest of which may be 0 */
    uint32_t limb[LIMBS]; /* the lowest first */
};

static void set(struct natural *a, uint64_t x)
{
    a->n = 0;
    for (; x > 0; x >>= 32)
        a->limb[a->n++] = (uint32_t)x;
}

static void times(struct natural *a, uint32_t x)
{
    uint64_t carry = 0;
    for (int i = 0; i < a->n; i++) {
        carry += (uint64_t)a->limb[i] * x;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert(a->n < LIMBS);
    if (carry > 0)
        a->limb[a->n++] = (uint32_t)carry;
}

/* a + b * 2^(32 shift) */
static void plus(struct natural *a, const struct natural *b, int shift)
{
    uint64_t carry = 0;
    int n = (a->n > b->n + shift ? a->n : b->n + shift) + 1;
    assert(n <= LIMBS);
    memset(a->limb + a->n, 0, (size_t)(n - a->n) * sizeof *a->limb);
    for (int i = shift; i < n; i++) {
        carry += a->limb[i];
        carry += i < b->n + shift ? b->limb[i - shift] : 0;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    a->n = n;
}

static void copy(struct natural *to, const struct natural *from)
{
    to->n = from->n;
    memcpy(to->limb, from->limb, (size_t)from->n * sizeof *from->limb);
}

static void times_long(struct natural *a, uint64_t x)
{
    struct natural low;
    copy(&low, a);
    times(&low, (uint32_t)x);
    times(a, (uint32_t)(x >> 32));
    struct natural high;
    copy(&high, a);
    copy(a, &low);
    plus(a, &high, 1);
}

static void times_power(struct natural *a, uint32_t base, int exponent)
{
    for (; exponent > 0; exponent--)
        times(a, base);
}

static bool is_at_least(const struct natural *a, const struct natural *b)
{
    int i = a->n > b->n ? a->n : b->n;
    while (i-- > 0) {
        uint32_t x = i < a->n ? a->limb[i] : 0, y = i < b->n ? b->limb[i] : 0;
        if (x != y)
            return x > y;
    }
    return true;
}

/* ---- terms ---- */

struct number { /* digits * base^exponent */
    uint64_t digits;
    uint32_t base;
    int exponent;
};

static struct number double_of(double x)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    return (struct number){(uint64_t)ldexp(fraction, DBL_MANT_DIG), 2, exponent - DBL_MANT_DIG};
}

/* As sim/config/units.c prints it. The decimal point, of any locale, is the character after the first
 * digit. */
static struct number decimal_of(double x)
{
    char text[40];
    int places = DBL_DIG - 2;
    do /* 17 digits always read back */
        snprintf(text, sizeof text, "%.*e", ++places, x);
    while (strtod(text, NULL) != x);
    struct number d = {(uint64_t)(*text - '0'), 10, (int)strtol(strchr(text, 'e') + 1, NULL, 10) - places};
    for (const char *c = strchr(text, 'e') - places; *c != 'e'; c++)
        d.digits = 10 * d.digits + (uint64_t)(*c - '0');
    return d;
}

static struct number number_of(const struct exact_term *term)
{
    return term->kind == EXACT_DECIMAL ? decimal_of(term->x) : double_of(term->x);
}

struct rational {
    struct natural over, under;
};

static void multiply(struct natural *over, struct natural *under, const struct number *x)
{
    times_long(over, x->digits);
    times_power(x->exponent < 0 ? under : over, x->base, abs(x->exponent));
}

/* over/under + x = (over + x under) / under, brought to one denominator. */
static void add(struct rational *r, const struct number *x)
{
    struct natural summand;
    copy(&summand, &r->under);
    times_long(&summand, x->digits);
    if (x->exponent < 0) {
        times_power(&r->over, x->base, -x->exponent);
        times_power(&r->under, x->base, -x->exponent);
    } else {
        times_power(&summand, x->base, x->exponent);
    }
    plus(&r->over, &summand, 0);
}

static void apply(struct rational *r, const struct exact_term *term)
{
    struct number x = number_of(term);
    if (term->op == EXACT_PLUS)
        add(r, &x);
    else if (term->op == EXACT_TIMES)
        multiply(&r->over, &r->under, &x);
    else
        multiply(&r->under, &r->over, &x);
}

/* ---- rounding ---- */

static long double roughly(const struct exact_term *term, int n)
{
    long double x = 1;
    for (int i = 0; i < n; i++)
        x = term[i].op == EXACT_PLUS    ? x + term[i].x
            : term[i].op == EXACT_TIMES ? x * term[i].x
                                        : x / term[i].x;
    return x * (long double)NS_PER_S;
}

/* Whether twice the number is 2 ns - 1 or more: then it is rounded to ns or more. */
static bool rounds_to(const struct rational *twice, vtime ns)
{
    struct natural least;
    copy(&least, &twice->under);
    times_long(&least, 2 * (uint64_t)ns - 1);
    return is_at_least(&twice->over, &least);
}

/* The exact way, by bisection: the rounded result is one of low .. high. */
static vtime decide(const struct exact_term *term, int n, vtime low, vtime high)
{
    struct rational twice;
    set(&twice.over, 1);
    set(&twice.under, 1);
    for (int i = 0; i < n; i++)
        apply(&twice, &term[i]);
    times_long(&twice.over, 2 * (uint64_t)NS_PER_S); /* not before: what is added is seconds */
    while (low < high) {
        vtime middle = low + (high - low + 1) / 2;
        if (rounds_to(&twice, middle))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

vtime exact_ns(const struct exact_term *term, int n, vtime least)
{
    assert(n <= EXACT_TERMS);
    long double ns = roughly(term, n);
    if (!(ns < 0x1p62L)) /* NaN too */
        die(EXIT_USAGE, "a duration of %Lg s is more than the virtual clock holds (146 years)",
            ns / (long double)NS_PER_S);
    /* Each term is off by half a last place of a double, and the result of each operation by no more. */
    long double error = ns * (long double)((n + 1) * DBL_EPSILON);
    vtime low = ns > error ? (vtime)(ns - error + 0.5L) : 0, high = (vtime)(ns + error + 0.5L);
    vtime rounded = low == high ? low : decide(term, n, low, high);
    return rounded < least ? least : rounded;
}
