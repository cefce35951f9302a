/* sim/config/options: the command line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/config/options.h"

enum { WORDS_MAX = 32 };

/* Cuts a line into words at blanks; owned by the caller's buffer. */
static int split(char *line, char *argv[WORDS_MAX])
{
    int argc = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

static char line[512];

static struct options parsed(const char *command)
{
    struct options o;
    char *argv[WORDS_MAX];
    snprintf(line, sizeof line, "%s", command);
    options_parse(&o, split(line, argv), argv);
    return o;
}

/* Runs `job` in a child and returns its exit status and what it wrote to stream `fd`. */
static int in_child(void (*job)(const char *), const char *argument, int fd, char *out, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], fd);
        close(ends[0]);
        job(argument);
        fflush(stdout);
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    ssize_t got;
    while (used < size - 1 && (got = read(ends[0], out + used, size - 1 - used)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void parse_only(const char *command)
{
    struct options o = parsed(command);
    options_free(&o);
}

static void usage_error(const char *command, const char *message)
{
    char out[1024], wanted[1024];
    assert_int_equal(in_child(parse_only, command, STDERR_FILENO, out, sizeof out), EXIT_USAGE);
    snprintf(wanted, sizeof wanted, "simulate: %s; try 'simulate --help'\n", message);
    assert_string_equal(out, wanted);
}

static void nothing_given(void **state)
{
    (void)state;
    struct options o = parsed("simulate");
    assert_int_equal(o.action, ACT_RUN);
    assert_null(o.file);
    assert_null(o.output);
    assert_false(o.quiet);
    assert_int_equal(o.n_set, 0);
    options_free(&o);
    options_free(&o);
}

static void assert_assignment(const struct assignment *a, const char *option, const char *key,
                              const char *value)
{
    assert_string_equal(a->option, option);
    assert_string_equal(a->value, value);
    if (key)
        assert_string_equal(a->key, key);
    else
        assert_null(a->key);
}

static void any_order(void **state)
{
    (void)state;
    struct options o =
        parsed("simulate --workers 4 x.ini -q --set a.b=c=d --algorithm=bsp,losp --seed 7 -o out "
               "--set e.f=1 --iter 100");
    assert_string_equal(o.file, "x.ini");
    assert_string_equal(o.output, "out");
    assert_true(o.quiet);
    assert_int_equal(o.n_set, 6);
    assert_assignment(&o.set[0], "--workers", "cluster.workers", "4");
    assert_assignment(&o.set[1], "--set", NULL, "a.b=c=d");
    assert_assignment(&o.set[2], "--algorithm", "experiment.algorithms", "bsp,losp");
    assert_assignment(&o.set[3], "--seed", "experiment.seed", "7");
    assert_assignment(&o.set[4], "--set", NULL, "e.f=1");
    assert_assignment(&o.set[5], "--iterations", "experiment.iterations", "100");
    options_free(&o);
    o = parsed("simulate --epochs 2.5 --data /srv --output=out2 -- --odd.ini");
    assert_assignment(&o.set[0], "--epochs", "experiment.epochs", "2.5");
    assert_assignment(&o.set[1], "--data", "data.path", "/srv");
    assert_string_equal(o.output, "out2");
    assert_string_equal(o.file, "--odd.ini");
    options_free(&o);
    o = parsed("simulate --no-train x.ini");
    assert_assignment(&o.set[0], "--no-train", "experiment.train", "no");
    options_free(&o);
    o = parsed("simulate --verify a b");
    assert_int_equal(o.action, ACT_VERIFY);
    assert_string_equal(o.runs[0], "a");
    assert_string_equal(o.runs[1], "b");
    assert_null(o.runs[2]);
    options_free(&o);
    o = parsed("simulate --export csv a -o b");
    assert_int_equal(o.action, ACT_EXPORT);
    assert_string_equal(o.format, "csv");
    assert_string_equal(o.runs[0], "a");
    assert_string_equal(o.output, "b");
    options_free(&o);
    o = parsed("simulate a --export=npz");
    assert_string_equal(o.format, "npz");
    options_free(&o);
    o = parsed("simulate --report -o x.html a");
    assert_int_equal(o.action, ACT_REPORT);
    assert_string_equal(o.output, "x.html");
    assert_string_equal(o.runs[0], "a");
    assert_null(o.runs[1]);
    options_free(&o);
}

/* POSIXLY_CORRECT would make getopt stop at the first word that is no option. */
static void options_behind_the_file(void **state)
{
    (void)state;
    setenv("POSIXLY_CORRECT", "1", 1);
    struct options o = parsed("simulate x.ini -q --seed 7 -o out");
    assert_string_equal(o.file, "x.ini");
    assert_true(o.quiet);
    assert_string_equal(o.output, "out");
    assert_assignment(&o.set[0], "--seed", "experiment.seed", "7");
    options_free(&o);
    o = parsed("simulate a --report b -o x.html -- -c");
    assert_int_equal(o.action, ACT_REPORT);
    assert_string_equal(o.output, "x.html");
    assert_int_equal(o.n_runs, 3);
    assert_string_equal(o.runs[0], "a");
    assert_string_equal(o.runs[1], "b");
    assert_string_equal(o.runs[2], "-c");
    assert_null(o.runs[3]);
    options_free(&o);
    usage_error("simulate a.ini --quiet b.ini", "expected one FILE, got 'a.ini' and 'b.ini'");
    usage_error("simulate a.ini --wrkers 3", "unknown option '--wrkers'; did you mean --workers?");
    usage_error("simulate a.ini -x", "unknown option '-x'");
    unsetenv("POSIXLY_CORRECT");
}

static void actions(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        enum action action;
    } rows[] = {{"simulate --check x.ini", ACT_CHECK},
                {"simulate x.ini --print-config", ACT_PRINT_CONFIG},
                {"simulate --check --check", ACT_CHECK},
                {"simulate --explain x.ini", ACT_EXPLAIN},
                {"simulate --list codecs", ACT_LIST},
                {"simulate --markdown keys", ACT_MARKDOWN},
                {"simulate -h", ACT_HELP},
                {"simulate --check --help --nonsense", ACT_HELP},
                {"simulate -qV", ACT_VERSION},
                {"simulate --version", ACT_VERSION}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o = parsed(rows[i].command);
        assert_int_equal(o.action, rows[i].action);
        if (o.action == ACT_LIST)
            assert_string_equal(o.list, "codecs");
        options_free(&o);
    }
}

static void usage_errors(void **state)
{
    (void)state;
    usage_error("simulate --worker-count 3", "unknown option '--worker-count'");
    usage_error("simulate --wrkers 3", "unknown option '--wrkers'; did you mean --workers?");
    usage_error("simulate --wrkers=3", "unknown option '--wrkers=3'; did you mean --workers?");
    usage_error("simulate --se 3", "unknown option '--se'; did you mean --set?");
    usage_error("simulate -x", "unknown option '-x'");
    usage_error("simulate --check -qx", "unknown option '-x'");
    usage_error("simulate --check -xq", "unknown option '-x'");
    usage_error("simulate --seed=3 -xq", "unknown option '-x'");
    usage_error("simulate --quiet=3", "option '--quiet=3' takes no value");
    usage_error("simulate --check=3", "option '--check=3' takes no value");
    usage_error("simulate --workers", "option '--workers' needs a value");
    usage_error("simulate x.ini -o", "option '-o' needs a value");
    usage_error("simulate --output=", "--output: expected a folder, got ''");
    usage_error("simulate a.ini --quiet b.ini", "expected one FILE, got 'a.ini' and 'b.ini'");
    usage_error("simulate --no-train=no", "option '--no-train=no' takes no value");
    usage_error("simulate --verify", "--verify: expected the folder of a run");
    usage_error("simulate --export npz", "--export: expected the folder of one run or sweep");
    usage_error("simulate --export csv a b", "--export: expected the folder of one run or sweep");
    usage_error("simulate --export hdf5 a", "--export: expected npz or csv, got 'hdf5'");
    usage_error("simulate --report -o x.html", "--report: expected the folder of a run");
    usage_error("simulate --advise", "--advise: expected FILE, the experiment that describes the cluster");
    usage_error("simulate --advise x.ini -o y",
                "--advise: expected no --output: advice goes to standard output");
    usage_error("simulate --table latex", "--table: expected the folder of a run");
    usage_error("simulate --table tex a",
                "--table: expected latex, markdown or csv, got 'tex'; did you mean latex?");
    usage_error("simulate --check --explain",
                "--check, --explain, --advise, --verify, --report, --table, --export, "
                "--print-config, --list and --markdown exclude "
                "each other");
    usage_error("simulate --check --list keys",
                "--check, --explain, --advise, --verify, --report, --table, --export, "
                "--print-config, --list and --markdown exclude "
                "each other");
    usage_error("simulate --list model", "--list: expected algorithms, models, datasets, codecs, optimizers, "
                                         "exchanges, networks or keys, got 'model'; did you mean models?");
    usage_error("simulate --list zzzzzz", "--list: expected algorithms, models, datasets, codecs, "
                                          "optimizers, exchanges, networks or keys, got 'zzzzzz'");
}

static void of_sweeps(void **state)
{
    (void)state;
    struct options o = parsed(
        "simulate x.ini --sweep a.b=1,2 --tune algorithm.*.c=log(1,2) --jobs 3 --index 2 --of 9999 -o out");
    assert_assignment(&o.set[0], "--sweep", NULL, "a.b=1,2");
    assert_assignment(&o.set[1], "--tune", NULL, "algorithm.*.c=log(1,2)");
    assert_true(o.jobs == 3 && o.index == 2 && o.of == 9999);
    options_free(&o);
    o = parsed("simulate x.ini --check --index 2 --of 2");
    assert_true(o.jobs == 0 && o.index == 2);
    options_free(&o);
    static const char *const counts[] = {"", "x", "2x", "0", "10000", "-1", "99999999999999999999"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char command[64], wanted[128];
        snprintf(command, sizeof command, "simulate --jobs=%s", counts[i]);
        snprintf(wanted, sizeof wanted, "--jobs: expected a whole number from 1 to 9999, got '%s'",
                 counts[i]);
        usage_error(command, wanted);
    }
    usage_error("simulate x.ini -o out --index 1", "--index, --of: expected both or neither");
    usage_error("simulate x.ini -o out --of 1", "--index, --of: expected both or neither");
    usage_error("simulate x.ini -o out --index 3 --of 2", "--index: expected 1 to 2 (--of), got 3");
    usage_error("simulate x.ini --index 1 --of 2", "--index: expected --output DIR, which all jobs share");
    usage_error("simulate --resume run --index 1 --of 2",
                "--index, --of: not with --resume, which runs all points that are missing");
}

static void resumed(const char *command)
{
    struct options o = parsed(command);
    printf("%s %s", o.resume, o.set[0].value);
    options_free(&o);
}

static void resume_takes_data(void **state)
{
    char out[64];
    (void)state;
    assert_int_equal(in_child(resumed, "simulate --resume run --data here", STDOUT_FILENO, out, sizeof out),
                     0);
    assert_string_equal(out, "run here");
    usage_error("simulate --resume run --data here --seed 3",
                "--resume: expected no --seed: the run goes on as it was");
}

/* Every option that stands for a key names one that exists. */
static void keys_exist(void **state)
{
    (void)state;
    struct config cfg;
    struct config_source *src = config_begin(&cfg, NULL, 0);
    struct options o =
        parsed("simulate --algorithm a --workers 2 --seed 2 --iterations 2 --epochs 2 --data d --no-train");
    char error[512];
    assert_int_equal(o.n_set, 7);
    for (int i = 0; i < o.n_set; i++)
        assert_true(config_option(src, o.set[i].option, o.set[i].key, o.set[i].value, error, sizeof error));
    options_free(&o);
    config_end(src);
}

static void help_only(const char *unused)
{
    (void)unused;
    options_help();
}

static void help(void **state)
{
    (void)state;
    static char out[8192];
    static const char *const words[] = {"Usage: simulate [OPTION]... [FILE]\n",
                                        "--set ",
                                        "--workers ",
                                        "--algorithm ",
                                        "--seed ",
                                        "--iterations ",
                                        "--epochs ",
                                        "--data ",
                                        "-o, --output ",
                                        "--no-train ",
                                        "--sweep ",
                                        "--tune ",
                                        "--jobs N",
                                        "--index I  ",
                                        "--check ",
                                        "--advise ",
                                        "--verify RUN",
                                        "--report RUN",
                                        "--table FORMAT RUN",
                                        "--retime RUN",
                                        "--print-config ",
                                        "--list ",
                                        "--markdown WHAT",
                                        "-q, --quiet ",
                                        "-h, --help ",
                                        "-V, --version ",
                                        "Examples:\n",
                                        "Exit status: 0 done",
                                        "7 no memory"};
    assert_int_equal(in_child(help_only, NULL, STDOUT_FILENO, out, sizeof out), 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strstr(out, words[i]))
            fail_msg("--help does not mention %s", words[i]);
    size_t longest = 0, n;
    for (const char *l = out; *l; l += n + (l[n] == '\n'))
        longest = (n = strcspn(l, "\n")) > longest ? n : longest;
    assert_true(longest <= 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given),
        cmocka_unit_test(any_order),
        cmocka_unit_test(options_behind_the_file),
        cmocka_unit_test(actions),
        cmocka_unit_test(usage_errors),
        cmocka_unit_test(resume_takes_data),
        cmocka_unit_test(keys_exist),
        cmocka_unit_test(of_sweeps),
        cmocka_unit_test(help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
