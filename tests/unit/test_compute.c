/* Durations of iterations: the two models, factors given, drawn and traced, stragglers, and rounding. */
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
    assert_int_equal(vtime_from_seconds(0x1p-10, 0), 976563);  /* 976562.5 */
    assert_int_equal(vtime_from_seconds(0x3p-10, 0), 2929688); /* 2929687.5 */
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
    assert_int_equal(compute_duration(&spec, 0, 0, 0), 20000000);
    assert_int_equal(compute_duration(&spec, 0, 999, 0), 20000000);
    assert_int_equal(compute_duration(&spec, 1, 0, 0), 50000000);
    assert_int_equal(compute_duration(&spec, 2, 0, 0), 1); /* never nothing */
    spec.batches = 3;
    assert_int_equal(compute_duration(&spec, 1, 0, 0), 150000000);
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
    assert_int_equal(compute_duration(&spec, 0, 7, 0), 2000000);
    assert_int_equal(compute_duration(&spec, 1, 7, 0), 6000000); /* the factor slows the overhead, too */
    spec.batches = 4;
    assert_int_equal(compute_duration(&spec, 1, 7, 0), 24000000);       /* each batch has its overhead */
    assert_int_equal(compute_measured(&spec, 0.002, 1, 7, 0), 6000000); /* of all batches already */
}

static void test_jitter_is_a_function_of_its_key(void **unused)
{
    (void)unused;
    const double factor[] = {1, 1, 2};
    struct compute_spec spec = {
        .model = COMPUTE_FIXED, .seconds = 0.01, .factor = factor, .jitter = 0.3, .seed = 42};
    vtime first = compute_duration(&spec, 2, 5, 0);
    struct draw_key key = {42, DRAW_JITTER, 2, 0, 5};
    assert_int_equal(first, llrint(0.01 * 2 * exp(0.3 * draw_normal(&key, 0)) * 1e9));
    assert_int_not_equal(first, compute_duration(&spec, 2, 6, 0));
    assert_int_not_equal(compute_duration(&spec, 0, 5, 0), compute_duration(&spec, 1, 5, 0));
    assert_int_equal(first, compute_duration(&spec, 2, 5, 0));
    spec.seed = 43;
    assert_int_not_equal(first, compute_duration(&spec, 2, 5, 0));
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
        double z = log((double)compute_duration(&spec, 0, i, 0) / 1e7);
        sum += z;
        squares += z * z;
    }
    assert_true(fabs(sum / DRAWS) < 5 * sigma / sqrt(DRAWS));
    assert_true(fabs(sqrt(squares / DRAWS) - sigma) < 5 * sigma / sqrt(2.0 * DRAWS));
}

static void test_spread_is_drawn_once_per_worker(void **unused)
{
    (void)unused;
    const double factor[] = {1, 1, 2};
    struct compute_spec spec = {
        .model = COMPUTE_FIXED, .seconds = 0.01, .factor = factor, .spread = 0.4, .seed = 9};
    for (int w = 0; w < 3; w++) {
        struct draw_key key = {9, DRAW_SPREAD, w, 0, 0};
        vtime expected = llrint(0.01 * factor[w] * exp(0.4 * draw_normal(&key, 0)) * 1e9);
        for (int i = 0; i < 10; i++)
            assert_int_equal(compute_duration(&spec, w, i, 1000 * i), expected);
    }
    assert_int_not_equal(compute_duration(&spec, 0, 0, 0), compute_duration(&spec, 1, 0, 0));
    vtime first = compute_duration(&spec, 0, 0, 0);
    spec.seed = 10;
    assert_int_not_equal(compute_duration(&spec, 0, 0, 0), first);
}

/* As test_jitter_is_lognormal, over workers. */
static void test_spread_is_lognormal(void **unused)
{
    (void)unused;
    enum { DRAWS = 1024 };
    double factor[DRAWS], sum = 0, squares = 0;
    struct compute_spec spec = {
        .model = COMPUTE_FIXED, .seconds = 0.01, .factor = factor, .spread = 0.5, .seed = 1};
    for (int w = 0; w < DRAWS; w++) {
        factor[w] = 1;
        double z = log((double)compute_duration(&spec, w, 0, 0) / 1e7);
        sum += z;
        squares += z * z;
    }
    assert_true(fabs(sum / DRAWS) < 5 * 0.5 / sqrt(DRAWS));
    assert_true(fabs(sqrt(squares / DRAWS) - 0.5) < 5 * 0.5 / sqrt(2.0 * DRAWS));
}

static const double one[] = {1, 1, 1, 1};

static struct compute_spec straggling(double probability, int64_t duration)
{
    return (struct compute_spec){.model = COMPUTE_FIXED,
                                 .seconds = 0.01,
                                 .factor = one,
                                 .straggler = {probability, 4, duration},
                                 .seed = 5};
}

/* Against a walk that remembers: an episode covers the iteration it begins with and those after it. */
static void test_stragglers_come_in_episodes(void **unused)
{
    (void)unused;
    enum { ITERATIONS = 5000, DURATION = 7 };
    struct compute_spec spec = straggling(0.02, DURATION);
    for (int w = 0; w < 2; w++) {
        int left = 0, slow = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            struct draw_key key = {5, DRAW_STRAGGLER, w, 0, (uint64_t)i};
            if (draw_uniform(&key, 0) < 0.02)
                left = DURATION;
            assert_int_equal(compute_duration(&spec, w, i, 0), left > 0 ? 40000000 : 10000000);
            slow += left-- > 0;
        }
        assert_in_range(slow, ITERATIONS / 20, ITERATIONS / 5);
    }
}

/* An iteration is slow unless none of the last DURATION draws hit: 1 - (1 - p)^DURATION. Episodes make the count
 * vary by up to sqrt(DURATION) more than single draws would: five of those standard errors. */
static void test_share_of_stragglers(void **unused)
{
    (void)unused;
    enum { ITERATIONS = 40000 };
    for (int duration = 1; duration <= 16; duration *= 4) {
        struct compute_spec spec = straggling(0.05, duration);
        double share = 1 - pow(0.95, duration), slow = 0;
        for (int i = 0; i < ITERATIONS; i++)
            slow += compute_duration(&spec, 3, i, 0) > 10000000;
        assert_true(fabs(slow / ITERATIONS - share) < 5 * sqrt(share * (1 - share) * duration / ITERATIONS));
    }
}

static void test_extreme_probabilities(void **unused)
{
    (void)unused;
    struct compute_spec never = straggling(0, 10), always = straggling(1, 1);
    never.straggler.factor = NAN; /* not given */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(compute_duration(&never, 0, i, 0), 10000000);
        assert_int_equal(compute_duration(&always, 0, i, 0), 40000000);
    }
}

static void test_the_speed_at_the_start_counts(void **unused)
{
    (void)unused;
    const struct trace_step step[] = {{1000, 0.5}, {2000, 4}};
    const struct trace trace[] = {{0, NULL}, {2, step}};
    struct compute_spec spec = {.model = COMPUTE_FIXED, .seconds = 1e-6, .factor = one, .trace = trace};
    assert_int_equal(compute_duration(&spec, 1, 0, 0), 1000);
    assert_int_equal(compute_duration(&spec, 1, 0, 999), 1000); /* although it ends later */
    assert_int_equal(compute_duration(&spec, 1, 0, 1000), 2000);
    assert_int_equal(compute_duration(&spec, 1, 0, 1999), 2000);
    assert_int_equal(compute_duration(&spec, 1, 0, 2000), 250);
    assert_int_equal(compute_duration(&spec, 0, 0, 2000), 1000);
}

/* All factors at once multiply, and the product is rounded once. */
static void test_everything_multiplies(void **unused)
{
    (void)unused;
    const struct trace_step step[] = {{0, 0.3}};
    const struct trace trace[] = {{1, step}, {1, step}};
    const double factor[] = {1, 1.7};
    struct draw_key spread = {3, DRAW_SPREAD, 1, 0, 0}, jitter = {3, DRAW_JITTER, 1, 0, 8};
    struct compute_spec spec = {.model = COMPUTE_FIXED,
                                .seconds = 1e-3,
                                .factor = factor,
                                .spread = 0.2,
                                .jitter = 0.1,
                                .straggler = {1, 2.5, 3},
                                .trace = trace,
                                .seed = 3};
    double seconds =
        1e-3 * 1.7 * draw_lognormal(&spread, 0, 0.2) * draw_lognormal(&jitter, 0, 0.1) * 2.5 / 0.3;
    assert_int_equal(compute_duration(&spec, 1, 8, 77), llrint(seconds * 1e9));
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
        cmocka_unit_test(test_spread_is_drawn_once_per_worker),
        cmocka_unit_test(test_spread_is_lognormal),
        cmocka_unit_test(test_stragglers_come_in_episodes),
        cmocka_unit_test(test_share_of_stragglers),
        cmocka_unit_test(test_extreme_probabilities),
        cmocka_unit_test(test_the_speed_at_the_start_counts),
        cmocka_unit_test(test_everything_multiplies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
