/* The line of a sweep's progress: as wide as the terminal and no wider. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/sweep/progress.h"

static const struct point points[] = {{.index = 13}, {.index = 14}};
static const struct running running[] = {{&points[0], "losp", 0.63, 0.452}, {&points[1], "bsp", 0.1, NAN}};
static const struct sweep_view some = {
    .over = 12, .points = 36, .share = 0.42, .left_s = 200, .running = 2, .run = running};

static const char *line(int columns, const struct sweep_view *v)
{
    static char out[1024];
    int wide = sweep_format(out, sizeof out, &(struct look){.columns = columns}, v);
    assert_int_equal(wide, strlen(out));
    assert_true(wide < columns || columns < 1);
    return out;
}

static void a_wide_line_says_everything(void **state)
{
    (void)state;
    assert_string_equal(line(120, &some), "12 of 36  ######-.........   42 %  0013 losp  63 %  acc "
                                          "45.20 %  0014 bsp  10 %   3 min 20 s left");
}

static void running_points_go_first(void **state)
{
    (void)state;
    const char *at_80 = line(80, &some);
    assert_non_null(strstr(at_80, "0013 losp  63 %"));
    assert_null(strstr(at_80, "0014"));
    assert_non_null(strstr(at_80, "left"));
    assert_null(strstr(line(50, &some), "0013"));
    assert_non_null(strstr(line(50, &some), "left"));
    assert_string_equal(line(18, &some), "12 of 36   42 %");
    assert_string_equal(line(9, &some), "12 of 36");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    struct sweep_view v = some;
    v.left_s = NAN;
    v.running = 0;
    assert_string_equal(line(40, &v), "12 of 36  ###-....   42 %");
    for (int columns = 1; columns < 200; columns++) {
        assert_null(strstr(line(columns, &v), "nan"));
        line(columns, &some);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_line_says_everything),
        cmocka_unit_test(running_points_go_first),
        cmocka_unit_test(what_is_not_known_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
