/* sim/config: the table of keys, ini files, the command line, precedence, the dump. */
#define _GNU_SOURCE /* open_memstream */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/data/batches.h"
#include "sim/config/config.h"
#include "sim/config/keys.h"
#include "sim/time/compute.h"
#include "sim/time/network.h"

/* A plug-in with one key of every type. */
struct params {
    int64_t steps;
    double rate, delay, limit, room, speed;
    bool drain;
    char *note;
    int rounding;
    struct reals parts, delays, limits;
    struct names peers;
};

static const struct config_key losp_keys[] = {
    {"steps", KEY_INT, offsetof(struct params, steps), "16", .min = 1, .max = 1e9, .help = "most steps"},
    {"rate", KEY_REAL, offsetof(struct params, rate), "0.1", .help = "rate"},
    {"delay", KEY_SECONDS, offsetof(struct params, delay), "35us", .help = "delay"},
    {"limit", KEY_BANDWIDTH, offsetof(struct params, limit), "inf", .help = "limit"},
    {"room", KEY_BYTES, offsetof(struct params, room), "64KiB", .help = "room"},
    {"speed", KEY_FLOPS, offsetof(struct params, speed), "1TFLOP/s", .help = "speed"},
    {"drain", KEY_BOOL, offsetof(struct params, drain), "no", .help = "drain"},
    {"note", KEY_TEXT, offsetof(struct params, note), NULL, .help = "note"},
    {"rounding", KEY_CHOICE, offsetof(struct params, rounding), "nearest", .help = "rounding",
     .choices = "nearest|stochastic"},
    {"parts", KEY_REALS, offsetof(struct params, parts), "0.1, 0.2", .help = "parts"},
    {"delays", KEY_SECONDS_LIST, offsetof(struct params, delays), NULL, .help = "delays"},
    {"limits", KEY_BANDWIDTH_LIST, offsetof(struct params, limits), "1Gbit/s, inf", .help = "limits"},
    {"peers", KEY_NAMES, offsetof(struct params, peers), "a, b", .help = "peers"},
    {NULL}};
static const struct config_key maxabs_keys[] = {
    {"bits", KEY_INT, 0, "8", .min = 1, .max = 16, .help = "bits"}, {NULL}};

struct fixture {
    struct config cfg;
    struct params losp;
    struct {
        int64_t bits;
    } maxabs;
    struct config_section extra[3];
    struct config_source *src;
    char path[64], error[1024];
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->extra[0] = (struct config_section){"algorithm.losp", losp_keys, &f->losp};
    f->extra[1] = (struct config_section){"codec.maxabs", maxabs_keys, &f->maxabs};
    f->extra[2] = (struct config_section){"algorithm.bsp", NULL, NULL};
    strcpy(f->path, "/tmp/test_config_XXXXXX.ini");
    close(mkstemps(f->path, (int)strlen(".ini")));
    f->src = config_begin(&f->cfg, f->extra, 3);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    config_end(f->src);
    unlink(f->path);
    free(f);
    return 0;
}

static void restart(struct fixture *f)
{
    config_end(f->src);
    f->src = config_begin(&f->cfg, f->extra, 3);
}

static bool read_bytes(struct fixture *f, const char *bytes, size_t length)
{
    FILE *file = fopen(f->path, "w");
    fwrite(bytes, 1, length, file);
    fclose(file);
    f->error[0] = '\0';
    return config_read_file(f->src, f->path, f->error, sizeof f->error);
}

static bool read_text(struct fixture *f, const char *text)
{
    return read_bytes(f, text, strlen(text));
}

static void accepts(struct fixture *f, const char *text)
{
    if (!read_text(f, text))
        fail_msg("%s", f->error);
}

static void sets(struct fixture *f, const char *assignment)
{
    if (!config_set(f->src, assignment, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

static void finishes(struct fixture *f)
{
    if (!config_finish(f->src, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

/* The error is one line: the file, the line, this text. */
static void error_is(struct fixture *f, int line, const char *text)
{
    char wanted[1200];
    snprintf(wanted, sizeof wanted, "%s:%d: %s", f->path, line, text);
    assert_string_equal(f->error, wanted);
    assert_null(strchr(f->error, '\n'));
}

static void refuses(struct fixture *f, const char *text, int line, const char *error)
{
    restart(f);
    if (read_text(f, text))
        fail_msg("accepted: %s", text);
    error_is(f, line, error);
}

static void refuses_to_finish(struct fixture *f, const char *text, int line, const char *error)
{
    restart(f);
    accepts(f, text);
    assert_false(config_finish(f->src, f->error, sizeof f->error));
    error_is(f, line, error);
}

static void refuses_to_set(struct fixture *f, const char *assignment, const char *error)
{
    assert_false(config_set(f->src, assignment, f->error, sizeof f->error));
    assert_string_equal(f->error, error);
}

static char *dumped(const struct fixture *f, bool with_origin)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    config_dump(f->src, out, with_origin);
    fclose(out);
    return text;
}

static char *listed(const struct fixture *f, bool markdown)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    config_list_keys(f->extra, 3, out, markdown);
    fclose(out);
    return text;
}

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
    assert_int_equal(c->data.train_samples, -1);
    assert_string_equal(c->model.name, "tiny");
    assert_int_equal(c->train.batch, 32);
    assert_true(c->train.learning_rate == 0.05 && c->train.momentum == 0 && c->train.warmup == 0);
    assert_int_equal(c->train.schedule, SCHEDULE_CONSTANT);
    assert_true(c->train.step_at.n == 2 && c->train.step_at.at[1] == 0.75 && c->train.step_factor == 0.1);
    assert_int_equal(c->cluster.workers, 8);
    assert_int_equal(c->cluster.processes, -1);
    assert_int_equal(c->compute.model, COMPUTE_FLOPS);
    assert_true(c->compute.device == 70e9 && c->compute.overhead == 0 && isnan(c->compute.seconds));
    assert_true(c->network.latency.n == 1 && c->network.latency.at[0] == 1e-4);
    assert_true(reals_at(&c->network.bandwidth, 7) == 1.25e9 && c->network.server_bandwidth == 1.25e9);
    assert_true(c->network.bandwidth_up.n == 0 && isnan(c->network.server_bandwidth_up));
    assert_int_equal(c->network.sharing, SHARE_FAIR);
    assert_true(c->network.efficiency == 1 && c->server.cost_per_byte == 0 && c->host.patience == 120);
    assert_string_equal(c->output.path, "results");
    assert_int_equal(c->output.eval_every, -1);
    assert_true(f->losp.steps == 16 && f->losp.limits.n == 2 && f->maxabs.bits == 8);
}

/* A choice is an index into an enum that another file declares: both must agree. */
static void choices_are_their_enums(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[data]\npartition = full\n[compute]\nmodel = fixed\n[network]\nsharing = fifo\n"
               "[train]\nschedule = cosine\n");
    assert_int_equal(f->cfg.data.partition, PARTITION_FULL);
    assert_int_equal(f->cfg.compute.model, COMPUTE_FIXED);
    assert_int_equal(f->cfg.network.sharing, SHARE_FIFO);
    assert_int_equal(f->cfg.train.schedule, SCHEDULE_COSINE);
    sets(f, "train.schedule=step");
    assert_int_equal(f->cfg.train.schedule, SCHEDULE_STEP);
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
    static const char *const bad[] = {
        "compute.seconds=0",
        "compute.seconds=-1s",
        "network.bandwidth=0bit/s",
        "network.server_bandwidth=0B/s",
        "compute.factor=1, 0",
        "compute.factor=inf",
        "network.latency=-1ms",
        "network.efficiency=0",
        "network.efficiency=1.01",
        "cluster.workers=0",
        "cluster.workers=1025",
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
    };
    static const char *const good[] = {
        "train.learning_rate=0",
        "network.latency=0",
        "network.bandwidth=inf",
        "network.server_bandwidth=inf",
        "experiment.seed=9223372036854775807",
        "experiment.seed=0",
        "network.efficiency=1",
        "cluster.workers=1024",
        "train.momentum=0.999",
        "experiment.target_accuracy=1",
        "data.path=",
        "experiment.epochs=0.01",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (config_set(f->src, bad[i], f->error, sizeof f->error) || !strstr(f->error, ": expected "))
            fail_msg("%s was accepted, or refused with another error: %s", bad[i], f->error);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        sets(f, good[i]);
    assert_true(f->cfg.experiment.seed == 0 && f->cfg.data.path == NULL);
}

/* Files */

static void a_whole_file(void **state)
{
    struct fixture *f = *state;
    accepts(f, "\xEF\xBB\xBF; first\n"
               "# second\n"
               "   ; indented comment\n"
               "\n"
               "[experiment]\n"
               "algorithms = bsp,losp ; both\n"
               "iterations=1e4\n"
               "[network] ; slow\n"
               "latency =\t10ms\n"
               "bandwidth = 1Gbit/s, 100Mbit/s\n"
               "[algorithm.bsp]\n"
               "[algorithm.losp]\n"
               "steps = 4\n"
               "note = a = b; c\n"
               "[cluster]\n"
               "workers = 2\n"
               "[network]\n"
               "sharing = fifo");
    finishes(f);
    assert_int_equal(f->cfg.experiment.iterations, 10000);
    assert_true(isnan(f->cfg.experiment.epochs));
    assert_true(f->cfg.network.latency.at[0] == 0.01 && f->cfg.network.bandwidth.at[1] == 12.5e6);
    assert_int_equal(f->cfg.network.sharing, SHARE_FIFO);
    assert_int_equal(f->losp.steps, 4);
    assert_string_equal(f->losp.note, "a = b; c");
    const char *slash = strrchr(f->path, '/');
    assert_int_equal(strlen(f->cfg.experiment.name), strlen(slash + 1) - strlen(".ini"));
}

static void line_ends(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[train]\r\nbatch = 64\r\n\r\n; x\r\nmomentum = 0.5");
    assert_true(f->cfg.train.batch == 64 && f->cfg.train.momentum == 0.5);
    restart(f);
    accepts(f, "");
    restart(f);
    accepts(f, "[train]");
}

static void broken_lines(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[train]\nbatch = 8\n  momentum = 0.5\n", 3,
            "indented line: keys and sections start in the first column");
    refuses(f, "[train]\n\tbatch = 8\n", 2, "indented line: keys and sections start in the first column");
    refuses(f, "[train]\n\n [model]\n", 3, "indented line: keys and sections start in the first column");
    refuses(f, "[train]\nbatch\n", 2, "expected 'key = value', got 'batch'");
    refuses(f, "[train]\nbatch : 8\n", 2, "expected 'key = value', got 'batch : 8'");
    refuses(f, "[train]\nbatch ; = 8\n", 2, "expected 'key = value', got 'batch '");
    refuses(f, "[train]\nbatch: 8 = 9\n", 2, "expected 'key = value', got 'batch: 8 = 9'");
    refuses(f, "[train]\n= 8\n", 2, "no key in front of '='");
    refuses(f, "\n\nbatch = 8\n", 3, "key in front of the first [section]");
    refuses(f, "\n[train\n", 2, "'[' without ']'");
    refuses(f, "[train] batch = 8\n", 1, "unexpected text behind ']' (a comment there starts with ' ;')");
    refuses(f, "[train]\nbatch = 8\n\nbatch = 9\n", 4, "train.batch: given twice, first in line 2");
    refuses(f, "[train]\nbatch = 8\n[model]\n[train]\nbatch = 8\n", 5,
            "train.batch: given twice, first in line 2");
    restart(f);
    assert_false(read_bytes(f, "[train]\nba\0tch = 8\n", 18));
    error_is(f, 2, "NUL byte: this is not a text file");
}

static void values_in_files(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[train]\nbatch = 8 # fast\n", 2,
            "train.batch: expected a whole number from 1 to 65536, got '8 # fast' (a comment behind a value "
            "starts with "
            "' ;')");
    refuses(f, "[network]\n\n; x\nbandwidth = 1000\n", 4,
            "network.bandwidth: expected bandwidths > 0 separated by commas such as 1Gbit/s, 125MB/s or inf, "
            "got '1000' "
            "(the unit is missing: bit/s for bits, B/s for bytes)");
    refuses(f, "[network]\nlatency = 5\n", 2,
            "network.latency: expected durations >= 0 separated by commas such as 10ms or 1.5s, got '5' (the "
            "unit is "
            "missing)");
    refuses(f, "[algorithm.losp]\nrounding = up\n", 2,
            "algorithm.losp.rounding: expected one of nearest, stochastic, got 'up'");
    refuses(f, "[train]\nbatch = 8\r9\n", 2,
            "train.batch: expected a whole number from 1 to 65536, got '8?9' (control character)");
    refuses(f, "[train]\nbatch =\n", 2, "train.batch: expected a whole number from 1 to 65536, got ''");
}

static void unknown_names(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[network]\nlatancy = 1ms\n", 2,
            "unknown key 'latancy' in [network]; did you mean 'latency'?");
    refuses(f, "[network]\nbatch = 3\n", 2, "unknown key 'batch' in [network]; it belongs to [train]");
    refuses(f, "[network]\nbits = 3\n", 2, "unknown key 'bits' in [network]; it belongs to [codec.maxabs]");
    refuses(f, "[network]\nnam = 3\n", 2, "unknown key 'nam' in [network] (--list keys names all)");
    refuses(f, "[network]\nname = 3\n", 2, "unknown key 'name' in [network] (--list keys names all)");
    refuses(f, "[network]\nBandwidth = 3\n", 2,
            "unknown key 'Bandwidth' in [network]; did you mean 'bandwidth'?");
    refuses(f, "[algorithm.bsp]\nxyz = 3\n", 2,
            "unknown key 'xyz' in [algorithm.bsp] (--list keys names all)");
    refuses(f, "\n[netwrk]\n", 2, "unknown section 'netwrk'; did you mean [network]?");
    refuses(f, "[algorithm.lsp]\n", 1, "unknown section 'algorithm.lsp'; did you mean [algorithm.losp]?");
    refuses(f, "[wwwwwwwwww]\n", 1, "unknown section 'wwwwwwwwww' (--list keys names all)");
    refuses(f, "[]\n", 1, "unknown section '' (--list keys names all)");
    refuses(f, "[experiment-experiment-experiment-experiment-12345]\n", 1,
            "unknown section 'experiment-experiment-experiment-experiment-12345' (--list keys names all)");
    refuses(f, "[experiment-experiment-experiment-experiment-123456]\n", 1,
            "section name longer than 49 characters");
}

/* inih alone reads 200 bytes at once and takes the rest for a line of its own. */
static void long_lines(void **state)
{
    struct fixture *f = *state;
    enum { LONGEST = 65536 };
    static const size_t lengths[] = {150, 197,  198,         199,     200,         201,
                                     400, 5000, LONGEST - 1, LONGEST, LONGEST + 1, 70000};
    static char text[80000];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int comment = 0; comment < 2; comment++) {
            restart(f);
            size_t start = (size_t)sprintf(text, "[algorithm.losp]\n");
            size_t used = (size_t)sprintf(text + start, comment ? "; " : "note = ");
            memset(text + start + used, 'x', lengths[i] - used);
            strcpy(text + start + lengths[i], "\nsteps = 0\n");
            assert_false(read_text(f, text));
            if (lengths[i] > LONGEST) {
                error_is(f, 2, "line longer than 65536 bytes");
                continue;
            }
            error_is(f, 3, "algorithm.losp.steps: expected a whole number from 1 to 1000000000, got '0'");
            if (!comment)
                assert_int_equal(strlen(f->losp.note), lengths[i] - used);
        }
}

static void long_and_odd_text_in_errors(void **state)
{
    struct fixture *f = *state;
    static char text[2000];
    size_t start = (size_t)sprintf(text, "[model]\n");
    memset(text + start, 'k', 1000);
    strcpy(text + start + 1000, "\033[1m = 3\n");
    assert_false(read_text(f, text));
    assert_true(strlen(f->error) < 300);
    assert_non_null(strstr(f->error, "kkk...' in [model]"));
    refuses(f, "[model]\na\tb\033 = 3\n", 2, "unknown key 'a?b?' in [model] (--list keys names all)");
}

static void files_that_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    assert_false(config_read_file(f->src, "/nonexistent/x.ini", f->error, sizeof f->error));
    assert_string_equal(f->error, "/nonexistent/x.ini: No such file or directory");
    assert_false(config_read_file(f->src, "/tmp", f->error, sizeof f->error));
    assert_string_equal(f->error, "/tmp:1: Is a directory");
    assert_false(config_read_file(f->src, "/dev/zero", f->error, sizeof f->error));
    assert_string_equal(f->error, "/dev/zero:1: NUL byte: this is not a text file");
}

static void any_bytes_do_no_harm(void **state)
{
    struct fixture *f = *state;
    static const char alphabet[] = "[]=:;#, \t\r\n\n\nab.train batch0159eE-+sm/GB\"\xEF\xBB\xBF\xC3\x01";
    uint64_t x = 1;
    for (int round = 0; round < 3000; round++) {
        char text[200];
        size_t n = 0;
        if (round % 2)
            n = (size_t)sprintf(text, "[network]\nbandwidth=");
        for (; n < sizeof text; n++) {
            x = x * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
            text[n] = alphabet[(x >> 33) % (sizeof alphabet - 1)];
        }
        restart(f);
        if (!read_bytes(f, text, sizeof text)) {
            assert_null(strchr(f->error, '\n'));
            assert_memory_equal(f->error, f->path, strlen(f->path));
        }
    }
}

/* The command line */

static void assignments(void **state)
{
    struct fixture *f = *state;
    sets(f, "train.batch=64");
    sets(f, " train.batch = 65 ");
    sets(f, "algorithm.losp.note=x=y");
    assert_int_equal(f->cfg.train.batch, 65);
    assert_string_equal(f->losp.note, "x=y");
    refuses_to_set(f, "train.batch", "--set: expected section.key=value, got 'train.batch'");
    refuses_to_set(f, "batch=3",
                   "--set: expected section.key=value, got 'batch=3'; did you mean train.batch=...?");
    refuses_to_set(f, "bach=3", "--set: expected section.key=value, got 'bach=3'");
    refuses_to_set(f, "", "--set: expected section.key=value, got ''");
    refuses_to_set(f, ".=1", "--set: unknown section '' (--list keys names all)");
    refuses_to_set(f, "train.bach=3", "--set: unknown key 'bach' in [train]; did you mean 'batch'?");
    refuses_to_set(f, "trian.batch=3", "--set: unknown section 'trian'; did you mean [train]?");
    refuses_to_set(f, "train.batch=x",
                   "--set: train.batch: expected a whole number from 1 to 65536, got 'x'");
    assert_false(config_option(f->src, "--workers", "cluster.workers", "0", f->error, sizeof f->error));
    assert_string_equal(f->error,
                        "--workers: cluster.workers: expected a whole number from 1 to 1024, got '0'");
    assert_int_equal(f->cfg.train.batch, 65);
}

static void precedence(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[train]\nbatch = 16\nmomentum = 0.5\n[cluster]\nworkers = 4\n");
    accepts(f, "[train]\nmomentum = 0.6\n"); /* a second file */
    sets(f, "train.batch=64");
    assert_true(config_option(f->src, "--workers", "cluster.workers", "2", f->error, sizeof f->error));
    sets(f, "cluster.workers=3");
    sets(f, "train.batch=32");
    finishes(f);
    assert_int_equal(f->cfg.train.batch, 32);
    assert_int_equal(f->cfg.cluster.workers, 3);
    assert_true(f->cfg.train.momentum == 0.6);
}

/* What no single key can tell */

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
        "compute.factor=1,2,3", "network.latency=1s,2s,3s", "network.bandwidth=1B/s,2B/s,3B/s",
        "network.bandwidth_up=1B/s,2B/s,3B/s", "network.bandwidth_down=1B/s,2B/s,3B/s"};
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
    assert_true(reals_at(&f->cfg.network.bandwidth_down, 2) == 3 && reals_at(&f->cfg.compute.factor, 2) == 1);
}

static void other_rules_of_finish(void **state)
{
    struct fixture *f = *state;
    refuses_to_finish(f, "[cluster]\n\nprocesses = 9\n", 3,
                      "cluster.processes: expected at most 8 (cluster.workers), got 9");
    refuses_to_finish(f, "[train]\nstep_at = 0.5, 0.5\n", 2,
                      "train.step_at: expected rising fractions, got 0.5 after 0.5");
    refuses_to_finish(f, "[compute]\nmodel = fixed\n", 2,
                      "compute.model: fixed needs compute.seconds, such as 50ms");
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
    assert_true(f->cfg.experiment.seed == INT64_MAX && f->losp.drain && f->losp.room == 1000001);
}

static void the_dump_names_every_key_and_its_origin(void **state)
{
    struct fixture *f = *state;
    char wanted[256];
    accepts(f, "[train]\n\nbatch = 16\n");
    sets(f, "network.server_bandwidth=125MB/s");
    finishes(f);
    char *text = dumped(f, true);
    snprintf(wanted, sizeof wanted, "[train]\nbatch = 16 ; from %s:3\nlearning_rate = 0.05 ; default\n",
             f->path);
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
    assert_memory_equal(markdown, "<!-- Written by simulate --keys-markdown", 40);
    assert_non_null(strstr(markdown, "\n## [algorithm.losp]\n"));
    assert_null(strstr(markdown, "[algorithm.bsp]")); /* it has no keys */
    assert_non_null(strstr(markdown, "| a whole number from 1 to 1024 | `8` | `8` |\n"));
    assert_non_null(strstr(markdown, "| a whole number >= 1 | left out | `156250` |\n"));
    free(plain);
    free(markdown);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(defaults),
        UNIT(choices_are_their_enums),
        UNIT(every_row_is_documented),
        UNIT(every_example_parses),
        UNIT(bounds_of_the_table),
        UNIT(a_whole_file),
        UNIT(line_ends),
        UNIT(broken_lines),
        UNIT(values_in_files),
        UNIT(unknown_names),
        UNIT(long_lines),
        UNIT(long_and_odd_text_in_errors),
        UNIT(files_that_cannot_be_read),
        UNIT(any_bytes_do_no_harm),
        UNIT(assignments),
        UNIT(precedence),
        UNIT(iterations_against_epochs),
        UNIT(lists_against_workers),
        UNIT(other_rules_of_finish),
        UNIT(the_dump_of_defaults_reads_back),
        UNIT(the_dump_of_odd_values_reads_back),
        UNIT(the_dump_names_every_key_and_its_origin),
        UNIT(the_lists_name_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
