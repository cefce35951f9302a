/* The progress line, as wide as the terminal and no wider. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/output/progress.h"

static const struct progress half = {.name = "dqlosp",
                                     .share = 0.5,
                                     .epoch = 4.31,
                                     .accuracy = 0.5185,
                                     .virtual_ns = 34500000000,
                                     .bytes = 3 << 20,
                                     .images_per_s = 2310.4,
                                     .left_s = 61.2};

static const char *line(int columns, bool blocks, bool colour, const struct progress *p)
{
    static char out[1024];
    progress_format(out, sizeof out, &(struct look){columns, blocks, colour}, p);
    return out;
}

static void a_wide_line_says_everything(void **state)
{
    (void)state;
    assert_string_equal(
        line(140, false, false, &half),
        "dqlosp          ################................   50 %  epoch   4.31  acc 51.85 %    34.5 s virtual"
        "  3.00 MiB   2310 img/s       62 s left");
}

static void the_least_important_goes_first(void **state)
{
    (void)state;
    assert_null(strstr(line(110, false, false, &half), "img/s"));
    assert_non_null(strstr(line(110, false, false, &half), "MiB"));
    assert_string_equal(line(80, false, false, &half),
                        "dqlosp          ####-....   50 %  acc 51.85 %    34.5 s virtual       62 s left");
    assert_string_equal(line(35, false, false, &half), "dqlosp           50 %  acc 51.85 %");
    assert_string_equal(line(24, false, false, &half), "dqlosp           50 %");
    assert_string_equal(line(8, false, false, &half), "dqlosp ");
    assert_string_equal(line(1, false, false, &half), "");
}

static void what_is_not_known_leaves_its_place(void **state)
{
    (void)state;
    struct progress p = half;
    p.accuracy = p.images_per_s = p.left_s = NAN;
    assert_int_equal(strlen(line(140, false, false, &p)), strlen(line(140, false, false, &half)) + 0);
    assert_null(strstr(line(140, false, false, &p), "acc"));
    assert_null(strstr(line(140, false, false, &p), "nan"));
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    static const struct progress many[] = {
        {.name = "a_name_that_is_longer_than_most",
         .share = 1,
         .epoch = 123456.789,
         .accuracy = 1,
         .virtual_ns = INT64_MAX,
         .real = true,
         .bytes = INT64_MAX,
         .images_per_s = 1e12,
         .left_s = 1e300},
        {.name = "", .accuracy = NAN, .images_per_s = NAN, .left_s = INFINITY},
        {.name = "x", .share = 0.999999, .left_s = 119.9}};
    char out[1024];
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        for (int columns = 1; columns < 200; columns++) {
            int took = progress_format(out, sizeof out, &(struct look){columns, false, false}, &many[i]);
            assert_true(took < columns);
            assert_int_equal(strlen(out), took);
        }
}

static void blocks_are_drawn_in_eighths(void **state)
{
    (void)state;
    struct progress p = half;
    p.share = 0.0;
    assert_non_null(strstr(line(140, true, false, &p), "  \xC2\xB7\xC2\xB7"));
    p.share = 1.0 / 32 + 3.0 / 256; /* one whole block of 32, and three eighths: U+2588, U+258D */
    assert_non_null(strstr(line(140, true, false, &p), "  \xE2\x96\x88\xE2\x96\x8D\xC2\xB7"));
    p.share = 1;
    assert_null(strstr(line(140, true, false, &p), "\xC2\xB7"));
}

static void colour_is_only_where_it_is_wanted(void **state)
{
    (void)state;
    assert_null(strchr(line(100, true, false, &half), '\033'));
    assert_non_null(strstr(line(100, true, true, &half), "\033[36m"));
    assert_non_null(strstr(line(100, true, true, &half), "\033[0m"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_line_says_everything),
        cmocka_unit_test(the_least_important_goes_first),
        cmocka_unit_test(what_is_not_known_leaves_its_place),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(blocks_are_drawn_in_eighths),
        cmocka_unit_test(colour_is_only_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
