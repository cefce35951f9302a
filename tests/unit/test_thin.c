/* sim/report/thin: what is left out cannot be seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "sim/report/thin.h"

enum { POINTS = 200000 };

static double x[POINTS], mean[POINTS], low[POINTS], high[POINTS];
static bool keep[POINTS];

static struct band band_of(size_t n)
{
    return (struct band){n, x, mean, low, high};
}

/* A wild curve: noise, single peaks, a band. */
static void make(void)
{
    unsigned long state = 1;
    for (size_t i = 0; i < POINTS; i++) {
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        x[i] = (double)(i + 1) * 0.7;
        mean[i] = sin((double)i / 9000) + (double)(state >> 40) / 0x1p27 + (i % 7919 == 0 ? 5 : 0);
        low[i] = mean[i] - (double)(state >> 60) / 10;
        high[i] = mean[i] + (double)(state >> 61) / 10;
    }
}

/* The least and the largest of a curve over columns of a figure, of all points or of those that are drawn. */
static void extent(const double *y, double end, long column, bool drawn, double *least, double *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    for (size_t i = 0; i < POINTS; i++)
        if ((long)(x[i] / end * THIN_COLUMNS) == column && (!drawn || keep[i])) {
            *least = fmin(*least, y[i]);
            *most = fmax(*most, y[i]);
        }
}

static void each_column_keeps_its_extent(void **state)
{
    (void)state;
    make();
    struct band b = band_of(POINTS);
    double end = x[POINTS - 1];
    size_t n = thin(keep, &b, x[0], end, false);
    assert_true(n <= 7 * (THIN_COLUMNS + 1));
    assert_true(keep[0] && keep[POINTS - 1]);
    for (long column = 0; column < THIN_COLUMNS; column += 37) {
        const double *y[] = {mean, low, high};
        for (int i = 0; i < 3; i++) {
            double least, most, drawn_least, drawn_most;
            extent(y[i], end, column, false, &least, &most);
            extent(y[i], end, column, true, &drawn_least, &drawn_most);
            if (i != 2) /* the upper edge of a band needs its peaks, the lower one its valleys */
                assert_true(least == drawn_least);
            if (i != 1)
                assert_true(most == drawn_most);
        }
    }
}

/* No point is further from a drawn one than two columns, on either axis. */
static void no_column_is_empty(void **state)
{
    (void)state;
    make();
    struct band b = band_of(POINTS);
    double end = x[POINTS - 1], range = log(end / x[0]);
    size_t n = thin(keep, &b, x[0], end, true);
    assert_true(n <= 7 * 2 * (THIN_COLUMNS + 1));
    double before = x[0];
    for (size_t i = 1; i < POINTS; i++)
        if (keep[i]) {
            bool next = i > 0 && keep[i - 1];
            assert_true(next || (x[i] - before) / end <= 2.0 / THIN_COLUMNS);
            assert_true(next || log(x[i] / before) / range <= 2.0 / THIN_COLUMNS);
            before = x[i];
        }
}

static void short_curves_stay_whole(void **state)
{
    (void)state;
    make();
    struct band b = band_of(THIN_LEAST);
    assert_true(thin(keep, &b, x[0], x[THIN_LEAST - 1], false) == THIN_LEAST);
    b = band_of(0);
    assert_true(thin(keep, &b, INFINITY, 0, true) == 0);
}

static void gaps_stay(void **state)
{
    (void)state;
    make();
    for (size_t i = 100000; i < 100003; i++)
        mean[i] = low[i] = high[i] = NAN;
    struct band b = band_of(POINTS);
    thin(keep, &b, x[0], x[POINTS - 1], false);
    assert_true(keep[100000] || keep[100001] || keep[100002]);
    for (size_t i = 0; i < POINTS; i++)
        mean[i] = low[i] = high[i] = NAN;
    assert_true(thin(keep, &b, x[0], x[POINTS - 1], false) <= 3 * (THIN_COLUMNS + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_column_keeps_its_extent),
        cmocka_unit_test(no_column_is_empty),
        cmocka_unit_test(short_curves_stay_whole),
        cmocka_unit_test(gaps_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
