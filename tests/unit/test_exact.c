/* Durations as exact formulas: halves go up, whatever the doubles of their numbers say. Expected values are those of
 * Python's fractions, or of integers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/time/exact.h"
#include "tests/rigs/scratch.h"

#define TIMES(x)                      \
    {                                 \
        EXACT_TIMES, EXACT_DECIMAL, x \
    }
#define DRAWN(x)                     \
    {                                \
        EXACT_TIMES, EXACT_DOUBLE, x \
    }
#define OVER(x)                      \
    {                                \
        EXACT_OVER, EXACT_DECIMAL, x \
    }
#define PLUS(x)                      \
    {                                \
        EXACT_PLUS, EXACT_DECIMAL, x \
    }
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static vtime product(double a, double b)
{
    const struct exact_term term[] = {TIMES(a), TIMES(b)};
    return exact_ns(term, 2, 0);
}

static void a_half_goes_up(void **state)
{
    (void)state;
    assert_int_equal(product(0.5e-9, 1), 1);
    assert_int_equal(product(1.5e-9, 1), 2);
    assert_int_equal(product(2.5e-9, 1), 3);
    assert_int_equal(product(0.499999999999999e-9, 1), 0);
    assert_int_equal(product(2.49999999999999e-9, 1), 2);
    assert_int_equal(product(0.015771675, 1.42), 22395779); /* 22395778.5 */
    assert_int_equal(product(1.42, 0.015771675), 22395779);
    assert_int_equal(product(5e-10, 0), 0);
}

/* The double of 1.42 is less than 1.42. */
static void what_was_drawn_is_its_double(void **state)
{
    (void)state;
    const struct exact_term term[] = {TIMES(0.015771675), DRAWN(1.42)};
    assert_int_equal(exact_ns(term, 2, 0), 22395778);
    const struct exact_term dyadic[] = {TIMES(1e-9), DRAWN(0x1.8p+1), DRAWN(0x1p-1), DRAWN(0x1.8p+20)};
    assert_int_equal(exact_ns(dyadic, 3, 0), 2);       /* 1.5 */
    assert_int_equal(exact_ns(dyadic, 4, 0), 2359296); /* as it is */
}

static void quotients_and_sums(void **state)
{
    (void)state;
    const struct exact_term flops[] = {DRAWN(13824000), OVER(983.04e9), PLUS(163007e-9)};
    assert_int_equal(exact_ns(flops, 3, 0), 177070); /* 14062.5 + 163007 */
    const struct exact_term slow[] = {DRAWN(70000), OVER(1.3e12), PLUS(0.005), TIMES(1.42), OVER(0.7)};
    assert_int_equal(exact_ns(slow, 5, 0), 10142966);
    const struct exact_term three[] = {TIMES(1e-9), OVER(0.3), TIMES(0.75)};
    assert_int_equal(exact_ns(three, 3, 0), 3); /* 2.5, of which a third is no decimal */
    const struct exact_term sum[] = {TIMES(1.1e-9), PLUS(1.4e-9)};
    assert_int_equal(exact_ns(sum, 2, 0), 3);
}

static void large_summands(void **state)
{
    (void)state;
    const struct exact_term term[] = {TIMES(0.5e6), PLUS(1e15), TIMES(1e-15)};
    assert_int_equal(exact_ns(term, 3, 0), 1000000001); /* 1000000000.5 */
    const struct exact_term binary[] = {TIMES(0.5e-9), {EXACT_PLUS, EXACT_DOUBLE, 0x1p+30}, OVER(2)};
    assert_int_equal(exact_ns(binary, 3, 0), 536870912000000000);
}

/* Where doubles are coarser than a ns. */
static void long_ones(void **state)
{
    (void)state;
    assert_int_equal(product(999999999.999999, 1.0000005), 1000000499999999000);
    assert_int_equal(product(1152921504.606845, 1.0005), 1153497965359148423); /* a half */
    assert_int_equal(product(2305843009.213693, 1.0000005), 2305844162135197607);
    assert_int_equal(product(2305843009.213693, 1.5), 3458764513820539500);
    assert_int_equal(product(2000000000.0000005, 1), 2000000000000000500);
}

/* No number is too large or small in between. */
static void extremes(void **state)
{
    (void)state;
    assert_int_equal(product(1e-300, 1.5e291), 2);
    assert_int_equal(product(1.5e291, 1e-300), 2);
    const struct exact_term deep[] = {DRAWN(0x1p-1022), DRAWN(0x1p+1000), DRAWN(0x1p+22), TIMES(2.5e-9)};
    assert_int_equal(exact_ns(deep, 4, 0), 3);
    const struct exact_term most[EXACT_TERMS] = {TIMES(3e307), OVER(2e307),   TIMES(1e-300), OVER(1e-300),
                                                 TIMES(1e-9),  TIMES(7e-301), OVER(7e-301),  TIMES(3e-308),
                                                 OVER(3e-308), TIMES(1)};
    assert_int_equal(exact_ns(most, EXACT_TERMS, 0), 2);
}

/* Of all digits that a double can need: it counts as the decimal that resolved.ini shows. */
static void seventeen_digits(void **state)
{
    (void)state;
    assert_int_equal(product(0.30000000000000004, 5e8), 150000000000000020);
    assert_int_equal(product(0.1 + 0.2, 5e8), 150000000000000020);
}

/* ns * thousandths against integers, a half in one of some hundred cases. */
static void against_integers(void **state)
{
    (void)state;
    const struct draw_key key = {1, DRAW_JITTER, 0, 0, 0};
    int halves = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t ns = draw_below(&key, 2 * i, 1000000000),
                 thousandths = 1 + draw_below(&key, 2 * i + 1, 9999);
        if (i % 2 == 0)
            ns -= ns % 500;
        vtime expected = (vtime)((2 * ns * thousandths + 1000) / 2000);
        halves += ns * thousandths % 1000 == 500;
        assert_int_equal(product((double)ns / 1e9, (double)thousandths / 1e3), expected);
    }
    assert_true(halves > 10000);
}

static void last_ages(void)
{
    product(5e9, 1);
}

static void too_long_is_refused(void **state)
{
    (void)state;
    assert_int_equal(product(4.6e9, 1), 4600000000000000000);
    assert_dies(last_ages, EXIT_USAGE,
                "a duration of 5e+09 s is more than the virtual clock holds (146 years)\n");
}

static void at_least(void **state)
{
    (void)state;
    const struct exact_term term[] = {TIMES(1e-12)};
    assert_int_equal(exact_ns(term, COUNT(term), 1), 1);
    assert_int_equal(exact_ns(term, COUNT(term), 0), 0);
    assert_int_equal(exact_ns(NULL, 0, 0), 1000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_half_goes_up),
        cmocka_unit_test(what_was_drawn_is_its_double),
        cmocka_unit_test(quotients_and_sums),
        cmocka_unit_test(large_summands),
        cmocka_unit_test(long_ones),
        cmocka_unit_test(extremes),
        cmocka_unit_test(seventeen_digits),
        cmocka_unit_test(against_integers),
        cmocka_unit_test(at_least),
        cmocka_unit_test_setup_teardown(too_long_is_refused, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
