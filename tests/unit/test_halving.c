/* Successive halving as arithmetic: rungs, trials in them, their parts of a run, who goes on. The toys have curves that do
 * not cross: then halving finds the trial that a whole grid finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/sweep/halving.h"

static void fixed_figures(void **state)
{
    (void)state;
    char *words = halving_words(12, 3);
    assert_string_equal(words, "12 to 1/9, 4 to 1/3, 1 to the end: the work of 2.89 runs instead of 12");
    free(words);
    assert_int_equal(halving_rungs(12, 3), 3);
    assert_int_equal(halving_rungs(9, 3), 3);
    assert_int_equal(halving_rungs(8, 3), 2);
    assert_int_equal(halving_rungs(81, 3), 5);
    assert_int_equal(halving_rungs(9999, 2), MOST_RUNGS);
    assert_true(halving_part(3, 3, 0) ==
                100.0 / 900.0); /* the part that such a run has reached, to the last bit */
    assert_true(halving_part(3, 3, 2) == 1);
    assert_true(fabs(halving_work(9, 3) - (1 + 2 / 3.0 + 2 / 3.0)) < 1e-12);
}

/* Few trials, or no halving: one rung, to the end. */
static void not_halved(void **state)
{
    (void)state;
    assert_int_equal(halving_rungs(12, 0), 1);
    assert_int_equal(halving_rungs(2, 3), 1);
    assert_true(halving_part(1, 3, 0) == 1);
    assert_true(halving_work(2, 3) == 2);
}

static void any_sizes(void **state)
{
    (void)state;
    for (int eta = 2; eta < 8; eta++)
        for (int n = eta; n < 300; n++) {
            int rungs = halving_rungs(n, eta);
            assert_int_equal(rungs, 1 + (int)floor(log(n + 0.5) / log(eta)));
            assert_true(halving_trials(n, eta, rungs - 1) >= 1 && halving_trials(n, eta, rungs - 1) < eta);
            for (int r = 0; r < rungs; r++)
                assert_int_equal(halving_trials(n, eta, r), (int)floor(n / pow(eta, r)));
            assert_true(halving_work(n, eta) < n);
        }
}

static void who_goes_on(void **state)
{
    (void)state;
    const double score[] = {0.5, -INFINITY, 0.7, 0.5, 0.1};
    bool kept[5];
    halving_keep(score, 5, 2, kept);
    const bool two[] = {true, false, true, false, false}; /* of equal scores the first */
    assert_memory_equal(kept, two, sizeof kept);
    halving_keep(score, 5, 5, kept);
    const bool all[] = {true, false, true, true, true}; /* never one that has diverged */
    assert_memory_equal(kept, all, sizeof kept);
}

/* Of two such curves the one with the higher quality is above the other at all times. */
static double curve(double quality, double t)
{
    return quality * (1 - 0.9 * exp(-3 * t));
}

static void curves_that_do_not_cross(void **state)
{
    (void)state;
    for (int toy = 0; toy < 500; toy++) {
        const struct draw_key draws = {.seed = (uint64_t)toy};
        int eta = 2 + toy % 4, n = eta + toy % 90, best = 0;
        double *quality = calloc((size_t)n, sizeof *quality);
        bool *alive = calloc((size_t)n, sizeof *alive), *kept = calloc((size_t)n, sizeof *kept);
        double *score = calloc((size_t)n, sizeof *score);
        for (int i = 0; i < n; i++) {
            quality[i] = draw_uniform(&draws, (uint64_t)i);
            alive[i] = true;
            best = quality[i] > quality[best] ? i : best;
        }
        for (int r = 1; r < halving_rungs(n, eta); r++) {
            for (int i = 0; i < n; i++)
                score[i] =
                    alive[i] ? curve(quality[i], halving_part(halving_rungs(n, eta), eta, r - 1)) : -INFINITY;
            halving_keep(score, n, halving_trials(n, eta, r), kept);
            memcpy(alive, kept, (size_t)n * sizeof *alive);
        }
        int left = 0;
        for (int i = 0; i < n; i++)
            left += alive[i];
        assert_int_equal(left, halving_trials(n, eta, halving_rungs(n, eta) - 1));
        assert_true(alive[best]); /* the choice at the end is the grid's */
        free(quality);
        free(alive);
        free(kept);
        free(score);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fixed_figures), cmocka_unit_test(not_halved),
                                       cmocka_unit_test(any_sizes), cmocka_unit_test(who_goes_on),
                                       cmocka_unit_test(curves_that_do_not_cross)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
