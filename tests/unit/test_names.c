/* sim/config/values: lists of milestones ("60s, 10GiB"), and names with variants ("topk1: bsp"). */
#define _GNU_SOURCE /* open_memstream */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/milestones.h"
#include "sim/config/values.h"
#include "tests/rigs/value_fixture.h"

static void milestones(void **state)
{
    (void)state;
    struct config_key key = {.name = "at", .type = KEY_MILESTONES, .help = "h"};
    struct milestones list = {0};
    assert_true(value_read(&key, "60 s , 10GiB,1500ms, 512B", &list, error, sizeof error));
    assert_int_equal(list.n, 4);
    assert_true(list.at[0].at == 60 && !list.at[0].bytes && list.at[1].at == 0xAp30 && list.at[1].bytes);
    char *text = printed(&key, &list);
    assert_string_equal(text, "60s, 10GiB, 1.5s, 512B");
    free(text);
    assert_true(value_read(&key, "1s,2s,3s,4s,5s,6s,7s,8s", &list, error, sizeof error));
    static const char *const wrong[][2] = {{"60s, 5", "got '5' (the unit is missing)"},
                                           {"60s, 0s", "got '0s' (not above 0)"},
                                           {"0", "got '0' (not above 0)"},
                                           {"-1GiB", "got '-1GiB' (not above 0)"},
                                           {"10Gbit", "got '10Gbit' (unknown unit"},
                                           {"60s,", "got ''"},
                                           {"inf", "got 'inf'"},
                                           {"60s, 1GiB, 60000ms", "got '60000ms' (given twice)"},
                                           {"1GiB, 1024MiB", "got '1024MiB' (given twice)"},
                                           {"1s,2s,3s,4s,5s,6s,7s,8s,9s", "got '9s' (too many)"},
                                           {"3e9s", "got '3e9s' (too large a number)"},
                                           {"1e9TiB", "got '1e9TiB' (too large a number)"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(&key, wrong[i][0], wrong[i][1]);
    assert_refused(&key, "x",
                   "expected up to 8 different times and amounts of bytes, such as 60s, 10GiB, got 'x'");
    assert_true(value_read(&key, "", &list, error, sizeof error) && list.n == 0);
}

static void what_a_milestone_includes(void **state)
{
    (void)state;
    struct milestone time = {.at = 0.1}, bytes = {.at = 1000, .bytes = true};
    assert_true(milestone_includes(&time, 100000000, INT64_MAX) && !milestone_includes(&time, 100000001, 0));
    assert_true(milestone_includes(&bytes, INT64_MAX, 1000) && !milestone_includes(&bytes, 0, 1001));
    assert_true(milestone_is_reached(&time, 100000000, 0) && !milestone_is_reached(&time, 99999999, 0));
    assert_true(milestone_is_reached(&bytes, 0, 1000) && !milestone_is_reached(&bytes, 0, 999));
}

static void names_with_variants(void **state)
{
    (void)state;
    struct config_key key = {.name = "algorithms", .type = KEY_NAMES, .help = "h", .kind = "algorithm"};
    struct names names = {0};
    assert_true(value_read(&key, "bsp,topk1:bsp , losp : losp", &names, error, sizeof error));
    assert_int_equal(names.n, 3);
    assert_string_equal(names.at[1], "topk1");
    assert_string_equal(names.of[1], "bsp");
    assert_null(names.of[0]);
    assert_null(names.of[2]); /* a variant of itself is the algorithm */
    char *text = printed(&key, &names);
    assert_string_equal(text, "bsp, topk1: bsp, losp");
    free(text);
    static const char *const wrong[][2] = {
        {"a/b: bsp", "(a variant's name has letters, digits, '_', '-' and '+' only)"},
        {"-x: bsp", "(a variant's name begins with a letter or digit)"},
        {": bsp", "(no name in front of ':')"},
        {"x: ", "got 'x:'"},
        {"x: y: z", "got 'x: y: z'"},
        {"x y: bsp", "got 'x y: bsp'"},
        {"x: bsp, x: losp", "(given twice)"},
        {"x, x: losp", "(given twice)"},
        {"a123456789b123456789c123456789d12345678: bsp", "at most 38 characters"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(&key, wrong[i][0], wrong[i][1]);
    key.kind = NULL;
    assert_refused(&key, "x: bsp", "(unexpected ':')");
    key.kind = "algorithm";
    value_free(&key, &names);
}

static void names_of_a_list(void **state)
{
    (void)state;
    static const char *const words[] = {"per_class", "top5", NULL};
    struct config_key key = {.name = "quality", .type = KEY_NAMES, .help = "h", .choices = words};
    struct names names = {0};
    assert_true(value_read(&key, "TOP5, per-class", &names, error, sizeof error));
    char *text = printed(&key, &names);
    assert_string_equal(text, "top5, per_class");
    free(text);
    assert_refused(&key, "top5, top3",
                   "expected different ones of per_class, top5 separated by commas, got 'top3'");
    assert_refused(&key, "top5, Top-5", "got 'Top-5' (given twice)");
    assert_refused(&key, "top5: x", "(unexpected ':')");
    value_free(&key, &names);
}

static void one_name(void **state)
{
    (void)state;
    struct config_key key = {.name = "codec", .type = KEY_NAME, .help = "h", .kind = "codec"};
    char *name = NULL;
    assert_true(value_read(&key, "one:topk", &name, error, sizeof error));
    assert_string_equal(name, "one: topk");
    assert_true(value_read(&key, "topk", &name, error, sizeof error));
    assert_string_equal(name, "topk");
    assert_refused(&key, "topk, maxabs", "(one name)");
    assert_refused(&key, "a b", "got 'a b'");
    assert_true(value_read(&key, "", &name, error, sizeof error));
    assert_null(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(milestones), cmocka_unit_test(what_a_milestone_includes),
        cmocka_unit_test(names_with_variants), cmocka_unit_test(names_of_a_list), cmocka_unit_test(one_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
