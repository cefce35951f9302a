/* sim/base/part: a ratio of a count is floored as the decimal that it is, not as its double. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/part.h"

static void what_a_double_floors_too_low(void **state)
{
    (void)state;
    assert_int_equal((uint64_t)(0.7 * 1440), 1007); /* the trap */
    assert_int_equal(part_of(0.7, 1440), 1008);
    assert_int_equal(part_of(0.29, 100), 29);
    assert_int_equal(part_of(0.57, 100), 57);
    assert_int_equal(part_of(0.001, 1000), 1);
    assert_int_equal(part_of(1.1, 10), 11);
    assert_int_equal(part_of(2.3, 60000), 138000);
}

/* 0.1 x 3 is 0.30000000000000004 as a double, 4.35 x 100 is 434.99999999999994. */
static void never_too_high(void **state)
{
    (void)state;
    assert_int_equal(part_of(0.3333333333333333, 3), 0);
    assert_int_equal(part_of(0.6999999999999999, 10), 6);
    assert_int_equal(part_of(0.9999999999999999, 4000000000), 3999999999);
    assert_int_equal(part_of(4.35, 100), 435);
}

static void the_ends(void **state)
{
    (void)state;
    assert_int_equal(part_of(0, 1000), 0);
    assert_int_equal(part_of(1, 0), 0);
    assert_int_equal(part_of(1, UINT32_MAX), UINT32_MAX);
    assert_int_equal(part_of(5e-324, UINT64_MAX), 0);
    assert_int_equal(part_of(1e-19, UINT64_MAX), 1);
    assert_int_equal(part_of(1e9, 4000000000), 4000000000000000000);
    assert_int_equal(part_of(1e300, 3), INT64_MAX);
    assert_int_equal(part_of(1, UINT64_MAX), INT64_MAX);
}

/* Every ratio of three digits, against whole numbers. */
static void all_of_three_digits(void **state)
{
    (void)state;
    for (uint64_t thousandths = 0; thousandths <= 1000; thousandths++) {
        char text[16];
        snprintf(text, sizeof text, "0.%03d", (int)thousandths);
        double ratio = thousandths == 1000 ? 1 : strtod(text, NULL);
        for (uint64_t n = 1; n < 60000; n += n / 7 + 1)
            assert_int_equal(part_of(ratio, n), thousandths * n / 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_double_floors_too_low),
        cmocka_unit_test(never_too_high),
        cmocka_unit_test(the_ends),
        cmocka_unit_test(all_of_three_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
