/* Means over seeds in a report. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/report/entries.h"

/* 11.1 + 11.1 + 11.1 rounds, and the report said "11.1 s ± 0 ns". */
static void equal_values_have_no_deviation(void **state)
{
    (void)state;
    static const double values[] = {11.1, 0.1, 1.436210880, 1e-9 / 3, 123456.789};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double x[7];
        for (int n = 0; n < 7; n++) {
            x[n] = values[i];
            struct sample s = sample_over(x, n + 1);
            assert_true(s.mean == values[i] && s.deviation == 0 && s.n == n + 1);
        }
    }
}

static void other_values_have(void **state)
{
    (void)state;
    struct sample s = sample_over((const double[]){1, 2, 3}, 3);
    assert_float_equal(s.mean, 2, 1e-15);
    assert_float_equal(s.deviation, 1, 1e-15);
    s = sample_over((const double[]){NAN, 2, 3}, 3); /* only some have a value: no mean */
    assert_true(isnan(s.mean) && isnan(s.deviation) && s.n == 2);
    s = sample_over((const double[]){NAN, NAN}, 2);
    assert_true(isnan(s.mean) && s.n == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_values_have_no_deviation),
                                       cmocka_unit_test(other_values_have)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
