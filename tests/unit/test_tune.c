/* sim/config and sim/tune: the rows of [tune], their distributions and draws, the sweep of a tuning. */
#include "tests/rigs/config_fixture.h"

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
    assert_string_equal(f->error, "--tune: expected section.key=value, got 'rate=1'");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(rows_are_kept_in_order),
        UNIT(rows_that_are_refused),
        UNIT(the_dump_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
