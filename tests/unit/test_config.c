/* sim/config: ini files, the command line, precedence. */
#include "sim/base/fail.h"
#include "sim/time/network.h"
#include "tests/rigs/config_fixture.h"
#include "tests/rigs/scratch.h"

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
    assert_int_equal(f->losp->steps, 4);
    assert_string_equal(f->losp->note, "a = b; c");
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
            "network.bandwidth: expected bandwidths >= 1kbit/s separated by commas such as 1Gbit/s, 125MB/s "
            "or inf, "
            "got '1000' "
            "(the unit is missing: bit/s for bits, B/s for bytes)");
    refuses(f, "[network]\nlatency = 5\n", 2,
            "network.latency: expected durations from 0 to 1000000s separated by commas such as 10ms or "
            "1.5s, got '5' (the "
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
    refuses(f, "[algorithm.lsp]\n", 1,
            "unknown section 'algorithm.lsp'; did you mean [algorithm.losp]? (experiment.algorithms = lsp: "
            "ALGORITHM would declare it)");
    refuses(f, "[algorithm.nothing]\n", 1,
            "unknown section 'algorithm.nothing' (--list algorithms names all; experiment.algorithms = "
            "nothing: ALGORITHM would declare it)");
    refuses(f, "[codec.nothing]\n", 1, "unknown section 'codec.nothing' (--list codecs names all)");
    refuses(f, "[losp]\n", 1, "unknown section 'losp'; did you mean [algorithm.losp]?");
    refuses(f, "[model]\n\nname = alexnett\n", 3,
            "model.name: expected a name from --list models, got 'alexnett'; did you mean 'alexnet'?");
    refuses(f, "[wwwwwwwwww]\n", 1, "unknown section 'wwwwwwwwww' (--list keys names all)");
    refuses(f, "[]\n", 1, "unknown section '' (--list keys names all)");
    refuses(
        f, "[experiment-experiment-experiment-experiment-12345]\n", 1,
        "unknown section 'experiment-experiment-experiment-experiment-12345'; did you mean [experiment]?");
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
    static char ini[80000];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int comment = 0; comment < 2; comment++) {
            restart(f);
            size_t start = (size_t)sprintf(ini, "[algorithm.losp]\n");
            size_t used = (size_t)sprintf(ini + start, comment ? "; " : "note = ");
            memset(ini + start + used, 'x', lengths[i] - used);
            strcpy(ini + start + lengths[i], "\nsteps = 0\n");
            assert_false(read_text(f, ini));
            if (lengths[i] > LONGEST) {
                error_is(f, 2, "line longer than 65536 bytes");
                continue;
            }
            error_is(f, 3, "algorithm.losp.steps: expected a whole number from 1 to 1000000000, got '0'");
            if (!comment)
                assert_int_equal(strlen(f->losp->note), lengths[i] - used);
        }
}

static void long_and_odd_text_in_errors(void **state)
{
    struct fixture *f = *state;
    static char ini[2000];
    size_t start = (size_t)sprintf(ini, "[model]\n");
    memset(ini + start, 'k', 1000);
    strcpy(ini + start + 1000, "\033[1m = 3\n");
    assert_false(read_text(f, ini));
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
    assert_string_equal(f->error, "/tmp: expected an ini file, got a folder");
    assert_false(config_read_file(f->src, "/dev/zero", f->error, sizeof f->error));
    assert_string_equal(f->error, "/dev/zero:1: NUL byte: this is not a text file");
}

static void any_bytes_do_no_harm(void **state)
{
    struct fixture *f = *state;
    static const char alphabet[] = "[]=:;#, \t\r\n\n\nab.train batch0159eE-+sm/GB\"\xEF\xBB\xBF\xC3\x01";
    uint64_t x = 1;
    for (int round = 0; round < 3000; round++) {
        char ini[200];
        size_t n = 0;
        if (round % 2)
            n = (size_t)sprintf(ini, "[network]\nbandwidth=");
        for (; n < sizeof ini; n++) {
            x = x * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
            ini[n] = alphabet[(x >> 33) % (sizeof alphabet - 1)];
        }
        restart(f);
        if (!read_bytes(f, ini, sizeof ini)) {
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
    assert_string_equal(f->losp->note, "x=y");
    refuses_to_set(f, "train.batch", "--set: expected section.key=value, got 'train.batch'");
    refuses_to_set(f, "batch=3",
                   "--set: expected section.key=value, got 'batch=3'; did you mean train.batch=...?");
    refuses_to_set(f, "lr=3",
                   "--set: expected section.key=value, got 'lr=3'; did you mean train.learning_rate=...?");
    refuses_to_set(f, "Latancy=3",
                   "--set: expected section.key=value, got 'Latancy=3'; did you mean network.latency=...?");
    refuses_to_set(f, "bach=3",
                   "--set: expected section.key=value, got 'bach=3'; did you mean train.batch=...?");
    refuses_to_set(f, "", "--set: expected section.key=value, got ''");
    refuses_to_set(f, ".=1", "--set: unknown section '' (--list keys names all)");
    refuses_to_set(f, "train.bach=3", "--set: unknown key 'bach' in [train]; did you mean 'batch'?");
    refuses_to_set(f, "trian.batch=3", "--set: unknown section 'trian'; did you mean [train]?");
    refuses_to_set(f, "train.batch=x",
                   "--set: train.batch: expected a whole number from 1 to 65536, got 'x'");
    assert_false(config_option(f->src, "--workers", "cluster.workers", "0", f->error, sizeof f->error));
    assert_string_equal(f->error,
                        "--workers: cluster.workers: expected a whole number from 1 to 32767, got '0'");
    assert_int_equal(f->cfg.train.batch, 65);
}

static void precedence(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[train]\nbatch = 16\nmomentum = 0.5\n[cluster]\nworkers = 4\n[experiment]\nseed = 1\n");
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

/* A preset that does not parse is a mistake in an algorithm's table: the message names it. */
static void begin_with_a_wrong_preset(void)
{
    static const struct config_key keys[] = {
        {"bits", KEY_INT, 0, "many", .min = 1, .max = 16, .help = "bits"}, {NULL}};
    struct config cfg;
    config_begin(&cfg, &(struct config_section){"codec.mine", keys, sizeof(int64_t), NULL}, 1);
}

static void wrong_presets(void **state)
{
    (void)state;
    assert_dies(begin_with_a_wrong_preset, EXIT_FAILED,
                "simulate: preset of codec.mine.bits: expected a whole number from 1 to 16, got 'many'\n");
}

static void expect_name(struct fixture *f, const char *file, const char *name)
{
    FILE *ini = fopen(file, "w");
    fputs("[experiment]\nseed = 1\n", ini);
    fclose(ini);
    restart(f);
    assert_true(config_read_file(f->src, file, f->error, sizeof f->error));
    finishes(f);
    assert_string_equal(f->cfg.experiment.name, name);
}

static void names_after_files(void **state)
{
    struct fixture *f = *state;
    scratch_enter(NULL);
    expect_name(f, "a.ini", "a");
    expect_name(f, "./a.b.ini", "a.b");
    expect_name(f, "a", "a");
    expect_name(f, "a.txt", "a.txt");
    expect_name(f, "long.name.of.no.ini.file", "long.name.of.no.ini.file");
    scratch_leave(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        UNIT(names_after_files),
        cmocka_unit_test_setup_teardown(wrong_presets, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
