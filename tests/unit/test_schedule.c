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
    double from_the_start[] = {0}, one[] = {1};
    for (int form = FORM_CONSTANT; form <= FORM_LIST; form++) {
        const struct schedule s = {.form = form,
                                   .base = 2,
                                   .warmup = 0.2,
                                   .step_factor = 1,
                                   .power = 3,
                                   .list_at = {1, from_the_start},
                                   .list_factors = {1, one}};
        assert_near(schedule_at(&s, 0, 100), 0);
        assert_near(schedule_at(&s, 5, 100), 0.5);
        assert_near(schedule_at(&s, 20, 100), 2);
    }
}

static void warm_up_begins_with_its_part_and_counts_ahead(void **state)
{
    (void)state;
    struct schedule s = {.base = 2, .warmup = 0.2, .warmup_from = 0.25};
    assert_near(schedule_at(&s, 0, 100), 0.5);
    assert_near(schedule_at(&s, 10, 100), 1.25);
    assert_near(schedule_at(&s, 20, 100), 2);
    s.ahead = 4;
    assert_near(schedule_at(&s, 0, 100), 2 * (0.25 + 0.75 * 4 / 20));
    assert_near(schedule_at(&s, 14, 100), 2 * (0.25 + 0.75 * 18 / 20));
    assert_near(schedule_at(&s, 16, 100), 2);
    assert_near(schedule_at(&s, 18, 100), 2); /* not beyond the base */
    s.form = FORM_COSINE;
    assert_near(schedule_at(&s, 60, 100), 1); /* what comes after the warm-up is not counted ahead */
    s = (struct schedule){.base = 1, .warmup = 0.5, .ahead = 1};
    assert_near(schedule_at(&s, 0, 4), 0.5);
}

static void linear_and_polynomial_fall_to_nothing(void **state)
{
    (void)state;
    struct schedule s = {.form = FORM_LINEAR, .base = 3, .power = 7};
    assert_near(schedule_at(&s, 0, 100), 3);
    assert_near(schedule_at(&s, 25, 100), 2.25);
    assert_true(schedule_at(&s, 100, 100) == 0 && schedule_at(&s, 130, 100) == 0);
    s.warmup = 0.2;
    assert_near(schedule_at(&s, 20, 100), 3);
    assert_near(schedule_at(&s, 60, 100), 1.5);
    s.form = FORM_POLYNOMIAL;
    s.power = 2;
    assert_near(schedule_at(&s, 20, 100), 3);
    assert_near(schedule_at(&s, 60, 100), 0.75);
    assert_true(schedule_at(&s, 100, 100) == 0);
    s.power = 1;
    assert_near(schedule_at(&s, 60, 100), 1.5);
}

static void a_list_gives_the_factor_of_the_last_mark(void **state)
{
    (void)state;
    double marks[] = {0.3, 0.5, 0.8}, factors[] = {0.2, 4, 0};
    const struct schedule s = {
        .form = FORM_LIST, .base = 2, .list_at = {3, marks}, .list_factors = {3, factors}};
    assert_near(schedule_at(&s, 0, 100), 2);
    assert_near(schedule_at(&s, 29, 100), 2);
    assert_near(schedule_at(&s, 30, 100), 0.4);
    assert_near(schedule_at(&s, 50, 100), 8);
    assert_near(schedule_at(&s, 79, 100), 8);
    assert_near(schedule_at(&s, 80, 100), 0);
    assert_near(schedule_at(&s, 130, 100), 0);
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
        cmocka_unit_test(warm_up_begins_with_its_part_and_counts_ahead),
        cmocka_unit_test(linear_and_polynomial_fall_to_nothing),
        cmocka_unit_test(a_list_gives_the_factor_of_the_last_mark),
        cmocka_unit_test(steps_multiply_at_their_marks),
        cmocka_unit_test(cosine_goes_from_base_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
