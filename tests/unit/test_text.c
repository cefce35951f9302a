/* sim/base/text: near words, sizes, durations, quotes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"

static const char *const words[] = {"latency", "bandwidth", "bandwidth_up", "seed", NULL};

static const char *word(const void *context, size_t i)
{
    return ((const char *const *)context)[i];
}

static void nearest_word(void **state)
{
    (void)state;
    assert_string_equal(text_nearest("latancy", word, words), "latency");
    assert_string_equal(text_nearest("latency", word, words), "latency");
    assert_string_equal(text_nearest("bandwith", word, words), "bandwidth");
    assert_string_equal(text_nearest("bandwidthup", word, words), "bandwidth_up");
    assert_string_equal(text_nearest("sed", word, words), "seed");
    assert_string_equal(text_nearest("eed", word, words), "seed");
    assert_null(text_nearest("momentum", word, words));
    assert_null(text_nearest("sxxx", word, words)); /* three changes; a third of four, plus one, are two */
    assert_null(text_nearest("", word, words));
    assert_string_equal(text_nearest("LATANCY", word, words), "latency");
    assert_string_equal(text_nearest("band", word, words), "bandwidth"); /* the beginning of it */
    assert_null(text_nearest("ba", word, words));
    assert_string_equal(text_nearest("bu", word, words), "bandwidth_up"); /* its initials */
    assert_null(text_nearest("bx", word, words));
    assert_string_equal(text_nearest("latency_of_link", word, words), "latency");
    assert_null(text_nearest("latencyoflinks", word, words));
}

static void words_by_their_letters(void **state)
{
    (void)state;
    static const char *const known[] = {"local_sgd", "cifar10", "x_y", "xy", "-", NULL};
    assert_int_equal(text_find(known, "local_sgd"), 0);
    assert_int_equal(text_find(known, "Local-SGD"), 0);
    assert_int_equal(text_find(known, "_CIFAR-10_"), 1);
    assert_int_equal(text_find(known, "xy"), 3);
    assert_int_equal(text_find(known, "XY"), -1); /* two fit */
    assert_int_equal(text_find(known, "cifar"), -1);
    assert_int_equal(text_find(known, "-"), 4);
}

static void nearest_of_none_or_to_a_long_word(void **state)
{
    (void)state;
    char longer[5000];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    const char *const none[] = {NULL}, *const one[] = {longer, NULL};
    assert_null(text_nearest("seed", word, none));
    assert_null(text_nearest(longer, word, words));
    assert_null(text_nearest("seed", word, one));
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, "0 B"},
                {1023, "1023 B"},
                {1024, "1.00 KiB"},
                {65536, "64.0 KiB"},
                {9888072, "9.43 MiB"},
                {1048575, "1.00 MiB"}, /* not 1024 KiB */
                {512ull << 20, "512 MiB"},
                {3ull << 40, "3.00 TiB"},
                {UINT64_MAX, "16.0 EiB"}};
    char out[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(text_bytes(out, sizeof out, rows[i].bytes), rows[i].text);
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {{0, "0 ns"},
                {999, "999 ns"},
                {1000, "1.00 us"},
                {999700, "1.00 ms"}, /* not 1000 us */
                {350000000, "350 ms"},
                {12400000000, "12.4 s"},
                {119900000000, "120 s"},
                {120000000000, "2 min 0 s"},
                {203000000000, "3 min 23 s"},
                {3599600000000, "1 h 0 min"},
                {90000000000000, "25 h 0 min"},
                {-350000000, "-350 ms"},
                {INT64_MIN, "-2562047 h 47 min"}};
    char out[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(text_duration(out, sizeof out, rows[i].ns), rows[i].text);
}

static void more_than_an_integer_holds(void **state)
{
    (void)state;
    static const struct {
        double bytes, ns;
        const char *size, *duration;
    } rows[] = {{1536, 2500, "1.50 KiB", "2.50 us"},
                {0x1p61, 0x1p61, "2.00 EiB", "640511 h 56 min"},
                {0x1p62, 0x1p62, "4 EiB", "1281024 h"},
                {0x1p63, 0x1p63, "8 EiB", "2562048 h"},
                {1e21, 1e19, "867 EiB", "2777778 h"},
                {1e24, 3.6e23, "867362 EiB", "100000000000 h"},
                {1e80, 1e80, "8.67361737988e+61 EiB", "2.77777777778e+67 h"}};
    char out[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(text_bytes_real(out, sizeof out, rows[i].bytes), rows[i].size);
        assert_string_equal(text_duration_real(out, sizeof out, rows[i].ns), rows[i].duration);
    }
    assert_string_equal(text_duration_real(out, sizeof out, 0.4), "0 ns");
    assert_string_equal(text_duration_real(out, sizeof out, -1e30), "-2.77777777778e+17 h");
}

static void small_buffers(void **state)
{
    (void)state;
    char out[4];
    assert_string_equal(text_bytes(out, sizeof out, 9888072), "9.4");
    assert_string_equal(text_duration(out, sizeof out, -350000000), "-35");
    assert_string_equal(text_duration(out, 1, -350000000), "");
}

static void quotes(void **state)
{
    (void)state;
    char out[13];
    assert_string_equal(text_quote(out, sizeof out, "a\nb\x7F"), "'a?b?'");
    assert_string_equal(text_quote(out, sizeof out, ""), "''");
    assert_string_equal(text_quote(out, sizeof out, "1234567"), "'1234567'");
    assert_string_equal(text_quote(out, sizeof out, "12345678"), "'1234567...'");
    assert_string_equal(text_quote(out, sizeof out, "123456\xC3\xA4x"), "'123456...'"); /* no half letter */
}

static void formats(void **state)
{
    (void)state;
    char *text = text_format("%s-%d", "x", 7);
    assert_string_equal(text, "x-7");
    free(text);
}

static void characters_of_utf_8(void **state)
{
    static const struct {
        const char *text;
        size_t bytes;
    } seen[] = {{"a", 1},
                {"\n", 1},
                {"\xc3\xbc", 2},
                {"\xe2\x82\xac", 3},
                {"\xf0\x9f\x98\x80", 4},
                {"\xff", 0},
                {"\xfe", 0},
                {"\xbc", 0},
                {"\xc0\x80", 0},
                {"\xc1\xbf", 0},
                {"\xc3", 0},
                {"\xc3(", 0},
                {"\xe2\x82", 0},
                {"\xe0\x80\x80", 0},
                {"\xed\xa0\x80", 0},
                {"\xf0\x80\x80\x80", 0},
                {"\xf4\x90\x80\x80", 0},
                {"\xf5\x80\x80\x80", 0},
                {"\xf0\x9f\x98", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_int_equal(text_character(seen[i].text), seen[i].bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_word),
        cmocka_unit_test(words_by_their_letters),
        cmocka_unit_test(nearest_of_none_or_to_a_long_word),
        cmocka_unit_test(sizes),
        cmocka_unit_test(durations),
        cmocka_unit_test(more_than_an_integer_holds),
        cmocka_unit_test(small_buffers),
        cmocka_unit_test(quotes),
        cmocka_unit_test(characters_of_utf_8),
        cmocka_unit_test(formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
