/* sim/install_paths: where the program's own files are found. The linker replaces the C library's readlink by
 * the one of this file (Makefile), so that the program seems to lie where a test says. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "sim/base/fail.h"
#include "sim/install_paths.h"
#include "tests/rigs/scratch.h"

static const char *program; /* below the test's folder; NULL: not known */

ssize_t __wrap_readlink(const char *path, char *out, size_t size);
ssize_t __wrap_readlink(const char *path, char *out, size_t size)
{
    assert_string_equal(path, "/proc/self/exe");
    if (!program) {
        errno = ENOENT;
        return -1;
    }
    char whole[256];
    int length = snprintf(whole, sizeof whole, "%s/%s", home, program);
    assert_in_range(length, 1, size);
    memcpy(out, whole, (size_t)length);
    return length;
}

static void put(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "mkdir -p $(dirname %s) && echo '[experiment]' >%s", path, path);
    assert_int_equal(system(command), 0);
}

/* wanted: below the test's folder; NULL: none */
static void finds(const char *kind, const char *name, const char *wanted)
{
    char *path = install_find(kind, name);
    if (!wanted) {
        assert_null(path);
        return;
    }
    assert_non_null(path);
    assert_memory_equal(path, home, strlen(home));
    assert_string_equal(path + strlen(home) + 1, wanted);
    free(path);
}

static void beside_the_program(void **state)
{
    (void)state;
    program = "simulate";
    put("plots/a.gp");
    finds("plots", "a.gp", "plots/a.gp");
    finds("plots", "plots/a.gp", "plots/a.gp");
    finds("plots", "b.gp", NULL);
    finds("experiments", "a.gp", NULL);
    finds("experiments", "plots/a.gp", NULL);
}

static void installed(void **state)
{
    (void)state;
    program = "bin/simulate";
    put("share/ospsim/experiments/published/x.ini");
    finds("experiments", "published/x.ini", "share/ospsim/experiments/published/x.ini");
    finds("experiments", "experiments/published/x.ini", "share/ospsim/experiments/published/x.ini");
    put("bin/experiments/published/x.ini");
    finds("experiments", "published/x.ini", "bin/experiments/published/x.ini");
}

static void names_of_all_folders_once(void **state)
{
    (void)state;
    program = "bin/simulate";
    put("share/ospsim/experiments/networks/b.ini");
    put("bin/experiments/networks/b.ini");
    put("bin/experiments/networks/a.ini");
    put("bin/experiments/networks/a.csv");
    char **names = install_names("experiments/networks", ".ini");
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "b");
    assert_null(names[2]);
    free(names[0]);
    free(names[1]);
    free(names);
    names = install_names("nowhere", ".ini");
    assert_null(names[0]);
    free(names);
}

static void files_alone(void **state)
{
    (void)state;
    program = "simulate";
    put("plots/folder/a.gp");
    finds("plots", "folder", NULL);
    finds("plots", "", NULL);
    finds("plots", "plots/", NULL);
    finds("plots", "/plots/folder/a.gp", NULL);
    finds("plots", "./folder/a.gp", NULL);
    finds("plots", "folder/../folder/a.gp", NULL);
}

static void folder_not_known(void **state)
{
    (void)state;
    program = NULL;
    put("plots/a.gp");
    finds("plots", "a.gp", NULL);
}

/* ---- the script for data sets ---- */

static void fetcher_of_an_installed_program(void **state)
{
    (void)state;
    char there[256];
    program = "bin/simulate";
    put("share/ospsim/fetch.sh");
    snprintf(there, sizeof there, "%s/share/ospsim/fetch.sh", home);
    char *path = install_fetcher();
    assert_string_equal(path, there);
    free(path);
    put("bin/experiments/x.ini"); /* it is where it was built */
    assert_null(install_fetcher());
}

/* ---- the FILE of the command line ---- */

static void reads(const char *file, const char *wanted)
{
    char *path = install_experiment(file);
    assert_string_equal(path, wanted);
    free(path);
}

static void given_file_first(void **state)
{
    (void)state;
    char there[256];
    program = "simulate";
    put("experiments/x.ini");
    snprintf(there, sizeof there, "%s/experiments/x.ini", home);
    reads("x.ini", there);
    put("x.ini");
    reads("x.ini", "x.ini");
    reads("experiments/x.ini", "experiments/x.ini");
}

static void places_of_the_user(void **state)
{
    (void)state;
    program = "simulate";
    put("experiments/y.ini");
    reads("./y.ini", "./y.ini");
    reads("../y.ini", "../y.ini");
    reads("/y.ini", "/y.ini");
    reads("", "");
}

static void ask_near(void)
{
    free(install_experiment("experiments/quikstart.ini"));
}

static void ask_far(void)
{
    free(install_experiment("smokeless\nfuel"));
}

static void missing_file(void **state)
{
    (void)state;
    char searched[512];
    program = "bin/simulate";
    put("share/ospsim/experiments/quickstart.ini");
    put("share/ospsim/experiments/quikstart.txt");
    snprintf(
        searched, sizeof searched,
        "simulate: experiments/quikstart.ini: No such file or directory; searched: ., %s/bin/experiments, "
        "%s/share/ospsim/experiments, ",
        home, home);
    assert_dies(ask_near, EXIT_USAGE, searched);
    assert_dies(ask_near, EXIT_USAGE, "; did you mean 'quickstart.ini'?\n");
    assert_dies(ask_far, EXIT_USAGE, "smokeless?fuel: No such file or directory; searched: ., ");
    assert_null(strstr(contents("stderr"), "did you mean"));
}

static void ask_folder(void)
{
    free(install_experiment("given"));
}

static void folder_for_a_file(void **state)
{
    (void)state;
    program = "simulate";
    put("given/deeper/z.ini");
    assert_dies(ask_folder, EXIT_USAGE, "simulate: given: expected an ini file, got a folder\n");
    put("given/b.ini");
    put("given/a.ini");
    put("given/c.txt");
    assert_dies(ask_folder, EXIT_USAGE, "got a folder; in it: a.ini, b.ini\n");
    put("given/d.ini");
    put("given/e.ini");
    assert_dies(ask_folder, EXIT_USAGE, "; in it: a.ini, b.ini, d.ini and 1 more\n");
    put("given/resolved.ini");
    assert_dies(
        ask_folder, EXIT_USAGE,
        "simulate: given: expected an ini file, got the folder of a run or sweep; use it with --resume, "
        "--verify or --report\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(beside_the_program),
        TEST(installed),
        TEST(files_alone),
        TEST(folder_not_known),
        TEST(given_file_first),
        TEST(places_of_the_user),
        TEST(names_of_all_folders_once),
        TEST(missing_file),
        TEST(folder_for_a_file),
        TEST(fetcher_of_an_installed_program),
    };
    return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
