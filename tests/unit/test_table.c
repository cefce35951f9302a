/* Tables for the terminal: units once, and what happens where the lines are too short. */
#define _GNU_SOURCE /* setenv */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/output/table.h"
#include "tests/rigs/scratch.h"

enum { LINES = 3 };

static const char *const leave_out[] = {"wall", "no such column", "loss", NULL};
static const struct table_fit fit = {.keys = 1, .leave_out = leave_out, .where = "comparison.csv"};

/* What a table of two algorithms prints in lines of that width. */
static const char *printed(int columns, const struct table_fit *how)
{
    static struct table_line lines[LINES];
    static const char *const head[] = {"algorithm", "accuracy", "loss", "time", "up", "seeds", "wall"};
    char width[16];
    memset(lines, 0, sizeof lines);
    table_texts(&lines[0], head, sizeof head / sizeof *head);
    for (int i = 1; i < LINES; i++) {
        table_text(&lines[i], i == 1 ? "bsp" : "losp");
        table_percent(&lines[i], i == 1 ? 0.5 : NAN);
        table_real(&lines[i], "%.4f", 1.5);
        table_time(&lines[i], i == 1 ? 90e9 : 70e6);
        table_bytes(&lines[i], i * 1048576.0);
        table_text(&lines[i], i == 1 ? "1 of 3" : "3");
        table_text(&lines[i], i == 1 ? "2.5 ± 0.1 s" : "1.25 s");
    }
    snprintf(width, sizeof width, "%d", columns);
    setenv("COLUMNS", width, 1);
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), file = open("table", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    table_print(lines, LINES, how);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
    return contents("table");
}

#define FIRST \
    "algorithm  accuracy    loss     time    up   seeds" /* a column with several units keeps them */

static void units_stand_once(void **state)
{
    (void)state;
    assert_string_equal(printed(61, &fit),
                        FIRST "       wall\n"
                              "                  %                    MiB                  s\n"
                              "bsp           50.00  1.5000   90.0 s  1.00  1 of 3  2.5 ± 0.1\n"
                              "losp              -  1.5000  70.0 ms  2.00       3       1.25\n");
}

static void columns_are_left_out_in_order(void **state)
{
    (void)state;
    assert_string_equal(printed(59, &fit), FIRST "\n"
                                                 "                  %                    MiB\n"
                                                 "bsp           50.00  1.5000   90.0 s  1.00  1 of 3\n"
                                                 "losp              -  1.5000  70.0 ms  2.00       3\n"
                                                 "left out at 59 columns: wall (see comparison.csv)\n");
    assert_non_null(strstr(printed(47, &fit), "algorithm  accuracy     time    up   seeds\n"));
    assert_non_null(strstr(text, "\nleft out at 47 columns: wall, loss (see comparison.csv)\n"));
}

/* Two blocks are needed anyway, and have room for the loss, but not for the wall time. */
static void the_rest_goes_on_below(void **state)
{
    (void)state;
    assert_string_equal(printed(36, &fit), "algorithm  accuracy    loss     time\n"
                                           "                  %\n"
                                           "bsp           50.00  1.5000   90.0 s\n"
                                           "losp              -  1.5000  70.0 ms\n\n"
                                           "algorithm    up   seeds       wall\n"
                                           "            MiB                  s\n"
                                           "bsp        1.00  1 of 3  2.5 ± 0.1\n"
                                           "losp       2.00       3       1.25\n");
}

/* Whatever the width, every column is there or named, each line begins with the algorithm, and it ends. */
static void nothing_is_lost(void **state)
{
    (void)state;
    static const char *const columns[] = {"accuracy", "loss", "time", "up", "seeds", "wall"};
    const struct table_fit folds = {.keys = 1};
    for (int width = 1; width < 70; width++)
        for (int drops = 0; drops < 2; drops++) {
            printed(width, drops ? &fit : &folds);
            for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
                assert_non_null(strstr(text, columns[c]));
            assert_true(drops || !strstr(text, "left out"));
        }
}

static void two_keys_are_in_every_block(void **state)
{
    (void)state;
    const struct table_fit two = {.keys = 2};
    printed(34, &two);
    int n = 0;
    for (const char *at = text; (at = strstr(at, "algorithm  accuracy")); at++)
        n++;
    assert_true(n >= 2);
    assert_non_null(strstr(text, "50.00 %")); /* a key keeps its unit */
}

static void a_width_that_is_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "0", "-5", "80x", "wide", "99999999999"};
    int kept = dup(STDOUT_FILENO), file = open("no_terminal", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        setenv("COLUMNS", wrong[i], 1);
        assert_int_equal(table_width(), INT_MAX);
    }
    setenv("COLUMNS", "80", 1);
    assert_int_equal(table_width(), 80);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(units_stand_once), TEST(columns_are_left_out_in_order), TEST(the_rest_goes_on_below),
        TEST(nothing_is_lost),  TEST(two_keys_are_in_every_block),   TEST(a_width_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
