/* The network against SimGrid: on the committed stars, or on those of the folder that the environment variable
 * SIMGRID_FIXTURES names (make check-simgrid). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "tests/rigs/stars.h"

static const double TOLERANCE = 1e-6;

static const char *folder(void)
{
    const char *given = getenv("SIMGRID_FIXTURES");
    return given ? given : "tests/simgrid/fixtures";
}

static void test_cm02(void **unused)
{
    (void)unused;
    stars_compare(folder(), "cm02", TOLERANCE);
}

static void test_factors_and_window(void **unused)
{
    (void)unused;
    stars_compare(folder(), "factors", TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cm02),
        cmocka_unit_test(test_factors_and_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
