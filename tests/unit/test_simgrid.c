/* The network and the exchanges against SimGrid: on the committed cases, or on those of the folder that the environment
 * variable SIMGRID_FIXTURES names (make check-simgrid). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "tests/rigs/exchange_cases.h"
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

static void test_exchanges(void **unused)
{
    (void)unused;
    exchange_cases_compare(folder(), "exchanges", TOLERANCE);
}

static void test_allreduce_of_smpi(void **unused)
{
    (void)unused;
    exchange_cases_compare(folder(), "smpi", TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cm02),
        cmocka_unit_test(test_factors_and_window),
        cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_allreduce_of_smpi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
