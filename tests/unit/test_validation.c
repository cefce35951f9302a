/* data.validation: what is kept from training, and that nothing of it comes back. The pixel of an image is its number. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "models/data/partition.h"
#include "models/data/reader.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "tests/rigs/child.h"

enum { MOST = 250 };

static uint8_t memory[2 * MOST];

/* Images of one pixel; labels in turn, but the first `rare` images alone have the last label. */
static struct dataset numbered(uint32_t n, int classes, uint32_t rare)
{
    struct dataset ds = {.channels = 1, .height = 1, .width = 1, .classes = classes};
    for (uint32_t i = 0; i < n; i++) {
        memory[i] = (uint8_t)i;
        memory[n + i] = (uint8_t)(i < rare ? classes - 1 : (int)(i % (uint32_t)(classes - (rare > 0))));
    }
    ds.train = (struct split){n, memory, memory + n};
    return ds;
}

static struct dataset_options asked(double validation, uint64_t seed)
{
    return (struct dataset_options){.validation = validation, .split_seed = seed};
}

static uint32_t count(const struct split *split, int label)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < split->n; i++)
        n += split->labels[i] == label;
    return n;
}

static void assert_rises(const struct split *split)
{
    for (uint32_t i = 1; i < split->n; i++)
        assert_true(split->pixels[i] > split->pixels[i - 1]);
}

/* ---- how many ---- */

static void without_it_all_stays(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options none = asked(0, 1);
    dataset_keep_validation(&ds, &none);
    assert_int_equal(ds.train.n, 100);
    assert_int_equal(ds.validation.n, 0);
}

static void each_label_has_its_share(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options options = asked(0.3, 1);
    dataset_keep_validation(&ds, &options);
    assert_int_equal(ds.train.n, 70);
    assert_int_equal(ds.validation.n, 30);
    for (int label = 0; label < 10; label++)
        assert_int_equal(count(&ds.validation, label), 3);
}

/* 23 of 100: 2.3 of each label. Three labels get one more, and all remainders are equal. */
static void ties_go_to_the_lower_label(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options options = asked(23, 1);
    dataset_keep_validation(&ds, &options);
    for (int label = 0; label < 10; label++)
        assert_int_equal(count(&ds.validation, label), label < 3 ? 3 : 2);
}

/* 20 images of label 2, and 40 of labels 0 and 1 each; 13 of 100 are 2.6, 5.2 and 5.2. */
static void the_largest_remainder_comes_first(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 3, 20);
    const struct dataset_options options = asked(13, 1);
    dataset_keep_validation(&ds, &options);
    assert_int_equal(count(&ds.validation, 0), 5);
    assert_int_equal(count(&ds.validation, 1), 5);
    assert_int_equal(count(&ds.validation, 2), 3);
}

/* The decimal that the user writes: the double 0.29 is a little less than it, and so is 0.29 * 100. */
static void a_fraction_is_a_decimal(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options options = asked(0.29, 1);
    dataset_keep_validation(&ds, &options);
    assert_int_equal(ds.validation.n, 29);
}

/* ---- which ---- */

/* Every image is on one side, with its label, and both sides are in the old order. */
static void nothing_is_lost(void **state)
{
    (void)state;
    bool seen[MOST] = {0};
    struct dataset ds = numbered(MOST, 7, 30);
    const struct dataset all = ds;
    const struct dataset_options options = asked(0.2, 9);
    uint8_t label[MOST];
    memcpy(label, all.train.labels, MOST);
    dataset_keep_validation(&ds, &options);
    assert_int_equal(ds.train.n + ds.validation.n, MOST);
    assert_ptr_equal(ds.validation.pixels, ds.train.pixels + ds.train.n);
    const struct split *const sides[] = {&ds.train, &ds.validation};
    for (int side = 0; side < 2; side++)
        for (uint32_t i = 0; i < sides[side]->n; i++) {
            uint8_t image = sides[side]->pixels[i];
            assert_false(seen[image]);
            seen[image] = true;
            assert_int_equal(sides[side]->labels[i], label[image]);
        }
    assert_rises(&ds.train);
    assert_rises(&ds.validation);
}

/* By the rule: the first of a permutation of the label's images. */
static void they_are_drawn_by_the_seed_and_the_label(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options options = asked(0.3, 5);
    dataset_keep_validation(&ds, &options);
    for (int label = 0; label < 10; label++) {
        uint32_t order[10];
        draw_permutation(&(struct draw_key){.seed = 5, .purpose = DRAW_VALIDATION, .rank = label}, order, 10);
        for (int i = 0; i < 3; i++)
            assert_non_null(memchr(ds.validation.pixels, (int)(10 * order[i]) + label, 30));
    }
}

static void another_seed_keeps_others(void **state)
{
    (void)state;
    uint8_t first[30];
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct dataset ds = numbered(100, 10, 0);
        const struct dataset_options options = asked(0.3, seed);
        dataset_keep_validation(&ds, &options);
        if (seed == 2)
            assert_memory_not_equal(ds.validation.pixels, first, sizeof first);
        memcpy(first, ds.validation.pixels, sizeof first);
    }
}

/* ---- who has them ---- */

/* Every share of every partition, of workers and of many clients: a batch can only be of these numbers. */
static void no_share_has_one(void **state)
{
    (void)state;
    static const uint32_t shares[] = {1, 4, 7, 50};
    for (int partition = 0; partition_words[partition]; partition++)
        for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
            struct dataset ds = numbered(MOST, 10, 0);
            const struct dataset_options options = asked(0.2, 1);
            dataset_keep_validation(&ds, &options);
            const struct partition_input in = {.seed = 3,
                                               .shares = shares[s],
                                               .beta = 0.3,
                                               .shards = 2,
                                               .samples = ds.train.n,
                                               .labels = ds.train.labels,
                                               .classes = ds.classes};
            struct shares *dealt = shares_create((enum partition)partition, &in);
            for (uint32_t i = 0; i < ds.train.n; i++) {
                assert_true(dealt->sample[i] < ds.train.n);
                assert_null(memchr(ds.validation.pixels, ds.train.pixels[dealt->sample[i]], ds.validation.n));
            }
            shares_free(dealt);
        }
}

/* The mean is that of the other images: here their number is their pixel. */
static void they_are_in_no_mean(void **state)
{
    (void)state;
    struct dataset ds = numbered(100, 10, 0);
    const struct dataset_options options = asked(0.3, 1);
    double sum = 0;
    dataset_keep_validation(&ds, &options);
    dataset_normalise_by_pixels(&ds);
    for (uint32_t i = 0; i < ds.train.n; i++)
        sum += ds.train.pixels[i];
    assert_true(ds.mean[0] == (float)(sum / ds.train.n / 255));
}

static void a_set_without_content_has_them(void **state)
{
    (void)state;
    const struct dataset_options options = asked(0.1, 1);
    const struct dataset *ds = dataset_none(1000, &options);
    assert_int_equal(ds->train.n, 900);
    assert_int_equal(ds->validation.n, 100);
    dataset_close(ds);
}

/* ---- what is refused ---- */

static struct {
    uint32_t n, rare;
    double validation;
} wish;

static void keep(void *nothing)
{
    (void)nothing;
    struct dataset ds = numbered(wish.n, 3, wish.rare);
    const struct dataset_options options = asked(wish.validation, 1);
    if (!freopen("/dev/null", "w", stderr))
        _exit(98);
    dataset_keep_validation(&ds, &options);
}

static int refused(uint32_t n, uint32_t rare, double validation)
{
    wish.n = n;
    wish.rare = rare;
    wish.validation = validation;
    return end_of(start_child(keep, NULL));
}

static void bad_parts_are_refused(void **state)
{
    (void)state;
    assert_int_equal(refused(100, 0, 0.001), EXIT_USAGE); /* no sample */
    assert_int_equal(refused(100, 0, 100), EXIT_USAGE);   /* all of them */
    assert_int_equal(refused(100, 0, 101), EXIT_USAGE);
    assert_int_equal(refused(100, 1, 0.5),
                     EXIT_USAGE); /* a label with one image, which can be on one side alone */
    assert_int_equal(refused(100, 2, 0.1), EXIT_USAGE); /* it would have 0.2 to validate */
    assert_int_equal(refused(100, 2, 0.9), EXIT_USAGE); /* and 0.2 to train */
    assert_int_equal(refused(100, 2, 0.5), 0);
    assert_int_equal(refused(100, 2, 50), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_it_all_stays),
        cmocka_unit_test(each_label_has_its_share),
        cmocka_unit_test(ties_go_to_the_lower_label),
        cmocka_unit_test(the_largest_remainder_comes_first),
        cmocka_unit_test(a_fraction_is_a_decimal),
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(they_are_drawn_by_the_seed_and_the_label),
        cmocka_unit_test(another_seed_keeps_others),
        cmocka_unit_test(no_share_has_one),
        cmocka_unit_test(they_are_in_no_mean),
        cmocka_unit_test(a_set_without_content_has_them),
        cmocka_unit_test(bad_parts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
