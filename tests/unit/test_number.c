/* sim/base/number: every value and every text equals that of strtod, strtoll and printf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/number.h"

enum { DRAWS = 100000 };

static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- writing ---- */

static void writes_real(double x)
{
    char want[NUMBER_ROOM], got[NUMBER_ROOM + 1];
    snprintf(want, sizeof want, "%.9g", x);
    char *end = number_put_real(got, x);
    *end = '\0';
    if (isnan(x))
        assert_string_equal(got, "NaN");
    else
        assert_string_equal(got, want);
}

static void reals_as_printf(void **unused)
{
    static const double some[] = {0,
                                  -0.0,
                                  1,
                                  0.5,
                                  0.1,
                                  1e-5,
                                  9.9999999949e-5,
                                  1e8,
                                  999999999,
                                  1e9,
                                  999999999.5,
                                  999999998.5,
                                  123456789.5,
                                  1e22,
                                  1e23,
                                  1e27,
                                  1e28,
                                  1e36,
                                  5e-324,
                                  1e-300,
                                  1.7976931348623157e308,
                                  0.125,
                                  1234567890.5,
                                  4.503599627370497e15,
                                  2.5,
                                  1.0000000005,
                                  99999999.95,
                                  INFINITY,
                                  -INFINITY,
                                  NAN,
                                  0.00012345678949999,
                                  1e-4,
                                  9.99999999e-5};
    (void)unused;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        writes_real(some[i]);
        writes_real(-some[i]);
        writes_real(nextafter(some[i], INFINITY));
        writes_real(nextafter(some[i], -INFINITY));
    }
    for (int i = 0; i < DRAWS; i++) {
        writes_real(from_bits(draw()));                            /* every exponent */
        writes_real((double)(draw() % 2000000000) / 1e9);          /* shares and losses */
        writes_real(((double)(draw() % 1000000000) + 0.5) / 1000); /* ties, and nearly ties */
        writes_real((double)(draw() % 100000000000) * pow(10, (int)(draw() % 60) - 30));
    }
}

static void writes_int(int64_t n)
{
    char want[NUMBER_ROOM], got[NUMBER_ROOM + 1];
    snprintf(want, sizeof want, "%" PRId64, n);
    *number_put_int(got, n) = '\0';
    assert_string_equal(got, want);
    uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
    snprintf(want, sizeof want, "%s%" PRIu64 ".%09" PRIu64, n < 0 ? "-" : "", size / 1000000000,
             size % 1000000000);
    *number_put_seconds(got, n) = '\0';
    assert_string_equal(got, want);
}

static void wholes_as_printf(void **unused)
{
    static const int64_t some[] = {0, 9, 10, 99, 100, 999999999, 1000000000, INT64_MAX, INT64_MIN};
    (void)unused;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        writes_int(some[i]);
        writes_int(-some[i] + (some[i] == INT64_MIN));
    }
    for (int i = 0; i < DRAWS; i++)
        writes_int((int64_t)(draw() >> draw() % 64));
}

/* ---- reading ---- */

static void reads_real(const char *text)
{
    char *end;
    double want = strtod(text, &end), got = 0;
    assert_true(*text && !*end);
    if (!number_real(text, strlen(text), &got))
        fail_msg("%s is no number", text);
    if (isnan(want))
        assert_true(isnan(got));
    else if (bits_of(got) != bits_of(want))
        fail_msg("%s: expected %.17g, got %.17g", text, want, got);
}

static void reals_as_strtod(void **unused)
{
    static const char *const some[] = {"0",
                                       "-0",
                                       "1.",
                                       ".5",
                                       "0.1",
                                       "-0.1",
                                       "1e5",
                                       "1e+05",
                                       "1e-05",
                                       "1E22",
                                       "1e23",
                                       "9007199254740993",
                                       "123456789012345",
                                       "1234567890123456",
                                       "0.000000000000000000000001",
                                       "1e308",
                                       "1e999",
                                       "5e-324",
                                       "2.2250738585072011e-308",
                                       "00012.50",
                                       "0.30000000000000004",
                                       "NaN",
                                       "nan",
                                       "inf",
                                       "-inf",
                                       "+1.5",
                                       "1e0005",
                                       "999999999999999e22",
                                       "1e-22"};
    char text[64];
    (void)unused;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        reads_real(some[i]);
    for (int i = 0; i < DRAWS; i++) {
        double x = from_bits(draw());
        if (!isfinite(x))
            continue;
        snprintf(text, sizeof text, "%.*g", (int)(1 + draw() % 17), x);
        reads_real(text);
        snprintf(text, sizeof text, "%.*e", (int)(draw() % 17), (double)(draw() % 1000000) / 1e3);
        reads_real(text);
        snprintf(text, sizeof text, "%.*f", (int)(draw() % 12), (double)(int64_t)draw() / 0x1p40);
        reads_real(text);
    }
}

static void what_is_no_number(void **unused)
{
    static const char *const some[] = {
        "",     "-",      ".",   "e5", "1e",
        "1e+",  "1.2.3",  "1,2", " 1", "1 ",
        "0x10", "nan(1)", "--1", "1f", "1111111111111111111111111111111111111111111111111111111111111111"};
    int64_t whole;
    double real;
    (void)unused;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        if (number_real(some[i], strlen(some[i]), &real) || number_int(some[i], strlen(some[i]), &whole))
            fail_msg("'%s' is a number", some[i]);
    }
    assert_false(number_real("1\0002", 3, &real));
    assert_false(number_int("1\0002", 3, &whole));
    assert_false(number_int("1.5", 3, &whole));
    assert_false(number_int("9223372036854775808", 19, &whole));
}

static void reads_only_what_it_is_told(void **unused)
{
    int64_t whole;
    double real;
    (void)unused;
    assert_true(number_int("12,34", 2, &whole) && whole == 12);
    assert_true(number_real("1.5,34", 3, &real) && real == 1.5);
    assert_true(number_seconds("1.000000002,3", 11, &whole) && whole == 1000000002);
}

static void wholes_as_strtoll(void **unused)
{
    static const char *const some[] = {
        "0", "-0", "+7", "007", "999999999999999999", "-9223372036854775808", "9223372036854775807"};
    int64_t got;
    char text[64];
    (void)unused;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_true(number_int(some[i], strlen(some[i]), &got) && got == strtoll(some[i], NULL, 10));
    for (int i = 0; i < DRAWS; i++) {
        int64_t want = (int64_t)(draw() >> draw() % 64);
        *number_put_int(text, want) = '\0';
        assert_true(number_int(text, strlen(text), &got) && got == want);
        *number_put_seconds(text, want) = '\0';
        assert_true(number_seconds(text, strlen(text), &got) && got == want);
    }
    static const char *const none[] = {
        "",          "1",          "1.0", "1.0000000000", "1,000000000", "a.000000000", "1.00000000x",
        "000000000", "1.-00000000"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(number_seconds(none[i], strlen(none[i]), &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reals_as_printf),   cmocka_unit_test(wholes_as_printf),
        cmocka_unit_test(reals_as_strtod),   cmocka_unit_test(wholes_as_strtoll),
        cmocka_unit_test(what_is_no_number), cmocka_unit_test(reads_only_what_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
