/* The arithmetic of fluids against long doubles. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/fluid.h"
#include "tests/rigs/scratch.h"

enum { CASES = 100000 };

static long double ns_of(moment m)
{
    return ldexpl((long double)m, -64);
}

static long double bytes_of(volume v)
{
    return ldexpl((long double)v, -VOLUME_BITS);
}

static long double value_of(struct rate rate)
{
    return ldexpl((long double)rate.mantissa, -rate.shift);
}

static double some(double least_exponent, double most_exponent)
{
    return exp2(least_exponent + (most_exponent - least_exponent) * rand() / RAND_MAX);
}

/* Within a few last places of a long double, or of the unit. */
static void assert_near(long double x, long double expected, long double unit)
{
    if (!(fabsl(x - expected) <= fabsl(expected) * 0x1p-61L + unit))
        fail_msg("%.21Lg, expected %.21Lg", x, expected);
}

static void test_rates(void **unused)
{
    (void)unused;
    srand(1);
    for (int i = 0; i < CASES; i++) {
        double x = some(-60, 60);
        assert_true(value_of(rate_of(x)) == (long double)x); /* exact */
        int128 over = (int128)ldexp(some(0, 53), rand() % 70);
        int under = 1 + (int)some(0, 20);
        struct rate rate = rate_of_quotient(over, 50, under);
        assert_true(rate.mantissa >> 63 == 1);
        assert_near(value_of(rate), ldexpl((long double)over, -50) / under, 0);
    }
    assert_int_equal(rate_of(INFINITY).mantissa, 0);
}

static void test_products_and_quotients(void **unused)
{
    (void)unused;
    srand(2);
    for (int i = 0; i < CASES; i++) {
        double rate = some(-40, 30), bytes = some(0, 50);
        volume v = (volume)ldexp(bytes, VOLUME_BITS);
        if (bytes / rate > 0x1p61)
            continue;
        moment time = time_for(rate_of(rate), v);
        assert_near(ns_of(time), (long double)bytes / (long double)rate, 0x1p-63L);
        volume back = volume_in(rate_of(rate), time);
        assert_true(back <= v); /* both are rounded down */
        assert_near(bytes_of(back), (long double)bytes, 0x1p-59L + 0x1p-63L * (long double)rate);
    }
    assert_true(time_for(rate_of(INFINITY), volume_of(1000)) == 0);
    assert_true(time_for(rate_of(1), 0) == 0);
    assert_true(time_for(rate_of(0x1p80), volume_of(1)) == 0); /* below the unit */
}

/* Where a result is a whole number of units it is exact. */
static void test_whole(void **unused)
{
    (void)unused;
    assert_true(time_for(rate_of(0.125), volume_of(1000)) == moment_of(8000));
    assert_true(volume_in(rate_of(0.125), moment_of(8000)) == volume_of(1000));
    assert_true(time_for(rate_of(1024), volume_of(5121)) == moment_of(5) + SLACK);
    assert_true(volume_in(rate_of(0x1p40), moment_of(1024)) == volume_of((uint64_t)1 << 50));
}

static void test_arrivals(void **unused)
{
    (void)unused;
    const moment five = moment_of(5);
    assert_int_equal(arrival_of(five), 5);
    assert_int_equal(arrival_of(five + SLACK), 5);
    assert_int_equal(arrival_of(five + SLACK + 1), 6);
    assert_int_equal(arrival_of(five - 1), 5);
    assert_int_equal(arrival_of(0), 0);
    assert_true(snapped(five + SLACK) == five && snapped(five) == five);
    assert_true(snapped(five + SLACK + 1) == five + SLACK + 1 && snapped(five - 1) == five - 1);
    assert_true(moment_of(VTIME_NEVER) == MOMENT_NEVER);
}

static void send_slowly(void)
{
    time_for(rate_of(0x1p-1), volume_of((uint64_t)1 << 61));
}

static void test_beyond_the_clock(void **unused)
{
    (void)unused;
    assert_int_equal(whole_ns(time_for(rate_of(0x1p-1), volume_of(((uint64_t)1 << 61) - 1))),
                     ((vtime)1 << 62) - 2);
    assert_dies(send_slowly, EXIT_USAGE,
                "a message of 4.61169e+09 s is more than the virtual clock holds (146 years)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_products_and_quotients),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_arrivals),
        cmocka_unit_test_setup_teardown(test_beyond_the_clock, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
