/* sim/config: the table of keys, what concerns several keys, the dump and the lists. */
#include "tests/rigs/config_fixture.h"

#include "models/data/batches.h"
#include "models/model.h"
#include "sim/config/keys.h"
#include "sim/time/compute.h"
#include "sim/time/network.h"

/* The table */

static void defaults(void **state)
{
    struct fixture *f = *state;
    finishes(f);
    const struct config *c = &f->cfg;
    assert_string_equal(c->experiment.name, "default");
    assert_int_equal(c->experiment.algorithms.n, 5);
    assert_string_equal(c->experiment.algorithms.at[4], "dqlosp");
    assert_int_equal(c->experiment.iterations, -1);
    assert_true(c->experiment.epochs == 1 && c->experiment.seed == 1 && isnan(c->experiment.target_accuracy));
    assert_string_equal(c->data.set, "synthetic");
    assert_null(c->data.path);
    assert_int_equal(c->data.partition, PARTITION_IID);
    assert_int_equal(c->data.augment, AUGMENT_NONE);
    assert_int_equal(c->data.train_samples, -1);
    assert_string_equal(c->model.name, "tiny");
    assert_int_equal(c->train.batch, 32);
    assert_true(c->train.learning_rate == 0.05 && c->train.momentum == 0 && c->train.warmup == 0);
    assert_int_equal(c->train.schedule, FORM_CONSTANT);
    assert_true(c->train.step_at.n == 2 && c->train.step_at.at[1] == 0.75 && c->train.step_factor == 0.1);
    assert_int_equal(c->cluster.workers, 8);
    assert_int_equal(c->cluster.processes, -1);
    assert_int_equal(c->compute.model, COMPUTE_FLOPS);
    assert_true(c->compute.device == 70e9 && c->compute.overhead == 0 && isnan(c->compute.seconds));
    assert_true(c->network.latency.n == 1 && c->network.latency.at[0] == 1e-4);
    assert_true(reals_at(&c->network.bandwidth, 7) == 1.25e9 && c->network.server_bandwidth == 1.25e9);
    assert_true(c->network.bandwidth_up.n == 0 && isnan(c->network.server_bandwidth_up));
    assert_int_equal(c->network.sharing, SHARE_FAIR);
    assert_true(c->network.latency_factor == 1 && isnan(c->network.tcp_window));
    assert_true(c->network.efficiency == 1 && c->server.cost_per_byte == 0 && c->host.patience == 120);
    assert_string_equal(c->output.path, "results");
    assert_int_equal(c->output.eval_every, -1);
    assert_string_equal(c->output.trace, "first 100 rounds");
    assert_true(f->losp->steps == 16 && f->losp->limits.n == 2 && f->maxabs->bits == 8);
}

/* A choice is the value of its word. */
static void choices_are_their_enums(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[data]\npartition = full\n[compute]\nmodel = fixed\n[network]\nsharing = fifo\n"
               "[train]\nschedule = cosine\n");
    assert_int_equal(f->cfg.data.partition, PARTITION_FULL);
    assert_int_equal(f->cfg.compute.model, COMPUTE_FIXED);
    assert_int_equal(f->cfg.network.sharing, SHARE_FIFO);
    assert_int_equal(f->cfg.train.schedule, FORM_COSINE);
    sets(f, "train.schedule=step");
    assert_int_equal(f->cfg.train.schedule, FORM_STEP);
    for (int i = 0; i <= AUGMENT_CROP_FLIP; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "data.augment=%s", augment_words[i]);
        sets(f, assignment);
        assert_int_equal(f->cfg.data.augment, i);
    }
}

/* That every default parses within its bounds is checked by config_begin; here: what people read. */
static void every_row_is_documented(void **state)
{
    (void)state;
    for (const struct config_section *s = config_sections; s->name; s++)
        for (const struct config_key *k = s->keys; k->name; k++) {
            assert_non_null(k->help);
            assert_true(strlen(k->help) > 10 && k->help[strlen(k->help) - 1] != '.');
            assert_true(k->preset || k->example);
            assert_null(strchr(k->help, '|')); /* would break the Markdown table */
        }
}

/* Setting a key to its example works, too. */
static void every_example_parses(void **state)
{
    struct fixture *f = *state;
    for (const struct config_section *s = config_sections; s->name; s++)
        for (const struct config_key *k = s->keys; k->name; k++) {
            char assignment[256];
            snprintf(assignment, sizeof assignment, "%s.%s=%s", s->name, k->name,
                     k->example ? k->example : k->preset);
            sets(f, assignment);
        }
}

static void bounds_of_the_table(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"compute.seconds=0",
                                      "compute.seconds=-1s",
                                      "network.bandwidth=0bit/s",
                                      "network.server_bandwidth=0B/s",
                                      "compute.factor=1, 0",
                                      "compute.factor=inf",
                                      "network.latency=-1ms",
                                      "network.efficiency=0",
                                      "network.efficiency=1.01",
                                      "network.latency_factor=-0.1",
                                      "network.latency_factor=1001",
                                      "network.latency_factor=inf",
                                      "network.tcp_window=535B",
                                      "network.tcp_window=1ms",
                                      "network.tcp_window=inf",
                                      "cluster.workers=0",
                                      "cluster.workers=32768",
                                      "train.batch=0",
                                      "train.batch=65537",
                                      "train.learning_rate=-0.1",
                                      "train.learning_rate=nan",
                                      "train.momentum=1",
                                      "train.momentum=-0.1",
                                      "experiment.target_accuracy=0",
                                      "experiment.target_accuracy=1.1",
                                      "experiment.seed=-1",
                                      "experiment.seed=9223372036854775808",
                                      "compute.jitter=-1",
                                      "compute.spread=-0.1",
                                      "compute.straggler_probability=1.1",
                                      "compute.straggler_factor=0.5",
                                      "compute.straggler_duration=0",
                                      "compute.straggler_duration=1001",
                                      "network.jitter=-1",
                                      "compute.jitter=inf",
                                      "train.warmup=1",
                                      "experiment.iterations=0",
                                      "experiment.epochs=0",
                                      "train.step_at=0, 0.5",
                                      "train.step_at=1",
                                      "host.patience=0",
                                      "output.eval_every=0",
                                      "compute.device=0",
                                      "server.cost_per_byte=-1ns",
                                      "data.shape=imagenet",
                                      "data.train_samples=0",
                                      "train.batch=",
                                      "model.name=",
                                      "output.trace="};
    static const char *const good[] = {"train.learning_rate=0",
                                       "network.latency=0",
                                       "network.bandwidth=inf",
                                       "network.server_bandwidth=inf",
                                       "experiment.seed=9223372036854775807",
                                       "experiment.seed=0",
                                       "network.efficiency=1",
                                       "network.latency_factor=0",
                                       "network.tcp_window=536",
                                       "network.tcp_window=",
                                       "cluster.workers=32767",
                                       "train.momentum=0.999",
                                       "experiment.target_accuracy=1",
                                       "data.path=",
                                       "experiment.epochs=0.01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (config_set(f->src, bad[i], f->error, sizeof f->error) || !strstr(f->error, ": expected "))
            fail_msg("%s was accepted, or refused with another error: %s", bad[i], f->error);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        sets(f, good[i]);
    assert_true(f->cfg.experiment.seed == 0 && f->cfg.data.path == NULL);
}

/* What concerns several keys */

static void iterations_against_epochs(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[experiment]\niterations = 100\n");
    sets(f, "experiment.epochs=2");
    finishes(f);
    assert_true(f->cfg.experiment.iterations == -1 && f->cfg.experiment.epochs == 2);
    restart(f);
    accepts(f, "[experiment]\nepochs = 3\n");
    assert_true(
        config_option(f->src, "--iterations", "experiment.iterations", "70", f->error, sizeof f->error));
    finishes(f);
    assert_true(f->cfg.experiment.iterations == 70 && isnan(f->cfg.experiment.epochs));
    char wanted[256];
    snprintf(wanted, sizeof wanted, "experiment.epochs: excludes experiment.iterations, given too (%s:4)",
             f->path);
    refuses_to_finish(f, "[experiment]\nepochs = 3\n\niterations = 100\n", 2, wanted);
    restart(f);
    sets(f, "experiment.epochs=3");
    assert_true(
        config_option(f->src, "--iterations", "experiment.iterations", "70", f->error, sizeof f->error));
    assert_false(config_finish(f->src, f->error, sizeof f->error));
    assert_string_equal(f->error,
                        "--set: experiment.epochs: excludes experiment.iterations, given too (--iterations)");
    restart(f);
    accepts(f, "[experiment]\niterations =\nepochs = 2\n"); /* as a dump has it */
    finishes(f);
}

static void lists_against_workers(void **state)
{
    struct fixture *f = *state;
    static const char *const lists[] = {
        "compute.factor=1,2,3", "network.latency=1s,2s,3s", "network.bandwidth=1kB/s,2kB/s,3kB/s",
        "network.bandwidth_up=1kB/s,2kB/s,3kB/s", "network.bandwidth_down=1kB/s,2kB/s,3kB/s"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char wanted[128];
        restart(f);
        sets(f, lists[i]);
        assert_false(config_finish(f->src, f->error, sizeof f->error));
        snprintf(wanted, sizeof wanted, "--set: %.*s: expected one value or 8 (cluster.workers), got 3",
                 (int)strcspn(lists[i], "="), lists[i]);
        assert_string_equal(f->error, wanted);
        sets(f, "cluster.workers=3");
        finishes(f);
    }
    assert_true(reals_at(&f->cfg.network.bandwidth_down, 2) == 3000 &&
                reals_at(&f->cfg.compute.factor, 2) == 1);
}

static void other_rules_of_finish(void **state)
{
    struct fixture *f = *state;
    refuses_to_finish(f, "[cluster]\n\nprocesses = 9\n", 3,
                      "cluster.processes: expected at most 8 (cluster.workers), got 9");
    refuses_to_finish(f, "[train]\nstep_at = 0.5, 0.5\n", 2,
                      "train.step_at: expected rising fractions, got 0.5 after 0.5");
    refuses_to_finish(f, "[train]\nlist_at = 0, 0.5, 0.2\nlist_factors = 1, 2, 3\n", 2,
                      "train.list_at: expected rising fractions, got 0.2 after 0.5");
    refuses_to_finish(
        f, "[train]\nlist_at = 0, 0.5\nlist_factors = 1\n", 3,
        "train.list_factors: expected as many factors as train.list_at has fractions, 2, got 1");
    refuses_to_finish(f, "[train]\n\nschedule = list\n", 3,
                      "train.schedule: list needs train.list_at and train.list_factors, such as 0.5 and 0.1");
    refuses_to_finish(f, "[compute]\nmodel = fixed\n", 2,
                      "compute.model: fixed needs compute.seconds, such as 50ms");
    refuses_to_finish(f, "[compute]\n\nstraggler_probability = 0.1\n", 3,
                      "compute.straggler_probability: needs compute.straggler_factor, such as 5");
    refuses_to_finish(
        f, "[experiment]\nname = a/b\n", 2,
        "experiment.name: expected the name of a folder without '/' and no '.' in front, got 'a/b'");
    refuses_to_finish(
        f, "[experiment]\nname = ..\n", 2,
        "experiment.name: expected the name of a folder without '/' and no '.' in front, got '..'");
}

/* The dump */

static void dump_reads_back(struct fixture *f)
{
    char *once = dumped(f, false), *origins = dumped(f, true);
    for (int with_origin = 0; with_origin < 2; with_origin++) {
        restart(f);
        accepts(f, with_origin ? origins : once);
        finishes(f);
        char *again = dumped(f, false);
        assert_string_equal(again, once);
        free(again);
    }
    free(once);
    free(origins);
}

static void the_dump_of_defaults_reads_back(void **state)
{
    struct fixture *f = *state;
    finishes(f);
    dump_reads_back(f);
}

static void the_dump_of_odd_values_reads_back(void **state)
{
    struct fixture *f = *state;
    static const char *const odd[] = {"train.learning_rate=0.1234567890123456789",
                                      "network.latency=1.7ms, 0.333333333333333333s, 0, 3e-20s",
                                      "network.bandwidth=123456789bit/s, inf, 1.1kB/s, 7Tbit/s",
                                      "cluster.workers=4",
                                      "experiment.seed=9223372036854775807",
                                      "experiment.iterations=1e9",
                                      "experiment.name=\xC3\xA4 b;c=d#e[f]",
                                      "algorithm.losp.note=\"quoted\" : = ]",
                                      "algorithm.losp.room=1000001",
                                      "algorithm.losp.delays=1ns,1s",
                                      "algorithm.losp.drain=on",
                                      "algorithm.losp.rounding=stochastic"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        sets(f, odd[i]);
    finishes(f);
    struct reals *latency = &f->cfg.network.latency;
    assert_true(latency->at[0] == 0.0017 && latency->at[1] == 1.0 / 3);
    dump_reads_back(f);
    assert_true(latency->at[0] == 0.0017 && latency->at[1] == 1.0 / 3 && latency->at[3] == 3e-20);
    assert_true(f->cfg.experiment.seed == INT64_MAX && f->losp->drain && f->losp->room == 1000001);
}

static void the_dump_names_every_key_and_its_origin(void **state)
{
    struct fixture *f = *state;
    char wanted[256];
    accepts(f, "[train]\n\nbatch = 16\n[experiment]\nseed = 1\n");
    sets(f, "network.server_bandwidth=125MB/s");
    finishes(f);
    char *text = dumped(f, true);
    snprintf(wanted, sizeof wanted, "[train]\nbatch = 16 ; from %s:3\naccumulate = 1 ; default\n", f->path);
    assert_non_null(strstr(text, wanted));
    assert_non_null(
        strstr(text, "\nserver_bandwidth = 1Gbit/s ; from --set\nserver_bandwidth_up = ; default\n"));
    assert_non_null(strstr(text, "\n[algorithm.losp]\nsteps = 16 ; default\n"));
    assert_non_null(strstr(text, "\niterations = ; default\nepochs = 1 ; default\n"));
    free(text);
}

static void the_lists_name_every_key(void **state)
{
    struct fixture *f = *state;
    char *plain = listed(f, false), *markdown = listed(f, true), row[128];
    for (const struct config_section *s = config_sections; s->name; s++)
        for (const struct config_key *k = s->keys; k->name; k++) {
            snprintf(row, sizeof row, "\n| `%s` | %.60s", k->name, k->help);
            assert_non_null(strstr(markdown, row));
            snprintf(row, sizeof row, "%s.%s = ", s->name, k->name);
            assert_non_null(strstr(plain, row));
        }
    assert_memory_equal(markdown, "<!-- Written by simulate --markdown keys", 40);
    assert_non_null(strstr(markdown, "\n## [algorithm.losp]\n"));
    assert_null(strstr(markdown, "[algorithm.bsp]")); /* it has no keys */
    assert_non_null(strstr(markdown, "| a whole number from 1 to 32767 | `8` | `8` |\n"));
    assert_non_null(strstr(markdown, "| a whole number >= 1 | left out | `156250` |\n"));
    free(plain);
    free(markdown);
}

static void how_much_is_traced(void **state)
{
    struct fixture *f = *state;
    refuses_to_finish(
        f, "[output]\n\ntrace = first rounds\n", 3,
        "output.trace: expected 'first N rounds' (N from 1 to 10^9), 'all' or 'none', got 'first rounds'");
    restart(f);
    sets(f, "output.trace= all ");
    finishes(f);
    assert_string_equal(f->cfg.output.trace, "all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(defaults),
        UNIT(choices_are_their_enums),
        UNIT(every_row_is_documented),
        UNIT(every_example_parses),
        UNIT(bounds_of_the_table),
        UNIT(iterations_against_epochs),
        UNIT(lists_against_workers),
        UNIT(other_rules_of_finish),
        UNIT(how_much_is_traced),
        UNIT(the_dump_of_defaults_reads_back),
        UNIT(the_dump_of_odd_values_reads_back),
        UNIT(the_dump_names_every_key_and_its_origin),
        UNIT(the_lists_name_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
