/* Whole numbers of 128 bits, written and read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/wide.h"

#define MOST ((int128)(((unsigned __int128)1 << 127) - 1))

static const struct {
    const char *text;
    int128 value;
} rows[] = {{"0", 0},
            {"7", 7},
            {"-10", -10},
            {"9223372036854775807", INT64_MAX},
            {"9223372036854775808", (int128)INT64_MAX + 1},
            {"-9223372036854775808", INT64_MIN},
            {"2361183241434822606848", (int128)1 << 71},
            {"170141183460469231731687303715884105727", MOST},
            {"-170141183460469231731687303715884105728", -MOST - 1}};

static void texts_and_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[WIDE_DIGITS];
        int128 value = 1;
        assert_string_equal(wide_text(out, rows[i].value), rows[i].text);
        assert_true(wide_read(rows[i].text, &value) && value == rows[i].value);
    }
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      "--1",
                                      "1 ",
                                      " 1",
                                      "1.0",
                                      "0x1",
                                      "1e3",
                                      "null",
                                      "170141183460469231731687303715884105728",
                                      "-170141183460469231731687303715884105729",
                                      "1000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int128 value;
        assert_false(wide_read(bad[i], &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_values),
        cmocka_unit_test(what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
