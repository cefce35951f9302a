/* sim/config and sim/sweep: the rows of [sweep], their values, the points of the grid. */
#include "tests/rigs/config_fixture.h"

#include "sim/sweep/grid.h"

static struct grid read_grid(struct fixture *f)
{
    struct grid grid;
    finishes(f);
    if (!grid_read(&grid, f->src, f->error, sizeof f->error))
        fail_msg("%s", f->error);
    return grid;
}

static void sweeps(struct fixture *f, const char *assignment)
{
    if (!config_sweep(f->src, assignment, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

/* Joined by '|'. */
static char *joined(char *const *text, int n)
{
    static char all[1024];
    all[0] = '\0';
    for (int i = 0; i < n; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? "|" : "", text[i]);
    return all;
}

/* Rows */

static void rows_are_kept_in_order(void **state)
{
    struct fixture *f = *state;
    int n;
    accepts(f, "[experiment]\nseed = 1\n[sweep]\nnetwork.bandwidth = 1Gbit/s, 2Gbit/s ; fast\ntune = loss\n"
               "algorithm.losp.rate=0.1,0.2\n");
    sweeps(f, " train.batch = 8, 16 ");
    sweeps(f, "network.bandwidth=3Gbit/s");
    sweeps(f, "train.batch=4");
    const struct sweep_row *row = config_sweep_rows(f->src, &n);
    assert_int_equal(n, 3);
    assert_string_equal(row[0].key, "network.bandwidth");
    assert_string_equal(row[0].values, "3Gbit/s");
    assert_string_equal(row[0].place, "--sweep");
    assert_string_equal(row[1].values, "0.1,0.2");
    assert_string_equal(row[1].place + strlen(row[1].place) - 2, ":6");
    assert_ptr_equal(row[1].row, &losp_keys[1]);
    assert_string_equal(row[2].values, "4");
    assert_int_equal(f->cfg.sweep.tune, TUNE_LOSS);
    config_drop_sweep(f->src);
    config_sweep_rows(f->src, &n);
    assert_int_equal(n, 0);
}

static void a_later_file_replaces_rows(void **state)
{
    struct fixture *f = *state;
    int n;
    accepts(f, "[experiment]\nseed = 1\n[sweep]\ntrain.batch = 1, 2\n");
    accepts(f, "[sweep]\ntrain.batch = 3, 4\n");
    assert_string_equal(config_sweep_rows(f->src, &n)->values, "3, 4");
    assert_int_equal(n, 1);
}

static void rows_that_are_refused(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[sweep]\nnetwork.bandwith = 1\n", 2,
            "unknown key 'bandwith' in [network]; did you mean 'bandwidth'?");
    refuses(f, "[sweep]\nnetwrk.bandwidth = 1\n", 2, "unknown section 'netwrk'; did you mean [network]?");
    refuses(f, "[sweep]\nbandwidth = 1\n", 2,
            "unknown key 'bandwidth' in [sweep]; did you mean 'network.bandwidth'?");
    refuses(f, "[sweep]\ntun = loss\n", 2, "unknown key 'tun' in [sweep]; did you mean 'tune'?");
    refuses(f, "[sweep]\ntune = best\n", 2,
            "sweep.tune: expected one of accuracy, loss, target, at, none, got 'best'");
    refuses(f, "[sweep]\n\ntrain.batch = 1\ntrain.batch = 2\n", 4,
            "train.batch: given twice, first in line 3");
    refuses(f, "[sweep]\ntrain.batch =\n", 2, "train.batch: expected values separated by commas, got ''");
    refuses(f, "[sweep]\ntrain.batch = 1\x01\n", 2,
            "train.batch: expected values separated by commas, got '1?' (control character)");
    static const char *const fixed[] = {"experiment.name", "experiment.algorithms", "output.path",
                                        "sweep.tune",      "sweep.retime",          "sweep.own_values",
                                        "sweep.halving",   "tune.trials",           "compare.seeds"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        char text[128], wanted[128];
        snprintf(text, sizeof text, "[sweep]\n%s = loss\n", fixed[i]);
        snprintf(wanted, sizeof wanted, "%s cannot be swept: all points have it in common", fixed[i]);
        refuses(f, text, 2, wanted);
    }
}

static void refuses_to_sweep(struct fixture *f, const char *assignment, const char *error)
{
    assert_false(config_sweep(f->src, assignment, f->error, sizeof f->error));
    assert_string_equal(f->error, error);
}

static void assignments_that_are_refused(void **state)
{
    struct fixture *f = *state;
    refuses_to_sweep(f, "bandwidth=1Gbit/s",
                     "--sweep: expected section.key=value, got 'bandwidth=1Gbit/s'; did you mean "
                     "network.bandwidth=...?");
    refuses_to_sweep(f, "network.bandwidth", "--sweep: expected section.key=value, got 'network.bandwidth'");
    refuses_to_sweep(f, "network.bandwith=1",
                     "--sweep: unknown key 'bandwith' in [network]; did you mean 'bandwidth'?");
    refuses_to_sweep(f, "train.batch=", "--sweep: train.batch: expected values separated by commas, got ''");
    refuses_to_sweep(
        f, "data.path=a ;b",
        "--sweep: data.path: expected values separated by commas, got 'a ;b' (';' starts a comment)");
}

static void the_dump_of_a_sweep_reads_back(void **state)
{
    struct fixture *f = *state;
    char wanted[256];
    accepts(f,
            "[experiment]\nseed = 1\n[sweep]\nnetwork.latency = 1ms,2ms | 3ms,4ms\ntrain.batch = 8..32..8\n");
    sweeps(f, "train.momentum=0, 0.9");
    finishes(f);
    char *once = dumped(f, false), *origins = dumped(f, true);
    assert_non_null(strstr(once, "\n[sweep]\ncount_by =\ntune = accuracy\nretime = auto\nown_values = "
                                 "combine\nhalving = 0\nnetwork.latency = 1ms,2ms | 3ms,4ms\n"
                                 "train.batch = 8..32..8\ntrain.momentum = 0, 0.9\n"));
    snprintf(wanted, sizeof wanted,
             "\ntrain.batch = 8..32..8 ; from %s:5\ntrain.momentum = 0, 0.9 ; from --sweep\n", f->path);
    assert_non_null(strstr(origins, wanted));
    restart(f);
    accepts(f, origins);
    finishes(f);
    char *again = dumped(f, false);
    assert_string_equal(again, once);
    free(once);
    free(origins);
    free(again);
}

static void the_reference_says_how(void **state)
{
    struct fixture *f = *state;
    char *markdown = listed(f, true), *plain = listed(f, false);
    assert_non_null(strstr(markdown, "\n## [sweep]\n\nEvery other key"));
    assert_non_null(strstr(plain, "sweep.tune = accuracy\n"));
    free(markdown);
    free(plain);
}

/* Values */

static void values(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *key, *given, *value, *number;
    } rows[] = {
        {"network.bandwidth", "100Mbit/s, 1000Mbit/s, inf", "100Mbit/s|1Gbit/s|inf",
         "100000000|1000000000|inf"},
        {"network.latency", "1ms, 2ms | 3ms, 4ms", "1ms, 2ms|3ms, 4ms", "0.001 0.002|0.003 0.004"},
        {"network.latency", "100us, 1.5s", "100us|1.5s", "0.0001|1.5"},
        {"network.tcp_window", "64KiB, 1MB", "64KiB|1MB", "65536|1000000"},
        {"compute.device", "70GFLOP/s", "70GFLOP/s", "70000000000"},
        {"train.learning_rate", "0.05,1e-3", "0.05|0.001", "0.05|0.001"},
        {"experiment.seed", "1..3, 7", "1|2|3|7", "1|2|3|7"},
        {"experiment.seed", "9223372036854775806 .. 9223372036854775807",
         "9223372036854775806|9223372036854775807", "9223372036854775806|9223372036854775807"},
        {"train.batch", "8..33..8", "8|16|24|32", "8|16|24|32"},
        {"train.batch", "5..5", "5", "5"},
        {"experiment.train", "yes, no", "yes|no", "yes|no"},
        {"network.sharing", "fifo, fair", "fifo|fair", "fifo|fair"},
        {"data.path", "a,b | c..d", "a,b|c..d", "a,b|c..d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        restart(f);
        snprintf(text, sizeof text, "%s=%s", rows[i].key, rows[i].given);
        sweeps(f, text);
        struct grid grid = read_grid(f);
        assert_string_equal(joined(grid.row[0].value, grid.row[0].n), rows[i].value);
        assert_string_equal(joined(grid.row[0].number, grid.row[0].n), rows[i].number);
        grid_free(&grid);
    }
}

static void values_that_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *assignment, *error;
    } rows[] = {
        {"network.bandwidth=1Gbit/s, 5 km", "network.bandwidth: expected bandwidths >= 1kbit/s separated by "
                                            "commas such as 1Gbit/s, 125MB/s or inf, "
                                            "got '5 km' (unknown unit; capital and small letters differ)"},
        {"train.batch=8,,16", "train.batch: expected a value on each side of a separator, got '8,,16'"},
        {"train.batch=8,", "train.batch: expected a value on each side of a separator, got '8,'"},
        {"network.latency=1ms|", "network.latency: expected a value on each side of a separator, got '1ms|'"},
        {"network.bandwidth=1Gbit/s, 1000Mbit/s",
         "network.bandwidth: expected each value once, got '1000Mbit/s'"},
        {"experiment.seed=1..4, 3", "experiment.seed: expected each value once, got '3'"},
        {"experiment.seed=5..1", "experiment.seed: expected a range that rises, got '5..1'"},
        {"experiment.seed=1..5..0", "experiment.seed: expected a whole number >= 1, got '0'"},
        {"experiment.seed=1..", "experiment.seed: expected a whole number >= 0, got ''"},
        {"experiment.seed=..5", "experiment.seed: expected a whole number >= 0, got ''"},
        {"experiment.seed=1...5", "experiment.seed: expected a whole number >= 0, got '.5' (not whole)"},
        {"experiment.seed=1..2..1..1",
         "experiment.seed: expected a whole number >= 1, got '1..1' (a plain number, "
         "without a unit)"},
        {"experiment.seed=-3..2", "experiment.seed: expected a whole number >= 0, got '-3'"},
        {"experiment.seed=1..9223372036854775807", "experiment.seed: expected at most 9999 values"},
        {"train.learning_rate=1..3",
         "train.learning_rate: expected a number >= 0, got '1..3' (a plain number, "
         "without a unit)"},
        {"algorithm.losp.rounding=nearest, up",
         "algorithm.losp.rounding: expected one of nearest, stochastic, got 'up'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct grid grid;
        char wanted[512];
        restart(f);
        sweeps(f, rows[i].assignment);
        finishes(f);
        if (grid_read(&grid, f->src, f->error, sizeof f->error))
            fail_msg("accepted: %s", rows[i].assignment);
        snprintf(wanted, sizeof wanted, "--sweep: %s", rows[i].error);
        assert_string_equal(f->error, wanted);
        grid_free(&grid);
    }
}

static void the_place_of_a_value_is_named(void **state)
{
    struct fixture *f = *state;
    struct grid grid;
    accepts(f, "[experiment]\nseed = 1\n\n[sweep]\nnetwork.efficiency = 0.5, 2\n");
    finishes(f);
    assert_false(grid_read(&grid, f->src, f->error, sizeof f->error));
    error_is(f, 5, "network.efficiency: expected a number from 0.001 to 1, got '2'");
    grid_free(&grid);
}

/* Points */

static void points(void **state)
{
    struct fixture *f = *state;
    sets(f, "experiment.algorithms=bsp, losp, osp");
    sweeps(f, "network.bandwidth=1Gbit/s, 10Gbit/s");
    sweeps(f, "experiment.seed=1..2");
    sweeps(f, "algorithm.losp.rate=0.1,0.2");
    sweeps(f, "algorithm.losp.drain=no,yes");
    struct grid g = read_grid(f);
    assert_int_equal(g.points, 2 * 2 * (1 + 4));
    assert_true(g.settings == 2 && g.seeds == 2 && g.seed_row == 1);
    assert_true(g.combinations[0] == 0 && g.combinations[1] == 4 && g.combinations[2] == 0);
    static const struct {
        int index, setting, seed, alone, combination;
        const char *name;
    } some[] = {{1, 0, 0, -1, 0, "0001-bandwidth=1Gbit_s,seed=1"},
                {2, 0, 0, 1, 0, "0002-bandwidth=1Gbit_s,seed=1,losp.rate=0.1,losp.drain=no"},
                {3, 0, 0, 1, 1, "0003-bandwidth=1Gbit_s,seed=1,losp.rate=0.1,losp.drain=yes"},
                {4, 0, 0, 1, 2, "0004-bandwidth=1Gbit_s,seed=1,losp.rate=0.2,losp.drain=no"},
                {6, 0, 1, -1, 0, "0006-bandwidth=1Gbit_s,seed=2"},
                {20, 1, 1, 1, 3, "0020-bandwidth=10Gbit_s,seed=2,losp.rate=0.2,losp.drain=yes"}};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        const struct point *p = &g.point[some[i].index - 1];
        assert_int_equal(p->index, some[i].index);
        assert_int_equal(p->setting, some[i].setting);
        assert_int_equal(p->seed, some[i].seed);
        assert_int_equal(p->alone, some[i].alone);
        assert_int_equal(p->combination, some[i].combination);
        assert_string_equal(p->name, some[i].name);
    }
    assert_true(grid_plays(&g, &g.point[0], 0) && !grid_plays(&g, &g.point[0], 1) &&
                grid_plays(&g, &g.point[0], 2));
    assert_true(!grid_plays(&g, &g.point[1], 0) && grid_plays(&g, &g.point[1], 1));
    grid_free(&g);
}

static void a_point_is_assigned(void **state)
{
    struct fixture *f = *state;
    int n;
    sets(f, "experiment.algorithms=bsp, losp, osp");
    sweeps(f, "network.bandwidth=1Gbit/s, 10Mbit/s");
    sweeps(f, "algorithm.losp.rate=0.25,0.5");
    struct grid g = read_grid(f);
    for (int last = 0; last < 2; last++) {
        restart(f);
        sweeps(f, "train.batch=3");
        assert_true(grid_assign(&g, &g.point[last ? g.points - 1 : 0], f->src, f->error, sizeof f->error));
        finishes(f);
        config_sweep_rows(f->src, &n);
        assert_int_equal(n, 0);
        assert_true(f->cfg.network.bandwidth.at[0] == (last ? 1.25e6 : 1.25e8));
        assert_true(f->losp->rate == (last ? 0.5 : 0.1));
        assert_int_equal(f->cfg.experiment.algorithms.n, last ? 1 : 2);
        assert_string_equal(f->cfg.experiment.algorithms.at[0], last ? "losp" : "bsp");
    }
    grid_free(&g);
}

static void trials_belong_together(void **state)
{
    struct fixture *f = *state;
    sets(f, "experiment.algorithms=bsp, losp");
    sets(f, "sweep.own_values=trials");
    sweeps(f, "network.bandwidth=1Gbit/s, 10Gbit/s");
    sweeps(f, "algorithm.losp.rate=0.1, 0.2, 0.1");
    sweeps(f, "algorithm.losp.steps=8, 4, 8");
    struct grid g = read_grid(f);
    assert_int_equal(g.points, 2 * (1 + 3));
    assert_true(g.combinations[0] == 0 && g.combinations[1] == 3 && g.settings == 2);
    assert_string_equal(g.point[2].name, "0003-bandwidth=1Gbit_s,losp.rate=0.2,losp.steps=4");
    assert_string_equal(g.point[7].name, "0008-bandwidth=10Gbit_s,losp.rate=0.1,losp.steps=8");
    assert_true(g.point[7].combination == 2 && g.point[7].setting == 1 && g.point[7].alone == 1);
    assert_int_equal(grid_value(&g, &g.point[7], 1, 1), 2);
    restart(f);
    sets(f, "sweep.own_values=trials");
    assert_true(grid_assign(&g, &g.point[2], f->src, f->error, sizeof f->error));
    finishes(f);
    assert_true(f->losp->rate == 0.2 && f->losp->steps == 4);
    assert_int_equal(f->cfg.sweep.own_values, OWN_COMBINE);
    grid_free(&g);
}

static void values_for_settings(void **state)
{
    struct fixture *f = *state;
    sets(f, "experiment.algorithms=bsp, losp");
    sets(f, "sweep.own_values=settings");
    sweeps(f, "network.bandwidth=1Gbit/s, 10Gbit/s");
    sweeps(f, "algorithm.losp.rate=0.2, 0.4, 0.2, 0.8");
    sweeps(f, "experiment.seed=1..2");
    sweeps(f, "algorithm.losp.steps=4");
    sweeps(f, "network.latency=1ms, 2ms");
    struct grid g = read_grid(f);
    assert_true(g.points == 8 && g.settings == 4 && g.combinations[1] == 0);
    assert_string_equal(g.point[3].name, "0004-bandwidth=1Gbit_s,seed=2,latency=2ms");
    for (int i = 0; i < g.points; i++) {
        const struct point *p = &g.point[i];
        assert_true(p->alone < 0 && grid_plays(&g, p, 0) && grid_plays(&g, p, 1));
        assert_int_equal(grid_value(&g, p, 1, 1), p->setting);
        assert_int_equal(grid_value(&g, p, 3, 1), 0);
        assert_int_equal(grid_value(&g, p, 1, 0), -1);
        assert_int_equal(grid_value(&g, p, 0, 0), p->setting / 2);
    }
    restart(f);
    assert_true(grid_assign(&g, &g.point[7], f->src, f->error, sizeof f->error));
    finishes(f);
    assert_true(f->losp->rate == 0.8 && f->losp->steps == 4);
    assert_int_equal(f->cfg.experiment.algorithms.n, 2);
    grid_free(&g);
}

static void own_values_that_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *own, *shared, *rate, *steps, *error;
    } rows[] = {
        {"trials", "network.latency=1ms", "0.1, 0.2", "4, 8, 16",
         "--sweep: algorithm.losp.steps: expected 2 values, as many as algorithm.losp.rate has (--sweep), "
         "since "
         "with sweep.own_values = trials they belong together, got 3"},
        {"trials", "network.latency=1ms, 1ms", "0.1, 0.1", "4, 4",
         "--sweep: network.latency: expected each value once, got '1ms'"},
        {"combine", "network.latency=1ms", "0.1, 0.1", "4, 4",
         "--sweep: algorithm.losp.rate: expected each value once, got '0.1'"},
        {"settings", "network.latency=1ms, 2ms, 3ms", "0.1, 0.1, 0.2", "4, 8",
         "--sweep: algorithm.losp.steps: expected one value, or 3, one for each combination of the other "
         "keys "
         "(sweep.own_values = settings), got 2"},
        {"settings", "experiment.seed=1..2", "0.1, 0.2", "4",
         "--sweep: algorithm.losp.rate: expected one value, since there is one combination of the other keys "
         "(sweep.own_values = settings), got 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct grid grid;
        char text[256];
        restart(f);
        snprintf(text, sizeof text, "sweep.own_values=%s", rows[i].own);
        sets(f, text);
        sweeps(f, rows[i].shared);
        snprintf(text, sizeof text, "algorithm.losp.rate=%s", rows[i].rate);
        sweeps(f, text);
        snprintf(text, sizeof text, "algorithm.losp.steps=%s", rows[i].steps);
        sweeps(f, text);
        finishes(f);
        assert_false(grid_read(&grid, f->src, f->error, sizeof f->error));
        assert_string_equal(f->error, rows[i].error);
        grid_free(&grid);
    }
}

static void names_are_safe(void **state)
{
    struct fixture *f = *state;
    sweeps(f, "data.path=../a b/$(x)|x;`y`*?\xC3\xA4");
    sweeps(f, "network.jitter=0.1");
    sweeps(f, "compute.jitter=0.2");
    struct grid g = read_grid(f);
    assert_string_equal(g.point[0].name, "0001-path=.._a_b___x_,network.jitter=0.1,compute.jitter=0.2");
    assert_string_equal(g.point[1].name, "0002-path=x__y_____,network.jitter=0.1,compute.jitter=0.2");
    grid_free(&g);
    restart(f);
    char text[1024];
    snprintf(text, sizeof text, "data.path=%0900d", 7);
    sweeps(f, text);
    g = read_grid(f);
    assert_int_equal(strlen(g.point[0].name), 160);
    grid_free(&g);
}

static void limits(void **state)
{
    struct fixture *f = *state;
    struct grid g;
    static const char *const rows[][2] = {{"experiment.seed=1..100", "train.batch=1..100"},
                                          {"algorithm.losp.steps=1..100", "algorithm.losp.room=1,2"},
                                          {"experiment.seed=1..3334", "algorithm.losp.rate=1,2"}};
    static const bool fits[] = {false, true, false};
    for (int i = 0; i < 3; i++) {
        restart(f);
        sweeps(f, rows[i][0]);
        sweeps(f, rows[i][1]);
        finishes(f);
        assert_int_equal(grid_read(&g, f->src, f->error, sizeof f->error), fits[i]);
        if (!fits[i])
            assert_string_equal(f->error, "[sweep]: expected at most 9999 points, got more");
        grid_free(&g);
    }
    restart(f);
    sweeps(f, "algorithm.losp.steps=1..5000");
    sweeps(f, "algorithm.losp.rate=1,2,3");
    finishes(f);
    assert_false(grid_read(&g, f->src, f->error, sizeof f->error));
    grid_free(&g);
    restart(f);
    sets(f, "experiment.algorithms=losp");
    sweeps(f, "algorithm.losp.steps=1..9999");
    g = read_grid(f);
    assert_int_equal(g.points, 9999);
    assert_string_equal(g.point[9998].name, "9999-losp.steps=9999");
    grid_free(&g);
}

static void a_row_of_an_absent_algorithm_is_left_out(void **state)
{
    struct fixture *f = *state;
    sets(f, "experiment.algorithms=bsp");
    sweeps(f, "algorithm.losp.rate=0.1,0.2");
    sweeps(f, "experiment.seed=1..3");
    struct grid g = read_grid(f);
    assert_true(g.rows == 1 && g.points == 3 && g.seed_row == 0);
    grid_free(&g);
}

static void set_and_swept_exclude_each_other(void **state)
{
    struct fixture *f = *state;
    struct grid g;
    char wanted[256];
    accepts(f, "[experiment]\nname = x\n[sweep]\nexperiment.seed = 1..3\n");
    assert_true(config_option(f->src, "--seed", "experiment.seed", "2", f->error, sizeof f->error));
    finishes(f);
    assert_false(grid_read(&g, f->src, f->error, sizeof f->error));
    snprintf(
        wanted, sizeof wanted,
        "--seed: experiment.seed is swept (%s:4): expected --sweep experiment.seed=... to change its values",
        f->path);
    assert_string_equal(f->error, wanted);
    grid_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(rows_are_kept_in_order),
        UNIT(a_later_file_replaces_rows),
        UNIT(rows_that_are_refused),
        UNIT(assignments_that_are_refused),
        UNIT(the_dump_of_a_sweep_reads_back),
        UNIT(the_reference_says_how),
        UNIT(values),
        UNIT(values_that_are_refused),
        UNIT(the_place_of_a_value_is_named),
        UNIT(points),
        UNIT(a_point_is_assigned),
        UNIT(trials_belong_together),
        UNIT(values_for_settings),
        UNIT(own_values_that_are_refused),
        UNIT(names_are_safe),
        UNIT(limits),
        UNIT(a_row_of_an_absent_algorithm_is_left_out),
        UNIT(set_and_swept_exclude_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
