/* The network against TCP flows that Linux sent through shaped links: those measured once and committed, or those of
 * the folder that the environment variable KERNEL_FIXTURES names (make check-kernel). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "tests/rigs/stars.h"

static const double TOLERANCE = 0.03;

static void test_measured_flows(void **unused)
{
    (void)unused;
    const char *given = getenv("KERNEL_FIXTURES");
    stars_compare(given ? given : "tests/kernel/fixtures", "kernel", TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measured_flows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
