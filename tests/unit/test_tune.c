/* sim/config and sim/tune: the rows of [tune], their distributions and draws, the sweep of a tuning. */
#include "tests/rigs/config_fixture.h"

#include "sim/tune/tuning.h"

static void tunes(struct fixture *f, const char *assignment)
{
    if (!config_tune(f->src, assignment, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

/* Rows */

static void rows_are_kept_in_order(void **state)
{
    struct fixture *f = *state;
    int n;
    accepts(f, "[experiment]\nseed = 1\n[tune]\nalgorithm.*.rate = log(0.01, 1) ; fast\ntrials = 16\n"
               "algorithm.losp.steps = 8, 16\n");
    tunes(f, "algorithm.losp.drain = choice(yes, no)");
    tunes(f, "algorithm.*.rate=uniform(0, 1)");
    const struct sweep_row *row = config_tune_rows(f->src, &n);
    assert_int_equal(n, 3);
    assert_string_equal(row[0].key, "algorithm.*.rate");
    assert_string_equal(row[0].values, "uniform(0, 1)");
    assert_string_equal(row[0].place, "--tune");
    assert_ptr_equal(row[1].row, &losp_keys[0]);
    assert_string_equal(row[1].place + strlen(row[1].place) - 2, ":6");
    assert_string_equal(row[2].values, "choice(yes, no)");
    assert_int_equal(f->cfg.tune.trials, 16);
    assert_true(config_compares(f->src));
    config_drop_compare(f->src);
    config_tune_rows(f->src, &n);
    assert_int_equal(n, 0);
    assert_false(config_compares(f->src));
}

static void rows_that_are_refused(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[tune]\nalgorithm.losp.rat = 1\n", 2,
            "unknown key 'rat' in [algorithm.losp]; did you mean 'rate'?");
    refuses(f, "[tune]\nalgorithm.*.rat = 1\n", 2,
            "algorithm.*: expected a key of algorithms, got 'rat'; did you mean 'rate'?");
    refuses(f, "[tune]\nalgorithm.lops.rate = 1\n", 2,
            "unknown section 'algorithm.lops'; did you mean [algorithm.losp]? "
            "(experiment.algorithms = lops: ALGORITHM would declare it)");
    refuses(f, "[tune]\nrate = log(0.01, 1)\n", 2,
            "unknown key 'rate' in [tune]; did you mean 'algorithm.*.rate'?");
    refuses(f, "[experiment]\ntrials = 12\n", 2,
            "unknown key 'trials' in [experiment]; it belongs to [tune]");
    refuses(f, "[sweep]\nseed = 1..3\n", 2, "unknown key 'seed' in [sweep]; did you mean 'experiment.seed'?");
    refuses(f, "[tune]\ntrails = 12\n", 2, "unknown key 'trails' in [tune]; did you mean 'trials'?");
    refuses(f, "[tune]\nnetwork.latency = 1ms, 2ms\n", 2,
            "network.latency: expected a key of an algorithm, algorithm.NAME.latency or algorithm.*.latency: "
            "what "
            "all algorithms share is varied by [sweep]");
    refuses(f, "[tune]\n\nalgorithm.*.rate = 1\nalgorithm.*.rate = 2\n", 4,
            "algorithm.*.rate: given twice, first in line 3");
    refuses(f, "[tune]\nalgorithm.*.rate =\n", 2,
            "algorithm.*.rate: expected log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of "
            "values, got ''");
    refuses(f, "[tune]\nmethod = best\n", 2,
            "tune.method: expected one of grid, random, halving, got 'best'");
    assert_false(config_tune(f->src, "rate=1", f->error, sizeof f->error));
    assert_string_equal(
        f->error, "--tune: expected section.key=value, got 'rate=1'; did you mean algorithm.losp.rate=...?");
}

static void the_dump_reads_back(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[experiment]\nseed = 1\n[tune]\nalgorithm.*.rate = log(0.01, 1)\nmethod = random\n");
    tunes(f, "algorithm.losp.steps=8, 16");
    finishes(f);
    char *once = dumped(f, false), *origins = dumped(f, true);
    assert_non_null(strstr(
        once, "\n[tune]\nmethod = random\ntrials = 12\nseeds = 1\nseed = 1000001\nby = accuracy\neta = 3\n"
              "algorithm.*.rate = log(0.01, 1)\nalgorithm.losp.steps = 8, 16\n"));
    restart(f);
    accepts(f, origins);
    finishes(f);
    char *again = dumped(f, false);
    assert_string_equal(again, once);
    config_drop_compare(f->src);
    char *none = dumped(f, false);
    assert_null(strstr(none, "[tune]"));
    free(once);
    free(origins);
    free(again);
    free(none);
}

/* Distributions */

static const struct config_key real = {.name = "rate", .type = KEY_REAL, .min = 0, .max = INFINITY},
                               whole = {.name = "steps", .type = KEY_INT, .min = 1, .max = 1e9},
                               word = {.name = "order",
                                       .type = KEY_CHOICE,
                                       .choices = (const char *const[]){"up", "down", NULL}},
                               seconds = {.name = "delay", .type = KEY_SECONDS};

static void distributions(void **state)
{
    (void)state;
    static const struct {
        const struct config_key *row;
        const char *text;
        enum distribution_kind kind;
        double low, high;
        int n;
    } good[] = {{&real, "log(0.01, 1)", DISTRIBUTION_LOG, 0.01, 1, 0},
                {&real, "log ( 1e-2 , 1 )", DISTRIBUTION_LOG, 0.01, 1, 0},
                {&real, "uniform(0, 0.9)", DISTRIBUTION_UNIFORM, 0, 0.9, 0},
                {&whole, "log(1, 64)", DISTRIBUTION_LOG, 1, 64, 0},
                {&seconds, "log(1ms, 1s)", DISTRIBUTION_LOG, 0.001, 1, 0},
                {&whole, "choice(1, 2, 4)", DISTRIBUTION_LIST, 0, 0, 3},
                {&whole, "1..4", DISTRIBUTION_LIST, 0, 0, 4},
                {&word, "choice(up, down)", DISTRIBUTION_LIST, 0, 0, 2},
                {&word, "up", DISTRIBUTION_LIST, 0, 0, 1}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct distribution d;
        char error[512];
        if (!distribution_read(&d, good[i].row, good[i].text, error, sizeof error))
            fail_msg("%s: %s", good[i].text, error);
        assert_int_equal(d.kind, good[i].kind);
        assert_true(d.low == good[i].low && d.high == good[i].high && d.list.n == good[i].n);
        distribution_free(&d);
    }
}

static void distributions_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const struct config_key *row;
        const char *text, *error;
    } bad[] = {
        {&real, "lgo(0.01, 1)",
         "expected log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of values, got 'lgo(0.01, 1)'; "
         "did you "
         "mean log(...)?"},
        {&real, "normal(0, 1)",
         "expected log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of values, got 'normal(0, 1)'"},
        {&real, "log(0, 1)", "expected a range above 0 for its logarithm, got 'log(0, 1)'"},
        {&real, "log(1, 0.01)", "expected a range that rises, from LOW to HIGH, got 'log(1, 0.01)'"},
        {&real, "uniform(1, 1)", "expected a range that rises, from LOW to HIGH, got 'uniform(1, 1)'"},
        {&real, "log(0.1)", "expected two values, LOW and HIGH, got 'log(0.1)'"},
        {&real, "log(0.1, 1, 2)", "expected two values, LOW and HIGH, got 'log(0.1, 1, 2)'"},
        {&real, "log()", "expected two values, LOW and HIGH, got 'log()'"},
        {&real, "log(, 1)", "expected two values, LOW and HIGH, got ''"},
        {&real, "log(-1, 1)", "expected a number >= 0, got '-1'"},
        {&real, "choice()", "expected one value or more, got 'choice()'"},
        {&real, "choice(0.1, 0.1)", "expected each value once, got '0.1'"},
        {&real, "0.1,, 0.2", "expected a value on each side of a separator, got '0.1,, 0.2'"},
        {&word, "log(up, down)",
         "expected choice(A, B) or a list, as the key has no number to draw, got 'log(up, down)'"},
        {&word, "choice(up, left)", "expected one of up, down, got 'left'"},
        {&whole, "uniform(1, 2.5)", "expected a whole number from 1 to 1000000000, got '2.5' (not whole)"},
        {&seconds, "log(1, 10)", "expected a duration such as 10ms or 1.5s, got '1' (the unit is missing)"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct distribution d;
        char error[512];
        assert_false(distribution_read(&d, bad[i].row, bad[i].text, error, sizeof error));
        assert_string_equal(error, bad[i].error);
        distribution_free(&d);
    }
}

enum { DRAWS = 4000 };

/* Even between the ends: of the logarithm, or of the value. Whole numbers come about equally often. */
static void draws_follow_the_distribution(void **state)
{
    (void)state;
    static const struct {
        const struct config_key *row;
        const char *text, *name;
        double below[3]; /* a quarter of the draws is below the first, and so on */
    } rows[] = {{&real, "log(0.0001, 1)", "rate", {0.001, 0.01, 0.1}},
                {&real, "uniform(0, 4)", "rate", {1, 2, 3}},
                {&whole, "uniform(1, 1001)", "steps", {251, 501, 751}},
                {&whole, "choice(1, 2, 3, 4)", "steps", {1.5, 2.5, 3.5}},
                {&whole, "uniform(1, 4)", "steps", {1.5, 2.5, 3.5}},
                {&whole, "log(100, 1000000)", "steps", {1000, 10000, 100000}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct distribution d;
        char error[512];
        int below[3] = {0};
        assert_true(distribution_read(&d, rows[i].row, rows[i].text, error, sizeof error));
        for (int t = 0; t < DRAWS; t++) {
            char *text = distribution_draw(&d, rows[i].name, 1000001, t);
            double x = strtod(text, NULL);
            assert_true(strlen(text) <= strlen("0.0001234"));
            assert_true(d.kind == DISTRIBUTION_LIST || (x >= d.low && x <= d.high));
            for (int q = 0; q < 3; q++)
                below[q] += x < rows[i].below[q];
            free(text);
        }
        for (int q = 0; q < 3; q++) /* 4 standard deviations */
            assert_true(fabs(below[q] - DRAWS * (q + 1) / 4.) < 4 * sqrt(DRAWS * 0.25));
        distribution_free(&d);
    }
}

/* By tests/oracle/tune_draws.py, from the rule alone. */
static void draws_are_those_of_the_rule(void **state)
{
    (void)state;
    struct distribution d, other;
    char error[512];
    assert_true(distribution_read(&d, &real, "log(0.01, 1)", error, sizeof error));
    assert_true(distribution_read(&other, &whole, "choice(1, 2, 4)", error, sizeof error));
#include "tests/oracle/tune_draws.inc"
    for (int t = 0; t < (int)(sizeof rates / sizeof *rates); t++) {
        char *rate = distribution_draw(&d, "learning_rate", 1000001, t),
             *steps = distribution_draw(&other, "max_local_steps", 1000001, t);
        assert_string_equal(rate, rates[t]);
        assert_string_equal(steps, choices[t]);
        free(rate);
        free(steps);
    }
    distribution_free(&d);
    distribution_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(rows_are_kept_in_order),
        UNIT(rows_that_are_refused),
        UNIT(the_dump_reads_back),
        UNIT(distributions),
        UNIT(distributions_that_are_refused),
        UNIT(draws_follow_the_distribution),
        UNIT(draws_are_those_of_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
