/* Durations of iterations: the two models, factors, jitter, and rounding. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/base/rng.h"
#include "sim/time/compute.h"

static void test_seconds_are_rounded_once(void **unused)
{
    (void)unused;
    assert_int_equal(vtime_from_seconds(1.5, 0), 1500000000);
    assert_int_equal(vtime_from_seconds(0.1, 0), 100000000);
    assert_int_equal(vtime_from_seconds(1e-9 / 4, 0), 0);
    assert_int_equal(vtime_from_seconds(0x1p-20, 0), 954);     /* 953.67 */
    assert_int_equal(vtime_from_seconds(0x1p-10, 0), 976562);  /* 976562.5: to the even one below */
    assert_int_equal(vtime_from_seconds(0x3p-10, 0), 2929688); /* 2929687.5: to the even one above */
    assert_int_equal(vtime_from_seconds(1e4, 0), 10000000000000);
    assert_int_equal(vtime_from_seconds(4e9, 0), 4000000000000000000);
}

static void test_least(void **unused)
{
    (void)unused;
    assert_int_equal(vtime_from_seconds(1e-12, 1), 1);
    assert_int_equal(vtime_from_seconds(0, 0), 0);
    assert_int_equal(vtime_from_seconds(-1, 0), 0);
}

static void test_fixed(void **unused)
{
    (void)unused;
    const double factor[] = {1, 2.5, 1e-12};
    struct compute_spec spec = {.model = COMPUTE_FIXED, .seconds = 0.02, .flops = NAN, .factor = factor};
    assert_int_equal(compute_duration(&spec, 0, 0), 20000000);
    assert_int_equal(compute_duration(&spec, 0, 999), 20000000);
    assert_int_equal(compute_duration(&spec, 1, 0), 50000000);
    assert_int_equal(compute_duration(&spec, 2, 0), 1); /* never nothing */
}

static void test_flops(void **unused)
{
    (void)unused;
    const double factor[] = {1, 3};
    struct compute_spec spec = {.model = COMPUTE_FLOPS,
                                .seconds = NAN,
                                .flops = 6e9,
                                .device_flops = 4e12,
                                .overhead = 5e-4,
                                .factor = factor};
    assert_int_equal(compute_duration(&spec, 0, 7), 2000000);
    assert_int_equal(compute_duration(&spec, 1, 7), 6000000); /* the factor slows the overhead, too */
}

static void test_jitter_is_a_function_of_its_key(void **unused)
{
    (void)unused;
    const double factor[] = {1, 1, 2};
    struct compute_spec spec = {
        .model = COMPUTE_FIXED, .seconds = 0.01, .factor = factor, .jitter = 0.3, .seed = 42};
    vtime first = compute_duration(&spec, 2, 5);
    struct draw_key key = {42, DRAW_JITTER, 2, 0, 5};
    assert_int_equal(first, llrint(0.01 * 2 * exp(0.3 * draw_normal(&key, 0)) * 1e9));
    assert_int_not_equal(first, compute_duration(&spec, 2, 6));
    assert_int_not_equal(compute_duration(&spec, 0, 5), compute_duration(&spec, 1, 5));
    assert_int_equal(first, compute_duration(&spec, 2, 5));
    spec.seed = 43;
    assert_int_not_equal(first, compute_duration(&spec, 2, 5));
}

/* log(duration / 0.01 s) is normal with mean 0 and deviation sigma: five standard errors of each. */
static void test_jitter_is_lognormal(void **unused)
{
    (void)unused;
    enum { DRAWS = 20000 };
    const double factor[] = {1}, sigma = 0.25;
    struct compute_spec spec = {
        .model = COMPUTE_FIXED, .seconds = 0.01, .factor = factor, .jitter = sigma, .seed = 1};
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double z = log((double)compute_duration(&spec, 0, i) / 1e7);
        sum += z;
        squares += z * z;
    }
    assert_true(fabs(sum / DRAWS) < 5 * sigma / sqrt(DRAWS));
    assert_true(fabs(sqrt(squares / DRAWS) - sigma) < 5 * sigma / sqrt(2.0 * DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds_are_rounded_once),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_flops),
        cmocka_unit_test(test_jitter_is_a_function_of_its_key),
        cmocka_unit_test(test_jitter_is_lognormal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
