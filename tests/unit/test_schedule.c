/* Schedules against hand-made values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "algorithms/schedule.h"

static void assert_near(double a, double b)
{
    assert_true(a - b < 1e-12 && b - a < 1e-12);
}

static void constant_is_constant(void **state)
{
    (void)state;
    const struct schedule s = {.base = 0.3};
    assert_near(schedule_at(&s, 0, 100), 0.3);
    assert_near(schedule_at(&s, 100, 100), 0.3);
    assert_near(schedule_at(&s, 5, 0), 0.3); /* nothing to do: no division by zero */
}

static void warm_up_rises_linearly_under_every_form(void **state)
{
    (void)state;
    for (int form = FORM_CONSTANT; form <= FORM_COSINE; form++) {
        const struct schedule s = {.form = form, .base = 2, .warmup = 0.2, .step_factor = 1};
        assert_near(schedule_at(&s, 0, 100), 0);
        assert_near(schedule_at(&s, 5, 100), 0.5);
        assert_near(schedule_at(&s, 20, 100), 2);
    }
}

static void steps_multiply_at_their_marks(void **state)
{
    (void)state;
    double marks[] = {0.5, 0.75};
    const struct schedule s = {.form = FORM_STEP, .base = 1, .step_at = {2, marks}, .step_factor = 0.1};
    assert_near(schedule_at(&s, 49, 100), 1);
    assert_near(schedule_at(&s, 50, 100), 0.1);
    assert_near(schedule_at(&s, 74.9, 100), 0.1);
    assert_near(schedule_at(&s, 75, 100), 0.01);
    assert_near(schedule_at(&s, 130, 100), 0.01); /* the last round may go beyond the total */
}

static void cosine_goes_from_base_to_nothing(void **state)
{
    (void)state;
    const struct schedule s = {.form = FORM_COSINE, .base = 1},
                          warm = {.form = FORM_COSINE, .base = 1, .warmup = 0.5};
    assert_near(schedule_at(&s, 0, 100), 1);
    assert_near(schedule_at(&s, 50, 100), 0.5);
    assert_near(schedule_at(&s, 100, 100), 0);
    assert_near(schedule_at(&s, 130, 100), 0);
    assert_near(schedule_at(&warm, 75, 100), 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_is_constant),
        cmocka_unit_test(warm_up_rises_linearly_under_every_form),
        cmocka_unit_test(steps_multiply_at_their_marks),
        cmocka_unit_test(cosine_goes_from_base_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
