/* Intervals and tests of sim/statistics/ against R and scipy (tests/oracle/make_statistics.py), against published figures,
 * and at their edges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/statistics/equivalence.h"
#include "sim/statistics/family.h"
#include "sim/statistics/interval.h"
#include "sim/statistics/sign_flip.h"

enum { LEVELS = 3, MOST = 60 };

static const struct data {
    const char *name;
    int n;
    double x[MOST];
    double mean, std, p;
    struct expected {
        double level, low, high, bca_low, bca_high, half_width;
        int seeds;
        double margin, equal_p;
    } of[LEVELS];
} sets[] = {
#include "tests/oracle/statistics.inc"
};

#define EACH_SET(d)      for (const struct data *d = sets; d < sets + sizeof sets / sizeof *sets; d++)
#define EACH_LEVEL(d, e) for (const struct expected *e = (d)->of; e < (d)->of + LEVELS; e++)

/* Within `share` of `unit`. GSL's quantiles of t are right to 5e-9. */
static void close_to(const char *what, double is, double should, double unit, double share)
{
    if (!(fabs(is - should) <= share * unit))
        fail_msg("%s: %.17g, and R or scipy has %.17g", what, is, should);
}

static void t_intervals_are_those_of_r(void **state)
{
    (void)state;
    EACH_SET(d)
    {
        struct sample s = sample_of(d->x, d->n);
        close_to(d->name, s.mean, d->mean, d->std, 1e-9);
        close_to(d->name, s.std, d->std, d->std, 1e-9);
        EACH_LEVEL(d, e)
        {
            struct interval i = t_interval(d->x, d->n, e->level, 0);
            close_to(d->name, i.mean, d->mean, d->std, 1e-9);
            close_to(d->name, i.low, e->low, e->high - e->low, 1e-8);
            close_to(d->name, i.high, e->high, e->high - e->low, 1e-8);
        }
    }
}

static void bca_intervals_are_those_of_scipy(void **state)
{
    (void)state;
    EACH_SET(d) EACH_LEVEL(d, e)
    {
        struct interval i = bca_interval(d->x, d->n, e->level);
        close_to(d->name, i.low, e->bca_low, d->std, 1e-7);
        close_to(d->name, i.high, e->bca_high, d->std, 1e-7);
    }
}

static void signs_are_flipped_as_in_r_and_scipy(void **state)
{
    int computed = 0;
    (void)state;
    EACH_SET(d) if (!isnan(d->p))
    {
        close_to(d->name, sign_flip_p(d->x, d->n), d->p, 1, 1e-12);
        computed++;
    }
    assert_true(computed >= 10);
}

static void seeds_and_equality_are_those_of_r(void **state)
{
    (void)state;
    EACH_SET(d) EACH_LEVEL(d, e)
    {
        struct equivalence is = equivalence_of(sample_of(d->x, d->n), e->margin, e->level, 0);
        close_to(d->name, is.p, e->equal_p, 1, 1e-8);
        assert_int_equal(is.equal, e->equal_p < 1 - e->level);
        assert_int_equal(seeds_for(d->std, e->half_width, e->level), e->seeds);
    }
}

/* Fisher counts, for Darwin's 15 pairs, 863 of 32768 ways to set the signs on either side. */
static void fisher_has_counted_the_signs(void **state)
{
    static const double maize[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
    (void)state;
    assert_true(sign_flip_p(maize, 15) == 2 * 863 / 32768.0);
}

/* All 2^n sums one by one, where many of them are equal. */
static double naive_p(const double *x, int n)
{
    int extreme = 0;
    double seen = 0;
    for (int i = 0; i < n; i++)
        seen += x[i];
    for (int signs = 0; signs < 1 << n; signs++) {
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += signs >> i & 1 ? x[i] : -x[i];
        extreme += fabs(sum) >= fabs(seen) - 1e-9;
    }
    return extreme / ldexp(1, n);
}

static void sums_that_are_equal_but_for_rounding_count(void **state)
{
    double x[12];
    (void)state;
    for (int n = 1; n <= 12; n++)
        for (int k = 0; k < 20; k++) {
            for (int i = 0; i < n; i++)
                x[i] = (i * 7 + k * 5) % 11 * 0.1 - 0.3; /* tenths: no double has them exactly */
            assert_true(sign_flip_p(x, n) == naive_p(x, n));
        }
}

static void a_p_as_small_as_it_can_be(void **state)
{
    double x[SIGN_FLIP_MOST + 1];
    (void)state;
    for (int i = 0; i <= SIGN_FLIP_MOST; i++)
        x[i] = 1 + i * 0.01;
    for (int n = 1; n <= SIGN_FLIP_MOST; n += n < 24 ? 1 : 16)
        assert_true(sign_flip_p(x, n) == ldexp(1, 1 - n));
    assert_true(isnan(sign_flip_p(x, SIGN_FLIP_MOST + 1)));
    assert_true(isnan(sign_flip_p(x, 0)));
    assert_true(sign_flip_p((double[]){0, 0, 0}, 3) == 1);
    assert_true(sign_flip_p((double[]){1, -1}, 2) == 1);
    assert_true(isnan(sign_flip_p((double[]){1, NAN}, 2)));
    assert_int_equal(sign_flip_seeds(1), 6);
    assert_int_equal(sign_flip_seeds(2), 7);
    assert_int_equal(sign_flip_seeds(5), 8);
    for (int m = 1; m < 200; m++)
        assert_int_equal(sign_flip_seeds(m), (int)ceil(1 + log2(m / 0.05)));
}

static void assert_none(struct interval i)
{
    assert_true(isnan(i.mean) && isnan(i.low) && isnan(i.high));
    assert_false(interval_excludes(i, 0));
}

static void too_few_values_and_bad_ones_have_no_interval(void **state)
{
    static const struct {
        int n;
        double x[3];
    } bad[] = {{0, {0}},         {1, {2}},           {2, {1, NAN}},
               {3, {NAN, 1, 1}}, {2, {INFINITY, 1}}, {2, {INFINITY, -INFINITY}}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_none(t_interval(bad[i].x, bad[i].n, 0.95, 0));
        assert_none(t_interval(bad[i].x, bad[i].n, 0.95, 1));
        assert_none(bca_interval(bad[i].x, bad[i].n, 0.95));
        struct equivalence e = equivalence_of(sample_of(bad[i].x, bad[i].n), 1, 0.95, 0);
        assert_none(e.interval);
        assert_true(isnan(e.p) && !e.equal);
    }
    assert_true(sample_of((double[]){2}, 1).mean == 2);
    assert_true(isnan(sample_of((double[]){2}, 1).std));
}

static void equal_values_are_a_point_without_steps(void **state)
{
    static const double x[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}; /* their sum / 7 is not 0.1 */
    (void)state;
    assert_true(sample_of(x, 7).std == 0);
    struct interval t = t_interval(x, 7, 0.95, 0), b = bca_interval(x, 7, 0.95);
    assert_true(t.mean == 0.1 && t.low == 0.1 && t.high == 0.1);
    assert_true(b.mean == 0.1 && b.low == 0.1 && b.high == 0.1);
    assert_true(interval_excludes(t, 0) && !interval_excludes(t, 0.1));
    struct equivalence e = equivalence_of(sample_of(x, 7), 0.2, 0.95, 0);
    assert_true(e.equal && e.p == 0);
    e = equivalence_of(sample_of(x, 7), 0.1, 0.95, 0);
    assert_true(!e.equal && e.p == 1);
    assert_int_equal(seeds_for(0, 0.01, 0.95), 2);
}

/* Two seeds: t has one degree of freedom, and is a Cauchy distribution, with quantiles tan(pi level / 2). */
static void two_seeds_are_cauchys(void **state)
{
    (void)state;
    for (int i = 0; i < LEVELS; i++) {
        double level = sets[0].of[i].level;
        struct interval t = t_interval((double[]){1, 3}, 2, level, 0);
        close_to("two seeds", t.high, 2 + tan(M_PI / 2 * level), t.high, 1e-9);
        close_to("two seeds", t.low, 2 - tan(M_PI / 2 * level), t.high, 1e-9);
    }
}

static void steps_of_the_measurement_are_the_least_width(void **state)
{
    static const double equal[] = {0.05, 0.05}, apart[] = {0.05, 0.15};
    (void)state;
    struct interval t = t_interval(equal, 2, 0.95, 0.02);
    close_to("steps", t.high - t.mean, tan(M_PI / 2 * 0.95) * 0.02 / sqrt(2), 1, 1e-9);
    assert_false(interval_excludes(t, 0));
    struct interval more = t_interval(apart, 2, 0.95, 0.02), without = t_interval(apart, 2, 0.95, 0);
    assert_memory_equal(&more, &without, sizeof more); /* they vary more than their steps do */
}

static void families_and_seeds_have_edges(void **state)
{
    (void)state;
    assert_true(family_level(1) == 0.95 && family_level(5) == 0.99);
    assert_int_equal(seeds_for(NAN, 1, 0.95), 0);
    assert_int_equal(seeds_for(INFINITY, 1, 0.95), 0);
    assert_int_equal(seeds_for(1, 0, 0.95), 0);
    assert_int_equal(seeds_for(1, NAN, 0.95), 0);
    assert_int_equal(seeds_for(1, 1e-9, 0.95), MOST_SEEDS);
    for (double half = 0.05; half < 3;
         half *= 1.1) { /* the first that is enough, and not the one before it */
        int n = seeds_for(1, half, 0.95);
        assert_true(t_half_width(1, n, 0.95) <= half);
        assert_true(n == 2 || t_half_width(1, n - 1, 0.95) > half);
    }
    assert_true(fabs(exp(half_width_of_share(0.05)) - 1.05) < 1e-15);
}

static void a_bootstrap_needs_resamples_beyond_its_ends(void **state)
{
    const double *x = sets[0].x;
    (void)state;
    assert_none(bca_interval(x, 10, 0.9999));
    assert_true(!isnan(bca_interval(x, 10, 1 - 0.05 / 40).mean));
    struct interval once = bca_interval(x, 10, 0.95), again = bca_interval(x, 10, 0.95);
    assert_memory_equal(&once, &again, sizeof once);
}

/* Tenths, of which no double has one exactly: an end of the bootstrap is a mean of 0, and 0 is in the interval. */
static void an_end_at_zero_is_no_difference(void **state)
{
    (void)state;
    for (int values = 2; values <= 4; values++)
        for (int zeros = 17; zeros < 20; zeros++) {
            double x[20] = {0};
            for (int i = zeros; i < 20; i++)
                x[i] = 0.1 * values;
            struct interval low = bca_interval(x, 20, 0.95);
            for (int i = 0; i < 20; i++)
                x[i] = -x[i];
            struct interval high = bca_interval(x, 20, 0.95);
            assert_true(low.low >= 0 && high.high <= 0);
            assert_true(low.low == 0 || low.low > 1e-6);
            assert_true(high.high == 0 || high.high < -1e-6);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_intervals_are_those_of_r),
        cmocka_unit_test(bca_intervals_are_those_of_scipy),
        cmocka_unit_test(signs_are_flipped_as_in_r_and_scipy),
        cmocka_unit_test(seeds_and_equality_are_those_of_r),
        cmocka_unit_test(fisher_has_counted_the_signs),
        cmocka_unit_test(sums_that_are_equal_but_for_rounding_count),
        cmocka_unit_test(a_p_as_small_as_it_can_be),
        cmocka_unit_test(too_few_values_and_bad_ones_have_no_interval),
        cmocka_unit_test(equal_values_are_a_point_without_steps),
        cmocka_unit_test(two_seeds_are_cauchys),
        cmocka_unit_test(steps_of_the_measurement_are_the_least_width),
        cmocka_unit_test(families_and_seeds_have_edges),
        cmocka_unit_test(a_bootstrap_needs_resamples_beyond_its_ends),
        cmocka_unit_test(an_end_at_zero_is_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
