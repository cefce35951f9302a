/* Advice: which local steps are enough, what beats what, the order of the rest, and the sentences. Figures are made up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/advise/advise.h"
#include "sim/base/text.h"

static struct candidate made(const char *name, int64_t steps, double ns, double bytes, double apart)
{
    return (struct candidate){.name = text_copy(name),
                              .key = steps ? text_copy("local_steps") : NULL,
                              .steps = steps,
                              .is = {.ns = ns,
                                     .bytes = bytes,
                                     .apart = apart,
                                     .steps = 1 + apart,
                                     .compression = 1,
                                     .busy = 0.4,
                                     .waiting = 0.6}};
}

static void release(struct advice *a)
{
    for (int i = 0; i < a->n; i++) {
        free(a->at[i].name);
        free(a->at[i].key);
        free(a->at[i].refusal);
    }
}

static void judge(struct advice *a)
{
    advice_choose(a);
    advice_rank(a);
}

/* Of 1, 2, 4, 8 local steps the least that have a time within 5 % of the shortest. */
static void test_steps(void **state)
{
    (void)state;
    struct candidate all[] = {made("ref", 0, 100, 1000, 0), made("local", 1, 100, 900, 0),
                              made("local", 2, 70, 500, 1), made("local", 4, 51, 250, 3),
                              made("local", 8, 50, 125, 7)};
    struct advice a = {.n = 5, .at = all, .samples = 100};
    judge(&a);
    assert_int_equal(all[3].standing, CANDIDATE);
    assert_int_equal(all[3].rank, 1);
    for (int i = 1; i < 5; i++)
        if (i != 3) {
            assert_int_equal(all[i].standing, NOT_CHOSEN);
            assert_int_equal(all[i].by, 3);
            assert_int_equal(all[i].rank, 0);
        }
    release(&a);
}

/* What is slower, needs more bytes and keeps models further apart is beaten; 10 % more time is as good. */
static void test_beaten(void **state)
{
    (void)state;
    struct candidate all[] = {made("ref", 0, 100, 1000, 0), made("good", 0, 50, 500, 2),
                              made("worse", 0, 60, 600, 3), made("near", 0, 51, 500, 1),
                              made("slow", 0, 150, 900, 0), made("close", 0, 90, 1000, 0)};
    struct advice a = {.n = 6, .at = all, .samples = 100};
    judge(&a);
    assert_int_equal(all[3].rank, 1); /* as fast as "good" but for 2 %, and closer together */
    assert_int_equal(all[1].standing, BEATEN);
    assert_int_equal(all[1].by, 3);
    assert_int_equal(all[2].standing, BEATEN);
    assert_int_equal(all[4].standing, COSTS_MORE); /* fewer bytes, but more time than the reference */
    assert_int_equal(all[5].rank, 2);
    assert_int_equal(all[0].standing, REFERENCE);
    assert_ptr_equal(advice_of_rank(&a, 2), &all[5]);
    assert_null(advice_of_rank(&a, 3));
    release(&a);
}

/* Compression counts: a coded message beats nothing that is not coded. */
static void test_compression(void **state)
{
    (void)state;
    struct candidate all[] = {made("ref", 0, 100, 1000, 0), made("coded", 0, 40, 10, 0),
                              made("plain", 0, 60, 500, 0)};
    struct advice a = {.n = 3, .at = all, .samples = 100};
    all[1].is.compression = 50;
    judge(&a);
    assert_int_equal(all[1].rank, 1);
    assert_int_equal(all[2].rank, 2);
    release(&a);
}

static char *written(const struct advice *a, const struct candidate *c)
{
    char *text;
    size_t size;
    FILE *out = text_begin(&text, &size);
    if (c)
        reasons_write(a, c, out);
    else
        others_write(a, out);
    text_end(out, &text);
    return text;
}

static void expect(const char *text, const char *words)
{
    bool there = strstr(text, words);
    if (!there)
        print_error("expected \"%s\" in\n%s", words, text);
    assert_true(there);
}

static void test_words(void **state)
{
    (void)state;
    struct candidate all[] = {made("ref", 0, 100e6, 1 << 20, 0),
                              made("local", 4, 50e6, 1 << 18, 3),
                              made("local", 8, 49e6, 1 << 17, 7),
                              made("twin: local", 0, 50e6, 1 << 18, 3),
                              made("same", 0, 100e6, 1 << 20, 0),
                              made("slow", 0, 200e6, 1 << 10, 0),
                              made("no", 0, 0, 0, 0),
                              made("now", 0, 0, 0, 0)};
    struct advice a = {.n = 8, .at = all, .samples = 2000};
    all[1].is.busy = 0.9;
    all[1].is.waiting = 0.1;
    all[1].is.staleness = 0.9;
    all[1].is.most_stale = 1;
    all[3].is.staleness = 0.9;
    all[6].refusal = text_copy("algorithm.no.k: expected 1, got 2: with no it is not");
    all[7].refusal = text_copy("algorithm.now.k: expected 1, got 2: with now it is not");
    judge(&a);
    char *text = written(&a, advice_of_rank(&a, 1));
    expect(text, "1. local, local_steps = 4\n");
    expect(text, "2.00 times as fast as ref: 2000 samples take 50.0 ms instead of 100 ms");
    expect(text, "compute 90 % of the time and wait 10 % (ref: 40 % and 60 %)");
    expect(text, "256 KiB on the wire, 25 % of the bytes of ref");
    expect(text, "more local iterations would save 2 % of the time (local_steps = 8)");
    expect(
        text,
        "it pays with 4 local iterations between two exchanges, pushes that are 0.9 updates old (at most 1): "
        "what that costs in accuracy, only training shows");
    expect(text, "the same times and bytes: twin, with other updates");
    free(text);
    text = written(&a, NULL);
    expect(text, "as ref in times and bytes: same, with other updates");
    expect(text, "slower, or as fast with no fewer bytes: slow (200 ms); ref takes 100 ms");
    expect(text, "not possible here: no, now (algorithm.NAME.k: expected 1, got 2: with NAME it is not)");
    free(text);
    release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_beaten),
                                       cmocka_unit_test(test_compression), cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
