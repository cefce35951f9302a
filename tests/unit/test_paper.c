/* Tables for papers: means and intervals, which cells are bold and underlined, and names that mean something to LaTeX,
 * Markdown or CSV. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/text.h"
#include "sim/paper/paper.h"

/* Values by column, for paper_add(). */
struct given {
    double accuracy, target, before, time;
};

/* The same of all runs of a test, but for test_ends(). */
static double iterations = 100, bytes = 512 * 1024;

static double number(const void *context, const char *column)
{
    const struct given *g = context;
    if (strcmp(column, "test_accuracy") == 0)
        return g->accuracy;
    if (strcmp(column, "target_s") == 0)
        return g->target;
    if (strcmp(column, "before_target_s") == 0)
        return g->before;
    if (strcmp(column, "virtual_s") == 0)
        return g->time;
    if (strcmp(column, "iterations") == 0)
        return iterations;
    return strncmp(column, "bytes_", strlen("bytes_")) == 0 ? bytes : NAN;
}

enum { SEEDS = 5 };

static void add(struct paper *p, const char *name, const struct given *seed)
{
    struct paper_row *row = paper_row(p, paper_setting(p, NULL), name, name, text_copy(""));
    for (int i = 0; i < SEEDS; i++)
        paper_add(row, p, i, number, &seed[i]);
}

static struct paper *begin(void)
{
    struct paper *p = paper_begin("lenet on cifar10", "", 0.5, NULL);
    p->seeds = SEEDS;
    p->trained = true;
    p->step = 1e-4;
    return p;
}

static char *written(const struct paper *p, void (*write)(const struct paper *, FILE *))
{
    char *text;
    size_t size;
    FILE *out = text_begin(&text, &size);
    write(p, out);
    text_end(out, &text);
    return text;
}

/* b is always 1 point better than a; c is better in the mean, but not in every seed. */
static const struct given a[SEEDS] = {
    {.80, 10, 9.9, 20}, {.82, 11, 10.9, 20}, {.81, 10, 9.9, 20}, {.83, 12, 11.9, 20}, {.79, 11, 10.9, 20}};
static const struct given b[SEEDS] = {{.8101, 5, 4.9, 10},
                                      {.8301, 5.5, 5.4, 10},
                                      {.8199, 5, 4.9, 10},
                                      {.8401, 6, 5.9, 10},
                                      {.7999, 5.5, 5.4, 10}};
static const struct given c[SEEDS] = {
    {.84, 5.1, 5, 10}, {.80, 5.6, 5.5, 10}, {.86, 4.9, 4.8, 10}, {.80, 6.2, 6.1, 10}, {.86, 5.2, 5.1, 10}};

static void test_looks(void **state)
{
    (void)state;
    struct paper *p = begin();
    add(p, "a", a);
    add(p, "b", b);
    paper_finish(p);
    assert_int_equal(p->row[0].cell[0].look, LOOK_PLAIN); /* although the intervals of the means overlap */
    assert_int_equal(p->row[1].cell[0].look, LOOK_BEST);
    assert_true(p->row[0].cell[0].mean.high > p->row[1].cell[0].mean.low);
    assert_int_equal(p->row[0].cell[1].look, LOOK_PLAIN); /* time to the target: half */
    assert_int_equal(p->row[1].cell[1].look, LOOK_BEST);
    assert_int_equal(p->row[0].cell[3].look, LOOK_UNKNOWN); /* bytes: all are equal, none is the best */
    /* Student's t, 4 degrees of freedom: 2.776445; the sample's deviation is sqrt(0.00025) */
    double half = 2.7764451052 * sqrt(0.00025) / sqrt(5);
    assert_true(fabs(p->row[0].cell[0].mean.high - .81 - half) < 1e-9);
    paper_free(p);
}

static void test_not_told_apart(void **state)
{
    (void)state;
    struct paper *p = begin();
    add(p, "b", b);
    add(p, "c", c);
    paper_finish(p);
    assert_int_equal(p->row[0].cell[0].look, LOOK_NOT_TOLD_APART);
    assert_int_equal(p->row[1].cell[0].look, LOOK_BEST);
    paper_free(p);
}

/* The difference of two times that the spacing of evaluations could explain is none. */
static void test_spacing(void **state)
{
    (void)state;
    struct given near[SEEDS], far[SEEDS];
    for (int i = 0; i < SEEDS; i++) {
        near[i] = far[i] = a[i];
        near[i].target = a[i].target - 0.05;
        near[i].before = near[i].target - 0.1;
    }
    struct paper *p = begin();
    add(p, "near", near);
    add(p, "far", far);
    paper_finish(p);
    assert_int_equal(p->row[0].cell[1].look, LOOK_BEST);
    assert_int_equal(p->row[1].cell[1].look, LOOK_NOT_TOLD_APART);
    paper_free(p);
}

/* An algorithm that misses the target with some seed has no mean, and is not the best. */
static void test_missed(void **state)
{
    (void)state;
    struct given rare[SEEDS];
    memcpy(rare, b, sizeof rare);
    for (int i = 0; i < SEEDS; i++)
        rare[i].target = i < 2 ? 0.1 : NAN;
    struct paper *p = begin();
    add(p, "a", a);
    add(p, "rare", rare);
    add(p, "b", b);
    paper_finish(p);
    assert_int_equal(p->row[1].cell[1].n, 2);
    assert_int_equal(p->row[1].cell[1].look, LOOK_UNKNOWN);
    assert_int_equal(p->row[2].cell[1].look, LOOK_BEST);
    char *text = written(p, paper_markdown);
    assert_non_null(strstr(text, "| rare |"));
    assert_non_null(strstr(text, " 2 of 5 |"));
    free(text);
    paper_free(p);
}

/* A whole run's time says where a bound ended it, and its bytes mean something at equal iterations alone. */
static void test_ends(void **state)
{
    (void)state;
    static const struct {
        bool trained;
        double iterations[2];
        enum look time, bytes; /* of the better one */
    } cases[] = {{true, {160, 160}, LOOK_UNKNOWN, LOOK_BEST},
                 {true, {160, 320}, LOOK_UNKNOWN, LOOK_UNKNOWN},
                 {false, {160, 160}, LOOK_BEST, LOOK_BEST},
                 {false, {160, 320}, LOOK_UNKNOWN, LOOK_UNKNOWN},
                 {false, {NAN, NAN}, LOOK_UNKNOWN, LOOK_UNKNOWN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paper *p = begin();
        p->trained = cases[i].trained;
        iterations = cases[i].iterations[0];
        bytes = 1000;
        add(p, "a", a);
        iterations = cases[i].iterations[1];
        bytes = 500;
        add(p, "b", b);
        paper_finish(p);
        assert_int_equal(p->row[1].cell[2].look, cases[i].time);
        assert_int_equal(p->row[1].cell[3].look, cases[i].bytes);
        paper_free(p);
    }
    iterations = 100;
    bytes = 512 * 1024;
}

static void test_one_seed(void **state)
{
    (void)state;
    struct paper *p = begin();
    p->seeds = 1;
    for (int i = 0; i < 2; i++)
        paper_add(paper_row(p, paper_setting(p, NULL), i ? "b" : "a", i ? "b" : "a", text_copy("")), p, 0,
                  number, i ? b : a);
    paper_finish(p);
    char *text = written(p, paper_latex);
    assert_null(strstr(text, "\\textbf"));
    assert_null(strstr(text, "\\pm"));
    assert_non_null(strstr(text, "One seed: no interval"));
    free(text);
    paper_free(p);
}

/* Twice the same seed, as two runs that differ in a key of another algorithm: one counts. */
static void test_twins(void **state)
{
    (void)state;
    struct paper *p = begin();
    add(p, "a", a);
    add(p, "a", b);
    paper_finish(p);
    assert_int_equal(p->rows, 1);
    assert_int_equal(p->row[0].runs, SEEDS);
    paper_free(p);
}

/* Rows of two settings are not compared. */
static void test_settings(void **state)
{
    (void)state;
    struct paper *p = begin();
    const char *slow[] = {"1Mbit/s"}, *fast[] = {"1Gbit/s"};
    paper_key(p, "bandwidth");
    for (int i = 0; i < SEEDS; i++) {
        paper_add(paper_row(p, paper_setting(p, slow), "a", "a", text_copy("")), p, i, number, &a[i]);
        paper_add(paper_row(p, paper_setting(p, fast), "a", "a", text_copy("")), p, i, number, &b[i]);
        paper_add(paper_row(p, paper_setting(p, slow), "b", "b", text_copy("")), p, i, number, &b[i]);
    }
    paper_finish(p);
    assert_int_equal(p->settings, 2);
    assert_int_equal(p->row[0].setting, 0);
    assert_int_equal(p->row[1].setting, 0);
    assert_string_equal(p->row[1].name, "b");
    assert_int_equal(p->row[1].cell[0].look, LOOK_BEST);
    assert_int_equal(p->row[2].cell[0].look, LOOK_UNKNOWN);
    char *text = written(p, paper_latex);
    int lines = 0; /* one above each setting */
    for (const char *at = text; (at = strstr(at, "\\midrule")); at++)
        lines++;
    assert_int_equal(lines, 2);
    free(text);
    paper_free(p);
}

static void expect_name(void (*write)(const struct paper *, FILE *), const char *name, const char *expected)
{
    struct paper *p = begin();
    add(p, name, a);
    paper_finish(p);
    char *text = written(p, write);
    if (!strstr(text, expected))
        print_error("expected %s in\n%s", expected, text);
    assert_non_null(strstr(text, expected));
    free(text);
    paper_free(p);
}

static void test_names(void **state)
{
    (void)state;
    expect_name(paper_latex, "local_sgd & 5 % {x}$y#~^\\z<>|`",
                "local\\_sgd \\& 5 \\% \\{x\\}\\$y\\#\\textasciitilde{}\\textasciicircum{}\\textbackslash{}z"
                "\\textless{}\\textgreater{}\\textbar{}\\textasciigrave{} & ");
    expect_name(paper_latex, "a\nb\xff", "a b? & ");
    expect_name(paper_markdown, "a_b|c*<b>`[x](y)\\\n", "| a\\_b\\|c\\*\\<b\\>\\`\\[x\\](y)\\\\  |");
    expect_name(paper_csv, "a, \"b\"", ",\"a, \"\"b\"\"\",");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),    cmocka_unit_test(test_not_told_apart),
        cmocka_unit_test(test_spacing),  cmocka_unit_test(test_missed),
        cmocka_unit_test(test_one_seed), cmocka_unit_test(test_twins),
        cmocka_unit_test(test_settings), cmocka_unit_test(test_names),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
