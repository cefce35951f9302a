/* sim/report/tables: the curves of a report are those that plots/band.awk makes, and seeds are compared at equal x. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/text.h"
#include "sim/report/tables.h"
#include "tests/rigs/scratch.h"

static char root[4096]; /* of the project, in which tests begin */

/* Of two runs with evaluations at other times; the first training loss is no number. */
static const char quick[] = "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,"
                            "bytes_down,validation_accuracy,validation_loss\n"
                            "0,0,0,0.000000000,0.125,2,NaN,0,0,0.0625,2.5\n"
                            "1,8,1,1.000000000,0.5,1,1.5,1000,2000,0.25,1.25\n"
                            "2,16,2,2.000000000,0.75,0.5,1,2000,4000,0.5,0.75\n"
                            "3,24,3,3.000000000,0.875,0.25,0.5,3000,6000,0.75,0.5\n";
static const char slow[] = "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,"
                           "bytes_down,validation_accuracy,validation_loss\n"
                           "0,0,0,0.000000000,0.125,2,NaN,0,0,0.0625,2.5\n"
                           "1,8,1,1.500000000,0.25,1.5,2,1500,2000,0.5,1.5\n"
                           "2,16,2,4.000000000,0.625,0.75,1.25,2000,4000,0.75,0.75\n";

static void make_run(const char *folder, const char *rows)
{
    char *path = text_format("%s/eval.csv", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(rows, file) >= 0 && fclose(file) == 0);
    free(path);
}

/* Curve 1 has one run, curve 2 has two. */
static void write_tables(void)
{
    struct curves c = {0};
    struct tables t;
    make_run("quick", quick);
    make_run("slow", slow);
    assert_int_equal(mkdir("tables", 0700), 0);
    curve_add(curves_add(&c, text_copy("1")), text_copy("quick"));
    curves_add(&c, text_copy("2"));
    curve_add(&c.at[1], text_copy("quick"));
    curve_add(&c.at[1], text_copy("slow"));
    tables_write_curves(&t, "tables", &c);
    curves_free(&c);
}

/* Of each run the last evaluation by that time, until the first run ends: 0.25 and not what the slow run has between 1.5
 * and 4 s. */
static void seeds_are_compared_at_equal_times(void **state)
{
    (void)state;
    write_tables();
    assert_string_equal(contents("tables/virtual_s-test_accuracy"), "curve,x,mean,low,high\n"
                                                                    "1,0,0.125,0.125,0.125\n"
                                                                    "1,1,0.5,0.5,0.5\n"
                                                                    "1,2,0.75,0.75,0.75\n"
                                                                    "1,3,0.875,0.875,0.875\n"
                                                                    "2,0,0.125,0.125,0.125\n"
                                                                    "2,1.5,0.375,0.25,0.5\n"
                                                                    "2,3,0.5625,0.25,0.875\n");
    assert_string_equal(contents("tables/bytes-train_loss"), "curve,x,mean,low,high\n"
                                                             "1,0,NaN,NaN,NaN\n"
                                                             "1,3000,1.5,1.5,1.5\n"
                                                             "1,6000,1,1,1\n"
                                                             "1,9000,0.5,0.5,0.5\n"
                                                             "2,0,NaN,NaN,NaN\n"
                                                             "2,3500,1.75,1.5,2\n"
                                                             "2,6000,1.125,1,1.25\n");
}

/* As of runs without validation data. */
static void without_numbers_there_is_no_table(void **state)
{
    (void)state;
    static const char plain[] =
        "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down\n"
        "0,0,0,0.000000000,0.125,2,NaN,0,0\n";
    struct curves c = {0};
    struct tables t;
    make_run("plain", plain);
    assert_int_equal(mkdir("tables", 0700), 0);
    curve_add(curves_add(&c, text_copy("1")), text_copy("plain"));
    tables_write_curves(&t, "tables", &c);
    curves_free(&c);
    assert_int_equal(access("tables/bytes-test_accuracy", F_OK), 0);
    assert_int_not_equal(access("tables/bytes-validation_accuracy", F_OK), 0);
}

static void they_are_those_of_the_scripts(void **state)
{
    (void)state;
    write_tables();
    for (int x = 0; x < TABLE_X; x++)
        for (int y = 0; y < TABLE_Y; y++) {
            char *table = text_format("tables/%s-%s", table_x[x], table_y[y]);
            char *command =
                text_format("awk -F, -v x=%s -v y=%s -f %s/plots/band.awk curve=1 quick/eval.csv curve=2 "
                            "quick/eval.csv slow/eval.csv | cmp - %s",
                            table_x[x], table_y[y], root, table);
            if (system(command))
                fail_msg("not the same: %s", command);
            free(command);
            free(table);
        }
}

int main(void)
{
    if (!getcwd(root, sizeof root))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seeds_are_compared_at_equal_times, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(without_numbers_there_is_no_table, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(they_are_those_of_the_scripts, scratch_enter, scratch_leave)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
