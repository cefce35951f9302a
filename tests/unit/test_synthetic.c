/* The generated set: same seed, same bytes; balanced; no linear model's prey, yet not noise either. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "models/data/dataset.h"

static const struct dataset *generate(uint64_t seed, const char *shape, int64_t train_n)
{
    static const char *const nowhere[] = {NULL};
    const struct dataset_options options = {.seed = seed, .shape = shape, .train_n = train_n, .test_n = -1};
    return dataset_open("synthetic", nowhere, &options);
}

static size_t image(const struct dataset *ds)
{
    return (size_t)(ds->channels * ds->height * ds->width);
}

static void test_shapes(void **state)
{
    (void)state;
    const struct dataset *a = generate(1, "cifar", -1), *b = generate(1, "mnist", 70);
    assert_true(a->synthetic && b->synthetic);
    assert_string_equal(a->origin, "generated");
    assert_int_equal(a->channels * 10000 + a->height * 100 + a->width, 33232);
    assert_int_equal(b->channels * 10000 + b->height * 100 + b->width, 12828);
    assert_int_equal(a->train.n, 10000);
    assert_int_equal(a->test.n, 2000);
    assert_int_equal(b->train.n, 70);
    dataset_close(a);
    dataset_close(b);
}

/* A change of these numbers changes every result on the set. */
static void test_bytes(void **state)
{
    (void)state;
    const struct dataset *ds = generate(1, "cifar", 100);
    assert_int_equal(crc32(0, ds->train.pixels, (unsigned)(100 * image(ds))), 0x4146c454);
    assert_int_equal(crc32(0, ds->train.labels, 100), 0xcf6d4c7b);
    dataset_close(ds);
}

static void test_seed(void **state)
{
    (void)state;
    const struct dataset *a = generate(1, "mnist", 1000), *b = generate(1, "mnist", 500),
                         *c = generate(2, "mnist", 500);
    assert_memory_equal(a->train.pixels, b->train.pixels, 500 * image(a)); /* a cut is a cut */
    assert_memory_equal(a->train.labels, b->train.labels, 500);
    assert_memory_equal(a->test.pixels, b->test.pixels, 2000 * image(a));
    assert_memory_not_equal(b->train.pixels, c->train.pixels, image(a));
    assert_memory_not_equal(a->train.pixels, a->test.pixels, image(a));
    assert_memory_not_equal(a->train.labels, a->test.labels, 500);
    dataset_close(a);
    dataset_close(b);
    dataset_close(c);
}

static void test_balance(void **state)
{
    (void)state;
    const struct dataset *ds = generate(3, "mnist", 1230);
    int counts[10] = {0};
    for (uint32_t i = 0; i < ds->train.n; i++)
        counts[ds->train.labels[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(counts[c], 123);
    dataset_close(ds);
}

/* Sum of the training images of each class, relative to the mean of all. */
static void class_sums(const struct dataset *ds, double *sums)
{
    size_t size = image(ds);
    for (uint32_t i = 0; i < ds->train.n; i++)
        for (size_t p = 0; p < size; p++)
            for (int c = 0; c < 10; c++) {
                double weight = (c == ds->train.labels[i]) - 0.1;
                sums[(size_t)c * size + p] += weight * ds->train.pixels[i * size + p];
            }
}

static int guess(const double *sums, const uint8_t *pixels, size_t size)
{
    double best = -1e300;
    int found = 0;
    for (int c = 0; c < 10; c++) {
        double score = 0;
        for (size_t p = 0; p < size; p++)
            score += sums[(size_t)c * size + p] * (pixels[p] - 128.0);
        if (score > best) {
            best = score;
            found = c;
        }
    }
    return found;
}

/* The mean image of a class, the simplest linear model, is better than chance and far from good. */
static void test_difficulty(void **state)
{
    (void)state;
    const struct dataset *ds = generate(1, "mnist", 5000);
    size_t size = image(ds);
    double *sums = calloc(10 * size, sizeof *sums);
    uint32_t right = 0;
    class_sums(ds, sums);
    for (uint32_t i = 0; i < ds->test.n; i++)
        right += guess(sums, ds->test.pixels + i * size, size) == ds->test.labels[i];
    print_message("matching with class means: %.1f %% right\n", 100.0 * right / ds->test.n);
    assert_in_range(right, 25 * ds->test.n / 100, 75 * ds->test.n / 100);
    free(sums);
    dataset_close(ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),  cmocka_unit_test(test_bytes),      cmocka_unit_test(test_seed),
        cmocka_unit_test(test_balance), cmocka_unit_test(test_difficulty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
