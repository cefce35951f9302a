/* Traces: the factor at a moment, and the files they are read from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sim/config/trace_file.h"
#include "sim/time/trace.h"
#include "tests/rigs/scratch.h"

enum { WORKERS = 4 };

static void is(const struct trace *trace, vtime t, struct trace_piece expected)
{
    struct trace_piece piece = trace_at(trace, t);
    assert_true(piece.factor == expected.factor);
    assert_int_equal(piece.since, expected.since);
    assert_int_equal(piece.until, expected.until);
}

static void test_pieces(void **unused)
{
    (void)unused;
    const struct trace_step step[] = {{10, 0.5}, {20, 2}, {21, 0.25}};
    const struct trace trace = {3, step}, none = {0, NULL};
    is(&trace, 0, (struct trace_piece){1, INT64_MIN, 10});
    is(&trace, 9, (struct trace_piece){1, INT64_MIN, 10});
    is(&trace, 10, (struct trace_piece){0.5, 10, 20}); /* from that moment on */
    is(&trace, 19, (struct trace_piece){0.5, 10, 20});
    is(&trace, 20, (struct trace_piece){2, 20, 21});
    is(&trace, 21, (struct trace_piece){0.25, 21, VTIME_NEVER});
    is(&trace, VTIME_NEVER - 1, (struct trace_piece){0.25, 21, VTIME_NEVER});
    is(&none, 5, (struct trace_piece){1, INT64_MIN, VTIME_NEVER});
    is(NULL, 5, (struct trace_piece){1, INT64_MIN, VTIME_NEVER});
}

static void test_long_trace(void **unused)
{
    (void)unused;
    enum { STEPS = 1000 };
    struct trace_step step[STEPS];
    const struct trace trace = {STEPS, step};
    for (int i = 0; i < STEPS; i++)
        step[i] = (struct trace_step){3 * i + 1, i + 2};
    for (int t = 0; t < 3 * STEPS; t++)
        assert_true(trace_at(&trace, t).factor == (t + 2) / 3 + 1);
}

/* --- files --- */

static void put(const char *content, size_t length)
{
    FILE *file = fopen("t.csv", "w");
    fwrite(content, 1, length, file);
    fclose(file);
}

static struct trace *reads(const char *content, int workers)
{
    char error[512];
    put(content, strlen(content));
    struct trace *traces = trace_read("t.csv", workers, error, sizeof error);
    if (!traces)
        fail_msg("%s", error);
    return traces;
}

static void refuses_bytes(const char *content, size_t length, int workers, const char *expected)
{
    char error[512];
    put(content, length);
    if (trace_read("t.csv", workers, error, sizeof error))
        fail_msg("accepted: %s", content);
    assert_string_equal(error, expected);
}

static void refuses(const char *content, int workers, const char *expected)
{
    refuses_bytes(content, strlen(content), workers, expected);
}

static void test_one_trace_for_all(void **unused)
{
    (void)unused;
    struct trace *t = reads("seconds,factor\n0.5,0.25\n1e1, 1.0 \n\n", WORKERS);
    for (int w = 0; w < WORKERS; w++) {
        assert_int_equal(t[w].n, 2);
        assert_true(t[w].step[0].at == 500000000 && t[w].step[0].factor == 0.25);
        assert_true(t[w].step[1].at == 10000000000 && t[w].step[1].factor == 1);
    }
    free(t);
}

static void test_a_trace_for_each_worker(void **unused)
{
    (void)unused;
    struct trace *t =
        reads("worker,seconds,factor\n2,7,0.5\n0,1,3\n2,7.5,1\n", WORKERS); /* rises per worker */
    assert_true(t[0].n == 1 && t[1].n == 0 && t[2].n == 2 && t[3].n == 0);
    assert_true(t[0].step[0].at == 1000000000 && t[0].step[0].factor == 3);
    assert_true(t[2].step[0].at == 7000000000 && t[2].step[0].factor == 0.5);
    assert_true(t[2].step[1].at == 7500000000 && t[2].step[1].factor == 1);
    free(t);
}

static void test_what_editors_write(void **unused)
{
    (void)unused;
    struct trace *t = reads("\xEF\xBB\xBF"
                            "seconds , factor\r\n0,2\r\n1,0.1",
                            THE_SERVER);
    assert_true(t[0].n == 2 && t[0].step[0].at == 0 && t[0].step[0].factor == 2 &&
                t[0].step[1].factor == 0.1);
    free(t);
}

static void test_many_rows(void **unused)
{
    (void)unused;
    enum { ROWS = 5000 };
    FILE *file = fopen("t.csv", "w");
    char error[512];
    fputs("seconds,factor,worker\n", file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "%d,%d,%d\n", i, i + 1, i % WORKERS);
    fclose(file);
    struct trace *t = trace_read("t.csv", WORKERS, error, sizeof error);
    for (int w = 0; w < WORKERS; w++) {
        assert_int_equal(t[w].n, ROWS / WORKERS);
        for (int i = 0; i < ROWS / WORKERS; i++)
            assert_true(t[w].step[i].factor == WORKERS * i + w + 1);
    }
    free(t);
}

#define WANTED "t.csv:1: expected the columns seconds,factor and perhaps worker, got "
#define FACTOR "factor: expected a number from 1e-6 to 1000000, got "
#define TIME   "seconds: expected a number from 0 to 1000000000, got "

static void test_bad_columns(void **unused)
{
    (void)unused;
    refuses("", WORKERS, WANTED "''");
    refuses("\n0,1\n", WORKERS, WANTED "''");
    refuses("0,1\n", WORKERS, WANTED "'0,1'");
    refuses("seconds\n1\n", WORKERS, WANTED "'seconds'");
    refuses("seconds;factor\n1;1\n", WORKERS, WANTED "'seconds;factor'");
    refuses("seconds,speed\n", WORKERS, WANTED "'seconds,speed'");
    refuses("seconds,factor,factor\n", WORKERS, WANTED "'seconds,factor,factor'");
    refuses("seconds,worker\n", WORKERS, WANTED "'seconds,worker'");
    refuses("seconds,factor,worker,note\n", WORKERS, WANTED "'seconds,factor,worker,note'");
    refuses("seconds,factor,worker\n0,1,0\n", THE_SERVER,
            "t.csv:1: expected the columns seconds,factor, got 'seconds,factor,worker'");
    refuses("seconds,factor\n", WORKERS, "t.csv:2: expected a row, found the end of the file");
    refuses("seconds,factor\n\n\n", WORKERS, "t.csv:4: expected a row, found the end of the file");
    refuses("seconds,factor\n0\n", WORKERS, "t.csv:2: expected 2 columns, got 1");
    refuses("seconds,factor\n0,1\n\n1,2,3\n", WORKERS, "t.csv:4: expected 2 columns, got 3");
}

static void test_bad_values(void **unused)
{
    (void)unused;
    refuses("seconds,factor\n0,half\n", WORKERS, "t.csv:2: " FACTOR "'half'");
    refuses("seconds,factor\n0,0\n", WORKERS, "t.csv:2: " FACTOR "'0'");
    refuses("seconds,factor\n0,1\n1,-2\n", WORKERS, "t.csv:3: " FACTOR "'-2'");
    refuses("seconds,factor\n0,\n", WORKERS, "t.csv:2: " FACTOR "''");
    refuses("seconds,factor\n0,inf\n", WORKERS, "t.csv:2: " FACTOR "'inf'");
    refuses("seconds,factor\n0,nan\n", WORKERS, "t.csv:2: " FACTOR "'nan'");
    refuses("seconds,factor\n-1,1\n", WORKERS, "t.csv:2: " TIME "'-1'");
    refuses("seconds,factor\n,1\n", WORKERS, "t.csv:2: " TIME "''");
    refuses("seconds,factor\n1e10,1\n", WORKERS, "t.csv:2: " TIME "'1e10'");
    refuses("seconds,factor,worker\n0,1,4\n", WORKERS,
            "t.csv:2: worker: expected 0 to 3 (cluster.workers - 1), got 4");
    refuses("seconds,factor,worker\n0,1,1\n", 1,
            "t.csv:2: worker: expected 0 to 0 (cluster.workers - 1), got 1");
    refuses("seconds,factor,worker\n0,1,-1\n", WORKERS,
            "t.csv:2: worker: expected a whole number from 0 to 32766, got '-1'");
    refuses("seconds,factor,worker\n0,1,\n", WORKERS,
            "t.csv:2: worker: expected a whole number from 0 to 32766, got ''");
}

static void test_bad_order(void **unused)
{
    (void)unused;
    refuses("seconds,factor\n0,1\n2,1\n1.5,1\n", WORKERS,
            "t.csv:4: seconds: expected more than the 2.000000000 of the row before, got 1.500000000");
    refuses("seconds,factor\n2,1\n2,3\n", WORKERS,
            "t.csv:3: seconds: expected more than the 2.000000000 of the row before, got 2.000000000");
    refuses("seconds,factor,worker\n2,1,0\n1,1,1\n1,1,0\n", WORKERS,
            "t.csv:4: seconds: expected more than the 2.000000000 of the row before of this worker, got "
            "1.000000000");
}

static void test_bad_files(void **unused)
{
    (void)unused;
    char error[512];
    static const char zero[] = "seconds,factor\n0,1\0\n";
    refuses_bytes(zero, sizeof zero - 1, WORKERS, "t.csv:2: NUL byte: this is not a text file");
    assert_null(trace_read("nowhere.csv", WORKERS, error, sizeof error));
    assert_string_equal(error, "nowhere.csv: No such file or directory");
    assert_null(trace_read("/", WORKERS, error, sizeof error));
    assert_string_equal(error, "/: expected a regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_long_trace),
        cmocka_unit_test(test_one_trace_for_all),
        cmocka_unit_test(test_a_trace_for_each_worker),
        cmocka_unit_test(test_what_editors_write),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_bad_columns),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_bad_order),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
