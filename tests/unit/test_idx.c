/* data.set = idx: images of any size and number in IDX files of the user's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/data/reader.h"
#include "sim/base/fail.h"
#include "tests/rigs/scratch.h"

extern const struct dataset_def dataset_idx;

/* ---- files ---- */

static void put(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void set_byte(const char *path, long offset, int value)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    fputc(value, file);
    fclose(file);
}

static void command(const char *line)
{
    assert_int_equal(system(line), 0);
}

/* 3 + 2 images of 1x2x3, pixel i of image k is 10 k + i. */

#define IMAGES "train-images-idx3-ubyte"
#define LABELS "train-labels-idx1-ubyte"

static void put_idx(void)
{
    static const uint8_t images[] =
        "\0\0\x08\x03\0\0\0\x03\0\0\0\x02\0\0\0\x03"
        "\x00\x01\x02\x03\x04\x05\x0a\x0b\x0c\x0d\x0e\x0f\x14\x15\x16\x17\x18\x19";
    static const uint8_t labels[] = "\0\0\x08\x01\0\0\0\x03\x07\x00\x09";
    put(IMAGES, images, 16 + 3 * 6);
    put(LABELS, labels, 8 + 3);
    put("t10k-images-idx3-ubyte", images, 16 + 2 * 6);
    put("t10k-labels-idx1-ubyte", labels, 8 + 2);
    set_byte("t10k-images-idx3-ubyte", 7, 2);
    set_byte("t10k-labels-idx1-ubyte", 7, 2);
}

static struct dataset tiny;
static struct dataset_options options;

static int enter_idx(void **state)
{
    options = (struct dataset_options){.train_n = -1, .test_n = -1};
    if (scratch_enter(state))
        return -1;
    put_idx();
    return 0;
}

/* ---- reading ---- */

static void load_any(void)
{
    tiny = (struct dataset){.name = "own"};
    dataset_idx.load(&tiny, ".", &options);
    if (dataset_idx.by_pixels) /* as dataset_open does */
        dataset_normalise_by_pixels(&tiny);
}

static void test_any(void **state)
{
    (void)state;
    load_any();
    assert_int_equal(tiny.train.n, 3);
    assert_int_equal(tiny.test.n, 2);
    for (int i = 0; i < 3 * 6; i++)
        assert_int_equal(tiny.train.pixels[i], i / 6 * 10 + i % 6);
    assert_memory_equal(tiny.train.labels, "\x07\x00\x09", 3);
    assert_memory_equal(tiny.test.labels, "\x07\x00", 2);
    assert_int_equal(tiny.channels * 10000 + tiny.height * 100 + tiny.width, 10203);
    assert_int_equal(tiny.classes, 10); /* the largest label is 9 */
    assert_float_equal(tiny.mean[0], 12.5 / 255, 1e-7);
    assert_float_equal(tiny.std[0], sqrt((200. / 3 + 35. / 12)) / 255, 1e-7);
    command("gzip -n ./*-ubyte");
    options.train_n = 2; /* with labels 7 and 0; the classes stay */
    load_any();
    assert_int_equal(tiny.train.n * 100 + (unsigned)tiny.classes, 210);
}

static void rename_file(const char *from, const char *to)
{
    assert_int_equal(rename(from, to), 0);
}

static void put_deep(const char *path, int n, int a, int b, int c)
{
    uint8_t bytes[20 + 64] = {
        0, 0, 8, 4, [7] = (uint8_t)n, [11] = (uint8_t)a, [15] = (uint8_t)b, [19] = (uint8_t)c};
    for (int i = 0; i < n * a * b * c; i++)
        bytes[20 + i] = (uint8_t)i;
    put(path, bytes, 20 + (size_t)(n * a * b * c));
}

/* Channels last, as in numpy and image files, or first, as in PyTorch. The names of the test files may say test. */
static void test_any_colours(void **state)
{
    (void)state;
    put_deep("train-images-idx4-ubyte", 3, 2, 2, 3);
    put_deep("test-images-idx4-ubyte", 2, 2, 2, 3);
    rename_file("t10k-labels-idx1-ubyte", "test-labels-idx1-ubyte");
    load_any();
    assert_int_equal(tiny.channels * 10000 + tiny.height * 100 + tiny.width, 30202);
    assert_memory_equal(tiny.train.pixels, "\x00\x03\x06\x09\x01\x04\x07\x0a\x02\x05\x08\x0b\x0c", 13);
    put_deep("train-images-idx4-ubyte", 3, 3, 2, 2);
    put_deep("test-images-idx4-ubyte", 2, 3, 2, 2);
    load_any();
    assert_int_equal(tiny.channels * 10000 + tiny.height * 100 + tiny.width, 30202);
    assert_memory_equal(tiny.train.pixels, "\x00\x01\x02\x03\x04\x05", 6);
    put_deep("test-images-idx4-ubyte", 2, 3, 2, 3);
    assert_dies(load_any, EXIT_DATA, "expected images of 3x2x2, as for training, found 3x3x2");
    put_deep("train-images-idx4-ubyte", 3, 2, 2, 2);
    assert_dies(load_any, EXIT_DATA,
                "expected 1, 3 or 4 channels as the first or the last dimension of an image, found 2x2x2");
}

static void test_any_damage(void **state)
{
    static const struct {
        const char *path;
        long offset;
        int value;
        const char *message;
    } cases[] = {
        {IMAGES, 2, 0x0d,
         ": expected an IDX file of unsigned bytes with 3 dimensions (magic 00000803), found magic 00000d03"},
        {LABELS, 3, 3, ": expected an IDX file of unsigned bytes with 1 dimension (magic 00000801)"},
        {IMAGES, 7, 4, "./" IMAGES ": expected 40 bytes (so says its header), found 34"},
        {IMAGES, 11, 0, "./" IMAGES ": expected a size from 1 to 4096 in dimension 2, found 0"},
        {IMAGES, 12, 1, "./" IMAGES ": expected a size from 1 to 4096 in dimension 3, found 16777219"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_idx();
        set_byte(cases[i].path, cases[i].offset, cases[i].value);
        assert_dies(load_any, EXIT_DATA, cases[i].message);
    }
    put_idx();
    set_byte(LABELS, 7, 2);
    assert_int_equal(truncate(LABELS, 10), 0);
    assert_dies(load_any, EXIT_DATA, "./" IMAGES ": expected 2 items, one for each label, found 3");
    put_idx();
    set_byte(IMAGES, 4, 0x10); /* 268 million images: refused before memory is taken */
    command("gzip -n " IMAGES);
    assert_dies(load_any, EXIT_DATA,
                "./" IMAGES ".gz: expected 1610612770 bytes when uncompressed (so says its header), "
                "found a gzip file of ");
}

static void test_any_one_class(void **state)
{
    (void)state;
    for (int i = 8; i < 11; i++)
        set_byte(LABELS, i, 0);
    set_byte("t10k-labels-idx1-ubyte", 8, 0);
    assert_dies(load_any, EXIT_DATA, "./" LABELS ": expected at least two classes, found the label 0 alone");
}

/* ---- the search ---- */

static const char *paths[3];

static void open_own(void)
{
    dataset_close(dataset_open("idx", paths, &options));
}

/* The user's own files are looked for in the first folder alone, which is data.path. */
static void test_search_own(void **state)
{
    (void)state;
    paths[0] = "mine";
    paths[1] = "data";
    paths[2] = NULL;
    command("mkdir data mine && cp ./*-ubyte data");
    assert_dies(open_own, EXIT_DATA,
                "data set idx: expected train-labels-idx1-ubyte[.gz] in mine (data.path), found no");
    command("cp ./train-* mine");
    assert_dies(open_own, EXIT_DATA, "mine/t10k-labels-idx1-ubyte: expected this file");
}

#define SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter_idx, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {SCRATCH(test_any), SCRATCH(test_any_colours), SCRATCH(test_any_damage),
                                       SCRATCH(test_any_one_class), SCRATCH(test_search_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
