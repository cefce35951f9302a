/* What a run writes: CSV, JSON and folders. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/output/csv.h"
#include "sim/output/folder.h"
#include "sim/output/json.h"
#include "tests/rigs/scratch.h"

/* From here on writes beyond 1000 bytes fail, as on a full disk. */
static void fill_disk(void)
{
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
}

/* CSV */

static void row_of_reals(struct csv *csv, double a, double b)
{
    csv_real(csv, a);
    csv_real(csv, b);
    csv_end_row(csv);
}

static void test_csv_reals(void **state)
{
    (void)state;
    struct csv *csv = csv_create("a.csv", "a,b");
    row_of_reals(csv, 0.1, 1.0 / 3);
    row_of_reals(csv, NAN, -NAN);
    row_of_reals(csv, 1e-12, 123456789012.0);
    row_of_reals(csv, INFINITY, -0.5f);
    csv_close(csv);
    assert_string_equal(contents("a.csv"), "a,b\n0.1,0.333333333\nNaN,NaN\n1e-12,1.23456789e+11\ninf,-0.5\n");
}

static void test_csv_floats_survive(void **state)
{
    (void)state;
    float value = 0.1f;
    for (int i = 0; i < 200; i++, value = nextafterf(value * 1.37f, 1e30f)) {
        unlink("f.csv");
        struct csv *csv = csv_create("f.csv", "f");
        csv_real(csv, value);
        csv_end_row(csv);
        csv_close(csv);
        assert_true(strtof(contents("f.csv") + 2, NULL) == value);
    }
}

static void test_csv_seconds(void **state)
{
    (void)state;
    const int64_t ns[] = {12345678901, 0, 1, -1, INT64_MAX, INT64_MIN};
    struct csv *csv = csv_create("s.csv", "s");
    for (size_t i = 0; i < sizeof ns / sizeof *ns; i++) {
        csv_seconds(csv, ns[i]);
        csv_end_row(csv);
    }
    csv_close(csv);
    assert_string_equal(contents("s.csv"), "s\n12.345678901\n0.000000000\n0.000000001\n-0.000000001\n"
                                           "9223372036.854775807\n-9223372036.854775808\n");
}

static void test_csv_text_and_int(void **state)
{
    (void)state;
    struct csv *csv = csv_create("t.csv", "name,n");
    const char *names[] = {"plain word", "a,b", "say \"hi\"", "two\nlines", ""};
    for (int i = 0; i < 5; i++) {
        csv_text(csv, names[i]);
        csv_int(csv, INT64_MIN + i);
        csv_end_row(csv);
    }
    csv_close(csv);
    assert_string_equal(contents("t.csv"), "name,n\nplain word,-9223372036854775808\n"
                                           "\"a,b\",-9223372036854775807\n"
                                           "\"say \"\"hi\"\"\",-9223372036854775806\n"
                                           "\"two\nlines\",-9223372036854775805\n"
                                           ",-9223372036854775804\n");
}

static void test_csv_rows_reach_the_disk(void **state)
{
    (void)state;
    struct csv *csv = csv_create("d.csv", "a,b");
    assert_string_equal(contents("d.csv"), "a,b\n");
    row_of_reals(csv, 1, 2);
    csv_flush(csv);
    assert_string_equal(contents("d.csv"), "a,b\n1,2\n");
    csv_int(csv, 3); /* half a row stays */
    csv_flush(csv);
    assert_string_equal(contents("d.csv"), "a,b\n1,2\n");
    csv_int(csv, 4);
    csv_end_row(csv);
    csv_close(csv);
    assert_string_equal(contents("d.csv"), "a,b\n1,2\n3,4\n");
}

static int last_byte(const char *path, off_t size)
{
    FILE *file = fopen(path, "re");
    fseek(file, (long)size - 1, SEEK_SET);
    int byte = getc(file);
    fclose(file);
    return byte;
}

/* Not a write for each row; but at any moment the file ends with a whole row. */
static void test_csv_rows_gather(void **state)
{
    (void)state;
    struct csv *csv = csv_create("g.csv", "a,b");
    struct stat file;
    off_t before = 4;
    int writes = 0, rows = 100000;
    for (int i = 0; i < rows; i++) {
        row_of_reals(csv, i, 0.5);
        assert_int_equal(stat("g.csv", &file), 0);
        writes += file.st_size != before;
        if (file.st_size != before)
            assert_int_equal(last_byte("g.csv", file.st_size), '\n');
        before = file.st_size;
    }
    csv_close(csv);
    assert_in_range(writes, 1, rows / 1000);
}

static void make_csv_again(void)
{
    csv_create("old.csv", "a");
}

static void test_csv_never_overwrites(void **state)
{
    (void)state;
    csv_close(csv_create("old.csv", "first"));
    assert_dies(make_csv_again, EXIT_RESOURCE, "old.csv: File exists");
    assert_string_equal(contents("old.csv"), "first\n");
}

static void too_few(void)
{
    struct csv *csv = csv_create("few.csv", "a,b");
    csv_int(csv, 1);
    csv_end_row(csv);
}

static void too_many(void)
{
    struct csv *csv = csv_create("many.csv", "a,b");
    for (int i = 0; i < 3; i++)
        csv_int(csv, i);
    csv_end_row(csv);
}

static void test_csv_counts_fields(void **state)
{
    (void)state;
    assert_aborts(too_few);
    assert_aborts(too_many);
}

static void csv_on_full_disk(void)
{
    fill_disk();
    struct csv *csv = csv_create("full.csv", "a,b");
    for (int i = 0; i < 999; i++)
        row_of_reals(csv, 1.25, 2.5);
    csv_close(csv);
}

static void test_csv_full_disk(void **state)
{
    (void)state;
    assert_dies(csv_on_full_disk, EXIT_RESOURCE, "full.csv: ");
}

/* JSON */

static void test_json_layout(void **state)
{
    (void)state;
    struct json *json = json_create("a.json");
    json_int(json, "n", INT64_MIN);
    json_real(json, "third", 1.0 / 3);
    json_real(json, "nan", NAN);
    json_real(json, "inf", -INFINITY);
    json_bool(json, "yes", true);
    json_null(json, "nothing");
    json_text(json, "none", NULL);
    json_object(json, "empty");
    json_end(json);
    json_array(json, "list");
    json_int(json, NULL, 1);
    json_object(json, NULL);
    json_text(json, "k", "v");
    json_end(json);
    json_array(json, NULL);
    json_end(json);
    json_end(json);
    json_close(json);
    assert_string_equal(contents("a.json"), "{\n  \"n\": -9223372036854775808,\n"
                                            "  \"third\": 0.33333333333333331,\n"
                                            "  \"nan\": null,\n  \"inf\": null,\n  \"yes\": true,\n"
                                            "  \"nothing\": null,\n  \"none\": null,\n  \"empty\": {},\n"
                                            "  \"list\": [\n    1,\n    {\n      \"k\": \"v\"\n    },\n"
                                            "    []\n  ]\n}\n");
}

static void test_json_escapes(void **state)
{
    (void)state;
    struct json *json = json_create("e.json");
    json_text(json, "a\"b", "back\\slash \"quoted\"\n\t\x01\x1f gr\xc3\xbc\xc3\x9f");
    json_close(json);
    assert_string_equal(contents("e.json"), "{\n  \"a\\\"b\": \"back\\\\slash \\\"quoted\\\"\\n\\t"
                                            "\\u0001\\u001f gr\xc3\xbc\xc3\x9f\"\n}\n");
}

static void test_json_appears_when_closed(void **state)
{
    (void)state;
    struct json *json = json_create("late.json");
    json_int(json, "n", 1);
    assert_false(there("late.json"));
    json_close(json);
    assert_true(there("late.json"));
    assert_false(there("late.json.tmp"));

    json = json_create("late.json"); /* the old one stays whole until the new one is */
    assert_string_equal(contents("late.json"), "{\n  \"n\": 1\n}\n");
    json_close(json);
    assert_string_equal(contents("late.json"), "{}\n");
}

static void json_on_full_disk(void)
{
    json_close(json_create("full.json"));
}

static void test_json_full_disk(void **state)
{
    (void)state;
    assert_int_equal(symlink("/dev/full", "full.json.tmp"), 0);
    assert_dies(json_on_full_disk, EXIT_RESOURCE, "full.json: No space left on device");
    assert_false(there("full.json"));
}

static void json_key_in_array(void)
{
    struct json *json = json_create("k.json");
    json_array(json, "list");
    json_int(json, "key", 1);
}

static void json_left_open(void)
{
    struct json *json = json_create("o.json");
    json_array(json, "list");
    json_close(json);
}

static void test_json_asserts(void **state)
{
    (void)state;
    assert_aborts(json_key_in_array);
    assert_aborts(json_left_open);
}

/* Folders */

static void test_folder_name(void **state)
{
    (void)state;
    char *path = folder_create(NULL, "deep/results", "lenet", 42);
    const char *form = "deep/results/lenet/20000000T000000Z-s42";
    assert_int_equal(strlen(path), strlen(form));
    for (size_t i = 0; form[i]; i++)
        if (i < strlen("deep/results/lenet/") || !strchr("02", form[i]))
            assert_int_equal(path[i], form[i]);
    assert_true(there(path));
    free(path);
}

static void test_folder_latest(void **state)
{
    (void)state;
    char target[256];
    for (int i = 0; i < 3; i++) {
        char *path = folder_create(NULL, "results", "x", i);
        target[readlink("results/x/latest", target, sizeof target - 1)] = '\0';
        assert_int_equal(strlen(target), strlen("20261122T103012Z-s1"));
        assert_string_equal(target, strrchr(path, '/') + 1);
        free(path);
    }
}

static void make_beside_file(void)
{
    free(folder_create(NULL, "results", "x", 1));
}

static void test_folder_latest_is_a_file(void **state)
{
    (void)state;
    assert_true(mkdir("results", 0700) == 0 && mkdir("results/x", 0700) == 0);
    csv_close(csv_create("results/x/latest", "mine"));
    assert_dies(make_beside_file, EXIT_DONE, "results/x/latest is not a symbolic link");
    assert_string_equal(contents("results/x/latest"), "mine\n");
}

static void test_folder_collisions(void **state)
{
    (void)state;
    char *path[8];
    for (int i = 0; i < 8; i++) { /* some of them in the same second */
        path[i] = folder_create(NULL, "results", "x", 1);
        assert_true(there(path[i]));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(path[i], path[j]);
    }
    int numbered = 0;
    for (int i = 0; i < 8; i++) {
        numbered += strcmp(path[i] + strlen(path[i]) - 2, "-2") == 0;
        free(path[i]);
    }
    assert_true(numbered >= 1);
}

static void give_existing(void)
{
    folder_create("given/", NULL, NULL, 1);
}

static void give_empty(void)
{
    folder_create("", NULL, NULL, 1);
}

static void give_below_file(void)
{
    folder_create("file/sub", NULL, NULL, 1);
}

static void test_folder_given(void **state)
{
    (void)state;
    char *path = folder_create("new/parents//out/", NULL, NULL, 1);
    assert_string_equal(path, "new/parents//out");
    assert_true(there(path));
    assert_false(there("new/parents/latest"));
    free(path);

    assert_int_equal(mkdir("given", 0700), 0);
    assert_dies(give_existing, EXIT_USAGE, "simulate: given exists: ");
    assert_dies(give_empty, EXIT_USAGE, "-o: ");
    csv_close(csv_create("file", "a"));
    assert_dies(give_below_file, EXIT_RESOURCE, "file/sub: Not a directory");
}

static void copy_again(void)
{
    folder_copy("from", "sub", "copy.ini");
}

static void copy_onto_full_disk(void)
{
    fill_disk();
    folder_copy("from", "sub", "other.ini");
}

static void test_folder_make_and_copy(void **state)
{
    (void)state;
    char *path = folder_make(".", "sub");
    assert_string_equal(path, "./sub");
    free(path);

    FILE *from = fopen("from", "w");
    for (int i = 0; i < 10000; i++)
        putc(i % 256, from);
    fclose(from);
    folder_copy("from", "sub", "copy.ini");
    assert_int_equal(system("cmp from sub/copy.ini"), 0);
    assert_dies(copy_again, EXIT_RESOURCE, "sub/copy.ini: File exists");
    assert_dies(copy_onto_full_disk, EXIT_RESOURCE, "sub/other.ini: ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_csv_reals),
        TEST(test_csv_floats_survive),
        TEST(test_csv_seconds),
        TEST(test_csv_text_and_int),
        TEST(test_csv_rows_reach_the_disk),
        TEST(test_csv_rows_gather),
        TEST(test_csv_never_overwrites),
        TEST(test_csv_counts_fields),
        TEST(test_csv_full_disk),
        TEST(test_json_layout),
        TEST(test_json_escapes),
        TEST(test_json_appears_when_closed),
        TEST(test_json_full_disk),
        TEST(test_json_asserts),
        TEST(test_folder_name),
        TEST(test_folder_latest),
        TEST(test_folder_latest_is_a_file),
        TEST(test_folder_collisions),
        TEST(test_folder_given),
        TEST(test_folder_make_and_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
