/* Sentences of claims that a whole run (tests/runs/test_compare.sh) seldom comes to. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/compare/words.h"

/* Two algorithms, no run of which is over: a verdict for names alone. */
static struct comparison_verdict of_two(void)
{
    static char *names[] = {"bsp", "losp"};
    static int combinations[2];
    static struct grid grid = {
        .algorithms = 2, .algorithm = names, .combinations = combinations, .settings = 1, .seeds = 1};
    static struct outcome outcome[2];
    static struct results results = {.grid = &grid, .most_combinations = 1, .outcome = outcome};
    return (struct comparison_verdict){
        .results = &results, .m = 4, .level = 0.9875, .seeds = 5, .seeds_for_p = 8};
}

static struct claim in_time(double effect, double low, double high)
{
    return (struct claim){.measure = MEASURE_TIME,
                          .rival = 1,
                          .seeds = 5,
                          .effect = effect,
                          .low = low,
                          .high = high,
                          .resolution = 0.05,
                          .margin = NAN};
}

static void assert_words(const struct claim *c, const char *expected)
{
    struct comparison_verdict v = of_two();
    char *words = claim_words(&v, c);
    assert_string_equal(words, expected);
    free(words);
}

static void spacing_of_evaluations(void **state)
{
    (void)state;
    struct claim c = in_time(0.9, 0.85, 0.95);
    c.standing = NOT_TOLD_APART;
    c.reason = REASON_RESOLUTION;
    c.earliest = 0.7;
    c.latest = 1.1;
    assert_words(&c,
                 "losp and bsp are not told apart in the time to the target: 0.90 [0.85, 0.95] of bsp's (5 "
                 "seeds); between "
                 "evaluations accuracy is not known, and the factor can be anywhere from 0.70 to 1.10: more "
                 "seeds would "
                 "not settle it, but a smaller output.eval_every");
    c.earliest = 0;
    c.latest = INFINITY;
    assert_words(
        &c,
        "losp and bsp are not told apart in the time to the target: 0.90 [0.85, 0.95] of bsp's (5 "
        "seeds); between evaluations accuracy is not known, and the factor can be anything: more seeds would "
        "not settle it, but a smaller output.eval_every");
}

static void bounds(void **state)
{
    (void)state;
    struct claim c = in_time(2.5, 2.1, NAN);
    c.bound = BOUND_AT_LEAST;
    c.stand_ins = 2;
    assert_words(&c, "losp needs at least 2.50 [2.10, ..] times bsp's time to reach the target (5 seeds), "
                     "as losp's end stands in "
                     "for its time with 2 of 5 seeds");
    c.standing = NOT_TOLD_APART;
    c.reason = REASON_BOUND;
    c.bound = BOUND_AT_MOST;
    c.low = NAN;
    c.high = 3;
    assert_words(
        &c,
        "losp and bsp are not told apart in the time to the target: at most 2.50 [.., 3.00] of bsp's (5 "
        "seeds), as "
        "bsp's end stands in for its time with 2 of 5 seeds; the factor is only known to be at most this: "
        "experiment.virtual_time, longer than the slower one needs, would let both reach the target");
}

static void stand_ins_within_chance(void **state)
{
    (void)state;
    struct claim c = in_time(0.71, NAN, 2.04);
    c.bound = BOUND_AT_MOST;
    c.stand_ins = 2;
    c.standing = NOT_TOLD_APART;
    c.reason = REASON_STAND_INS;
    assert_words(
        &c, "losp and bsp are not told apart in the time to the target: at most 0.71 [.., 2.04] of bsp's (5 "
            "seeds), as bsp's end stands in for its time with 2 of 5 seeds; more seeds would not settle it, "
            "but experiment.virtual_time, long enough for both to reach the target");
}

static void a_target_that_the_initial_model_reaches(void **state)
{
    (void)state;
    struct claim c = in_time(NAN, NAN, NAN);
    c.standing = UNDETERMINED;
    c.reason = REASON_AT_START;
    assert_words(
        &c, "losp and bsp: undetermined in the time to the target (5 seeds), as with some seeds the initial "
            "model has reached it: a higher experiment.target_accuracy would settle it");
}

static void margins(void **state)
{
    (void)state;
    struct claim c = {.measure = MEASURE_ACCURACY,
                      .rival = 1,
                      .seeds = 20,
                      .effect = -0.002,
                      .low = -0.003,
                      .high = -0.001,
                      .margin = 0.01};
    c.within_margin = true;
    assert_words(&c, "losp has 0.20 [0.10, 0.30] points less test accuracy at the end than bsp (20 seeds), "
                     "which is within the margin "
                     "of 1 point");
    c.standing = EQUAL_WITHIN_MARGIN;
    c.high = 0.001;
    assert_words(&c, "losp and bsp are equal within 1 point in test accuracy at the end: -0.20 [-0.30, 0.10] "
                     "points (20 seeds)");
}

static void seeds_that_are_needed(void **state)
{
    (void)state;
    struct claim c = in_time(1, 0.98, 1.02);
    c.standing = NOT_TOLD_APART;
    c.seeds_needed = 4;
    assert_words(&c, "losp and bsp are not told apart in the time to the target: 1.00 [0.98, 1.02] of bsp's "
                     "(5 seeds); the seeds are "
                     "enough for a resolution of 5 %");
    c.seeds_needed = 1000000;
    assert_words(&c, "losp and bsp are not told apart in the time to the target: 1.00 [0.98, 1.02] of bsp's "
                     "(5 seeds); no number of "
                     "seeds would settle it to 5 %");
}

static void a_bootstrap_that_disagrees(void **state)
{
    (void)state;
    struct claim c = {.measure = MEASURE_ACCURACY,
                      .rival = 1,
                      .seeds = 20,
                      .effect = 0.01,
                      .low = 0.001,
                      .high = 0.019,
                      .margin = NAN};
    c.bca_disagrees = true;
    c.bca_low = -0.001;
    c.bca_high = 0.018;
    assert_words(&c, "losp has 1.00 [0.10, 1.90] points more test accuracy at the end than bsp (20 seeds); "
                     "the BCa bootstrap "
                     "disagrees: 1.00 [-0.10, 1.80]");
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0.00123, "0.00123"}, {0.0123, "0.012"}, {0.38, "0.38"}, {9.994, "9.99"},
                 {9.996, "10.0"},      {99.94, "99.9"},   {1234, "1234"}, {2e6, "2e+06"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct claim c = in_time(cases[i].x, cases[i].x, cases[i].x);
        char *text = claim_interval(&c), expected[64];
        snprintf(expected, sizeof expected, "%s [%s, %s]", cases[i].text, cases[i].text, cases[i].text);
        assert_string_equal(text, expected);
        free(text);
    }
    struct claim none = in_time(NAN, NAN, NAN);
    char *text = claim_interval(&none);
    assert_string_equal(text, "-");
    free(text);
}

/* A claim's interval excludes no difference as it is printed, too; another one does not. */
static void digits_of_an_end(void **state)
{
    (void)state;
    static const struct {
        enum measure measure;
        double effect, low, high;
        const char *text;
    } cases[] = {{MEASURE_TIME, 0.9955, 0.993, 0.998, "0.996 [0.993, 0.998]"},
                 {MEASURE_TIME, 1.0002, 1.0000301, 1.0004, "1.00020 [1.00003, 1.00040]"},
                 {MEASURE_TIME, 0.5, 0.25, 0.99999, "0.50000 [0.25000, 0.99999]"},
                 {MEASURE_TIME, 0.9955, NAN, 0.998, "0.996 [.., 0.998]"},
                 {MEASURE_TIME, 1.0011, 1.001, NAN, "1.001 [1.001, ..]"},
                 {MEASURE_TIME, 0.9955, 0.993, 1.0001, "1.00 [0.99, 1.00]"},
                 {MEASURE_TIME, 0.9955, 0.993, 1, "1.00 [0.99, 1.00]"},
                 {MEASURE_ACCURACY, 6e-5, 2e-5, 1e-4, "+0.006 [0.002, 0.010] points"},
                 {MEASURE_ACCURACY, -6e-5, -1e-4, -2e-5, "-0.006 [-0.010, -0.002] points"},
                 {MEASURE_ACCURACY, 6e-5, -2e-5, 1e-4, "+0.01 [-0.00, 0.01] points"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct claim c = in_time(cases[i].effect, cases[i].low, cases[i].high);
        c.measure = cases[i].measure;
        char *text = claim_interval(&c);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void winners(void **state)
{
    (void)state;
    struct claim c = in_time(0.5, 0.4, 0.6);
    assert_int_equal(claim_winner(&c), 1);
    c.effect = 2;
    assert_int_equal(claim_winner(&c), 0);
    c.measure = MEASURE_ACCURACY;
    assert_int_equal(claim_winner(&c), 1);
    c.effect = -0.1;
    assert_int_equal(claim_winner(&c), 0);
    c.standing = NOT_TOLD_APART;
    assert_int_equal(claim_winner(&c), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spacing_of_evaluations),
        cmocka_unit_test(bounds),
        cmocka_unit_test(stand_ins_within_chance),
        cmocka_unit_test(a_target_that_the_initial_model_reaches),
        cmocka_unit_test(margins),
        cmocka_unit_test(seeds_that_are_needed),
        cmocka_unit_test(a_bootstrap_that_disagrees),
        cmocka_unit_test(numbers),
        cmocka_unit_test(digits_of_an_end),
        cmocka_unit_test(winners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
