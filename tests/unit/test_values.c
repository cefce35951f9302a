/* sim/config/values: one typed value, read, checked, printed. */
#define _GNU_SOURCE /* open_memstream */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/units.h"
#include "sim/config/values.h"
#include "tests/rigs/value_fixture.h"

static struct config_key key_of(enum key_type type)
{
    return (struct config_key){.name = "k", .type = type, .preset = "?", .help = "h"};
}

static double real_of(enum key_type type, const char *text)
{
    struct config_key key = key_of(type);
    double x = NAN;
    if (!value_read(&key, text, &x, error, sizeof error))
        fail_msg("'%s': %s", text, error);
    return x;
}

static void type_refuses(enum key_type type, const char *text, const char *because)
{
    struct config_key key = key_of(type);
    assert_refused(&key, text, because);
}

static void units_are_exact(void **state)
{
    (void)state;
    static const struct {
        enum key_type type;
        const char *text;
        double value;
    } rows[] = {{KEY_SECONDS, "10ms", 0.01},
                {KEY_SECONDS, "1.5 s", 1.5},
                {KEY_SECONDS, "20us", 20e-6},
                {KEY_SECONDS, "3ns", 3e-9},
                {KEY_SECONDS, "1.7ms",
                 0.0017}, /* 1.7 * 0.001 and 1.7 / 1000 are other doubles for some such numbers */
                {KEY_SECONDS, "4.35us", 4.35e-6},
                {KEY_SECONDS, "1e3ms", 1},
                {KEY_SECONDS, "0", 0},
                {KEY_SECONDS, "0ms", 0},
                {KEY_BANDWIDTH, "1Gbit/s", 125e6},
                {KEY_BANDWIDTH, "125MB/s", 125e6},
                {KEY_BANDWIDTH, "100kbit/s", 12500},
                {KEY_BANDWIDTH, "8 bit/s", 1},
                {KEY_BANDWIDTH, "2TB/s", 2e12},
                {KEY_BANDWIDTH, "inf", INFINITY},
                {KEY_BYTES, "64KiB", 65536},
                {KEY_BYTES, "10MB", 1e7},
                {KEY_BYTES, "512", 512},
                {KEY_BYTES, "1.5GiB", 1610612736},
                {KEY_FLOPS, "70GFLOP/s", 70e9},
                {KEY_FLOPS, "1TFLOP/s", 1e12},
                {KEY_REAL, "0.1", 0.1},
                {KEY_REAL, "-2.5e-3", -0.0025},
                {KEY_REAL, "+.5", 0.5},
                {KEY_REAL, "5.", 5},
                {KEY_REAL, "1e-999999999999", 0},
                {KEY_REAL, "  7\t", 7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(real_of(rows[i].type, rows[i].text) == rows[i].value);
    assert_false(signbit(real_of(KEY_REAL, "-0")));
}

static void wrong_numbers_are_refused(void **state)
{
    (void)state;
    static const char *const numbers[] = {"",     "-",   ".",        "e5",    "1e",    "1e+",
                                          "0x10", "nan", "inf",      "-inf",  "1,",    "1 000",
                                          "1_0",  "--1", "infinity", "1.2.3", "1e999", "one"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        type_refuses(KEY_REAL, numbers[i], "expected a number, got '");
    type_refuses(KEY_REAL, "1e999", "(too large a number)");
    type_refuses(KEY_REAL, "5ms", "(a plain number, without a unit)");
    type_refuses(KEY_BANDWIDTH, "nan", "expected a bandwidth");
    type_refuses(KEY_BANDWIDTH, "-inf", "expected a bandwidth");
    type_refuses(KEY_SECONDS, "inf", "expected a duration");
}

static void wrong_units_are_refused_with_a_hint(void **state)
{
    (void)state;
    type_refuses(KEY_SECONDS, "5", "expected a duration such as 10ms or 1.5s, got '5' (the unit is missing)");
    type_refuses(KEY_SECONDS, "5m", "unknown unit");
    type_refuses(KEY_SECONDS, "5MS", "(unknown unit; did you mean ms?)");
    type_refuses(KEY_SECONDS, "5km", "(unknown unit; capital and small letters differ)");
    type_refuses(KEY_SECONDS, "5Gbit/s", "unknown unit");
    type_refuses(KEY_BANDWIDTH, "1000", "(the unit is missing: bit/s for bits, B/s for bytes)");
    static const char *const ambiguous[] = {"1Gb/s", "1Gbps", "1gb/s", "1MBps", "1b/s"};
    for (size_t i = 0; i < sizeof ambiguous / sizeof *ambiguous; i++)
        type_refuses(KEY_BANDWIDTH, ambiguous[i], "(ambiguous: write bit/s for bits, B/s for bytes)");
    type_refuses(KEY_BANDWIDTH, "1gbit/s", "(unknown unit; did you mean Gbit/s?)");
    type_refuses(KEY_REAL, "80%", "(a fraction: 0.01 is 1%)");
    type_refuses(KEY_INT, "1-5", "in a sweep, a range is written 1..5)");
    type_refuses(KEY_BANDWIDTH, "1GiB/s", "unknown unit");
    type_refuses(KEY_BYTES, "64KB", "unknown unit");
    type_refuses(KEY_BYTES, "64Kib", "unknown unit");
    type_refuses(KEY_FLOPS, "70", "the unit is missing");
    type_refuses(KEY_FLOPS, "70GFLOPS", "unknown unit");
    type_refuses(KEY_FRACTION, "1/0", "expected a fraction such as 0.25 or 1/3");
    type_refuses(KEY_FRACTION, "1/3.5", "expected a fraction");
    type_refuses(KEY_FRACTION, "1 / 3", "expected a fraction");
    type_refuses(KEY_FRACTION, "-0.5", "expected a fraction");
    type_refuses(KEY_FRACTION, "0.5s", "expected a fraction");
    type_refuses(KEY_FRACTION, "0.1234567890", "at most 9 digits; a third is 1/3");
    type_refuses(KEY_FRACTION, "1/1234567890", "at most 9 digits; a third is 1/3");
    type_refuses(KEY_REAL, "1e999999", "(too large a number)");
    type_refuses(KEY_REAL, "1e-999999 x", "(a plain number, without a unit)");
}

static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {{"16", 16},
                {"1e6", 1000000},
                {"2.5e1", 25},
                {"-3", -3},
                {"4.0", 4},
                {"9007199254740993", 9007199254740993}, /* 2^53 + 1: no double */
                {"9223372036854775807", INT64_MAX}};
    struct config_key key = key_of(KEY_INT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t n = 0;
        assert_true(value_read(&key, rows[i].text, &n, error, sizeof error));
        assert_true(n == rows[i].value);
    }
    assert_refused(&key, "1.5", "expected a whole number, got '1.5' (not whole)");
    assert_refused(&key, "9223372036854775808", "too large a number");
    assert_refused(&key, "1e19", "too large a number");
    assert_refused(&key, "-1e19", "too large a number");
    assert_refused(&key, "0x10", "expected a whole number");
    assert_refused(&key, "3-2", "expected a whole number");
}

static void truth(void **state)
{
    (void)state;
    static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off", "0"};
    struct config_key key = key_of(KEY_BOOL);
    for (int i = 0; i < 4; i++) {
        bool value = false;
        assert_true(value_read(&key, yes[i], &value, error, sizeof error) && value);
        assert_true(value_read(&key, no[i], &value, error, sizeof error) && !value);
    }
    bool value = false;
    assert_true(value_read(&key, "Yes", &value, error, sizeof error) && value);
    assert_true(value_read(&key, "FALSE", &value, error, sizeof error) && !value);
    assert_refused(&key, "y", "expected yes or no, got 'y'");
    assert_refused(&key, "", "expected yes or no, got ''");
    assert_refused(&key, "2", "expected yes or no");
}

static void choices(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_CHOICE), shape = key_of(KEY_TEXT);
    key.choices = (const char *const[]){"nearest", "stochastic", "near", NULL};
    shape.choices = (const char *const[]){"mnist", "cifar", NULL};
    int choice = -1;
    assert_true(value_read(&key, "near", &choice, error, sizeof error));
    assert_int_equal(choice, 2);
    assert_true(value_read(&key, "nearest", &choice, error, sizeof error));
    assert_int_equal(choice, 0);
    assert_refused(&key, "nea", "expected one of nearest, stochastic, near, got 'nea'");
    assert_refused(&key, "nearest|stochastic", "expected one of");
    assert_refused(&key, "", "expected one of");
    assert_refused(&shape, "cifar10", "expected one of mnist, cifar, got 'cifar10'");
    char *text = NULL;
    assert_true(value_read(&shape, "cifar", &text, error, sizeof error));
    assert_string_equal(text, "cifar");
    value_free(&shape, &text);
    assert_null(text);
}

/* Case, hyphens and underscores do not count, and the value is the word of the table. */
static void choices_by_their_letters(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_TEXT);
    char *text = NULL;
    key.choices = (const char *const[]){"fashion_mnist", "cifar10", "a_b", "ab", NULL};
    key.choice = "a name from --list datasets";
    assert_true(value_read(&key, "CIFAR-10", &text, error, sizeof error));
    assert_string_equal(text, "cifar10");
    assert_true(value_read(&key, "FashionMNIST", &text, error, sizeof error));
    assert_string_equal(text, "fashion_mnist");
    assert_true(value_read(&key, "ab", &text, error, sizeof error)); /* equal: not ambiguous */
    assert_string_equal(text, "ab");
    value_free(&key, &text);
    assert_refused(&key, "A-B", "expected a name from --list datasets, got 'A-B'; did you mean");
    assert_refused(&key, "cifar100",
                   "expected a name from --list datasets, got 'cifar100'; did you mean 'cifar10'?");
    assert_refused(&key, "imagenet", "expected a name from --list datasets, got 'imagenet'");
    assert_refused(&key, "", "expected a name from --list datasets, got ''");
}

static void texts(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_TEXT);
    char *text = NULL;
    assert_true(value_read(&key, "  a b=c;d#e ", &text, error, sizeof error));
    assert_string_equal(text, "a b=c;d#e");
    assert_refused(&key, "x # note", "got 'x # note' (a comment behind a value starts with ' ;')");
    assert_refused(&key, "# note", "a comment behind a value starts with ' ;'");
    assert_refused(&key, "x ; note", "';' starts a comment");
    assert_refused(&key, ";x", "';' starts a comment");
    assert_refused(&key, "x\t;y", "';' starts a comment");
    assert_refused(&key, "x\177y", "(control character)");
    assert_refused(&key, "x #y", "a comment behind a value starts with ' ;'");
    assert_refused(&key, "a\nb", "got 'a?b' (control character)");
    assert_refused(&key, "", "expected text, got ''");
    assert_string_equal(text, "a b=c;d#e"); /* what was there stays */
    key.preset = "";
    assert_true(value_read(&key, "", &text, error, sizeof error)); /* empty is a value of these */
    assert_string_equal(text, "");
    value_free(&key, &text);
}

static void lists(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_BANDWIDTH_LIST), names = key_of(KEY_NAMES);
    struct reals list = {0};
    struct names named = {0};
    assert_true(value_read(&key, "1Gbit/s , 100Mbit/s,inf", &list, error, sizeof error));
    assert_int_equal(list.n, 3);
    assert_true(list.at[0] == 125e6 && list.at[1] == 12.5e6 && isinf(list.at[2]));
    assert_true(value_read(&key, "1MB/s", &list, error, sizeof error));
    assert_int_equal(list.n, 1);
    assert_refused(&key, "1MB/s, 2Mb/s, 3MB/s", "got '2Mb/s' (ambiguous");
    assert_refused(&key, "1MB/s,",
                   "expected bandwidths separated by commas such as 1Gbit/s, 125MB/s or inf, got ''");
    assert_refused(&key, ",1MB/s", "got ''");
    value_free(&key, &list);
    assert_true(value_read(&names, "bsp,  losp", &named, error, sizeof error));
    assert_int_equal(named.n, 2);
    assert_string_equal(named.at[1], "losp");
    assert_refused(&names, "bsp losp", "expected different names separated by commas, got 'bsp losp'");
    assert_refused(&names, "bsp, losp, bsp", "got 'bsp' (given twice)");
    assert_refused(&names, "bsp,,losp", "got ''");
    assert_refused(&names, "bsp,;;losp", "got ';;losp' (';' starts a comment)"); /* a dump has ", " there */
    assert_refused(&names, "bsp,#losp", "got '#losp' (a comment behind a value starts with ' ;')");
    value_free(&names, &named);
    assert_int_equal(named.n, 0);
}

static void bounds(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_REAL);
    key.max = 1, key.above_min = 1;
    assert_refused(&key, "0", "expected a number > 0 and <= 1, got '0'");
    assert_refused(&key, "1.0000001", "expected a number > 0 and <= 1");
    key.above_min = 0, key.below_max = 1;
    assert_refused(&key, "1", "expected a number >= 0 and < 1, got '1'");
    key = key_of(KEY_INT);
    key.min = 1, key.max = 1024;
    assert_refused(&key, "0", "expected a whole number from 1 to 1024, got '0'");
    assert_refused(&key, "1025", "from 1 to 1024");
    key.max = 0; /* no upper bound */
    assert_refused(&key, "-5", "expected a whole number >= 1, got '-5'");
    int64_t n;
    assert_true(value_read(&key, "1e18", &n, error, sizeof error));
    key = key_of(KEY_SECONDS);
    key.min = 0.001, key.max = 60;
    assert_refused(&key, "2e3s", "expected a duration from 1ms to 60s such as 10ms or 1.5s, got '2e3s'");
    key = key_of(KEY_SECONDS_LIST);
    key.above_min = 1;
    assert_refused(&key, "1s, 0", "expected durations > 0 separated by commas such as 10ms or 1.5s, got '0'");
    key = key_of(KEY_REAL);
    key.min = -INFINITY, key.max = 5;
    assert_refused(&key, "6", "expected a number <= 5, got '6'");
}

static void not_given(void **state)
{
    (void)state;
    static const enum key_type types[] = {
        KEY_INT,   KEY_REAL,  KEY_TEXT,         KEY_CHOICE,         KEY_SECONDS, KEY_BANDWIDTH, KEY_BYTES,
        KEY_FLOPS, KEY_REALS, KEY_SECONDS_LIST, KEY_BANDWIDTH_LIST, KEY_NAMES,   KEY_MILESTONES};
    static const char *const words[] = {"a", "b", NULL};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct config_key key = {
            .name = "k", .type = types[i], .choices = types[i] == KEY_CHOICE ? words : NULL};
        union field field;
        value_unset(&key, &field);
        assert_false(value_given(&key, &field));
        static const char *const samples[] = {"2", "a", "2s", "2GB/s", "2GFLOP/s"};
        bool read = false;
        for (size_t s = 0; s < sizeof samples / sizeof *samples && !read; s++)
            read = value_read(&key, samples[s], &field, error, sizeof error);
        assert_true(read && value_given(&key, &field));
        assert_true(value_read(&key, " ", &field, error, sizeof error));
        assert_false(value_given(&key, &field));
        char *text = printed(&key, &field);
        assert_string_equal(text, "");
        free(text);
    }
}

/* -1 and "" are values like others where a key cannot be left out. */
static void values_that_look_not_given(void **state)
{
    (void)state;
    struct config_key key = key_of(KEY_INT);
    int64_t n;
    assert_true(value_read(&key, "-1", &n, error, sizeof error));
    char *text = printed(&key, &n);
    assert_string_equal(text, "-1");
    free(text);
}

static void nice_printing(void **state)
{
    (void)state;
    static const struct {
        enum key_type type;
        const char *read, *printed;
    } rows[] = {{KEY_SECONDS, "0.1ms", "100us"},
                {KEY_SECONDS, "0.00002s", "20us"},
                {KEY_SECONDS, "120s", "120s"},
                {KEY_SECONDS, "0", "0s"},
                {KEY_SECONDS, "1.5s", "1.5s"},
                {KEY_BANDWIDTH, "10Gbit/s", "10Gbit/s"},
                {KEY_BANDWIDTH, "125MB/s", "1Gbit/s"},
                {KEY_BANDWIDTH, "inf", "inf"},
                {KEY_BANDWIDTH, "100Mbit/s", "100Mbit/s"},
                {KEY_BYTES, "65536", "64KiB"},
                {KEY_BYTES, "10MB", "10MB"},
                {KEY_BYTES, "512", "512B"},
                {KEY_FLOPS, "70GFLOP/s", "70GFLOP/s"},
                {KEY_REAL, "0.1", "0.1"},
                {KEY_REAL, "1e-8", "1e-8"},
                {KEY_REAL, "-1250", "-1250"},
                {KEY_REAL, "0.0123", "0.0123"},
                {KEY_FRACTION, "1/3", "1/3"},
                {KEY_FRACTION, "4/12", "1/3"},
                {KEY_FRACTION, ".50", "0.5"},
                {KEY_FRACTION, "0/7", "0"},
                {KEY_FRACTION, "0.125", "0.125"},
                {KEY_FRACTION, "999999999/2", "499999999.5"},
                {KEY_REAL, "1.25e20", "1.25e20"},
                {KEY_REALS, "0.5,0.75", "0.5, 0.75"},
                {KEY_NAMES, "a,b", "a, b"},
                {KEY_BOOL, "on", "yes"},
                {KEY_INT, "1e6", "1000000"},
                {KEY_REAL, "1e15", "1000000000000000"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config_key key = key_of(rows[i].type);
        union field field;
        value_unset(&key, &field);
        assert_true(value_read(&key, rows[i].read, &field, error, sizeof error));
        char *text = printed(&key, &field);
        assert_string_equal(text, rows[i].printed);
        free(text);
        value_free(&key, &field);
    }
}

static void survives_printing(enum key_type type, double x)
{
    struct config_key key = key_of(type);
    char *text = printed(&key, &x);
    double again = real_of(type, text);
    if (again != x)
        fail_msg("%a printed as %s is %a", x, text, again);
    free(text);
}

static uint64_t scramble(uint64_t x) /* splitmix64, Steele, Lea and Flood 2014 */
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static void every_double_survives_printing(void **state)
{
    (void)state;
    static const enum key_type types[] = {KEY_REAL, KEY_SECONDS, KEY_BANDWIDTH, KEY_BYTES, KEY_FLOPS};
    static const double special[] = {0,
                                     1.0 / 3,
                                     0.1,
                                     1e-9,
                                     1e300,
                                     DBL_MAX,
                                     DBL_MIN,
                                     DBL_TRUE_MIN,
                                     DBL_MAX / 4,
                                     999.9999999999999,
                                     1e15,
                                     1e16,
                                     123456789012345680.0,
                                     1e22,
                                     1e23};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        for (size_t i = 0; i < sizeof special / sizeof *special; i++)
            survives_printing(types[t], special[i]);
        for (uint64_t i = 0; i < 4000; i++) {
            uint64_t bits = scramble(i) & INT64_MAX;
            double any, common = ldexp((double)(scramble(i) >> 11), (int)(i % 100) - 90);
            memcpy(&any, &bits, sizeof any);
            survives_printing(types[t], common);
            if (isfinite(any))
                survives_printing(types[t], any);
        }
    }
}

static void locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", NULL};
    for (int i = 0; commas[i]; i++)
        if (setlocale(LC_ALL, commas[i])) {
            nice_printing(state);
            assert_true(real_of(KEY_SECONDS, "1.5s") == 1.5);
            type_refuses(KEY_SECONDS, "1,5s", "unknown unit");
            setlocale(LC_ALL, "C");
            return;
        }
    print_message("no locale with a decimal comma here: not tried\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(units_are_exact),
                                       cmocka_unit_test(wrong_numbers_are_refused),
                                       cmocka_unit_test(wrong_units_are_refused_with_a_hint),
                                       cmocka_unit_test(whole_numbers),
                                       cmocka_unit_test(truth),
                                       cmocka_unit_test(choices),
                                       cmocka_unit_test(choices_by_their_letters),
                                       cmocka_unit_test(texts),
                                       cmocka_unit_test(lists),
                                       cmocka_unit_test(bounds),
                                       cmocka_unit_test(not_given),
                                       cmocka_unit_test(values_that_look_not_given),
                                       cmocka_unit_test(nice_printing),
                                       cmocka_unit_test(every_double_survives_printing),
                                       cmocka_unit_test(locale_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
