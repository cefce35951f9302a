/* Readers of IDX and CIFAR files, and the real sets where this machine has them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "models/data/reader.h"
#include "sim/base/fail.h"
#include "tests/rigs/data_folder.h"
#include "tests/rigs/scratch.h"

/* Files */

static void put(const char *path, const char *mode, const void *bytes, size_t n)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void set_byte(const char *path, long offset, int value)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET);
    fputc(value, file);
    fclose(file);
}

static void gzip(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "gzip -n %s", path);
    assert_int_equal(system(command), 0);
}

/* A tiny IDX set: 3 + 2 images of 1x2x3, pixel i of image k is 10 k + i. */

#define IMAGES "train-images-idx3-ubyte"
#define LABELS "train-labels-idx1-ubyte"

static void put_idx(void)
{
    static const uint8_t images[] =
        "\0\0\x08\x03\0\0\0\x03\0\0\0\x02\0\0\0\x03"
        "\x00\x01\x02\x03\x04\x05\x0a\x0b\x0c\x0d\x0e\x0f\x14\x15\x16\x17\x18\x19";
    static const uint8_t labels[] = "\0\0\x08\x01\0\0\0\x03\x07\x00\x09";
    put(IMAGES, "w", images, 16 + 3 * 6);
    put(LABELS, "w", labels, 8 + 3);
    put("t10k-images-idx3-ubyte", "w", images, 16 + 2 * 6);
    put("t10k-labels-idx1-ubyte", "w", labels, 8 + 2);
    set_byte("t10k-images-idx3-ubyte", 7, 2);
    set_byte("t10k-labels-idx1-ubyte", 7, 2);
}

static struct dataset tiny;
static struct dataset_options options;
static const uint8_t *first; /* labels the tiny set must begin with */

static void load_idx(void)
{
    const struct idx_set set = {3, 2, first};
    tiny = (struct dataset){.name = "tiny"};
    dataset_shape(&tiny, 1, 2, 3);
    idx_load(&tiny, ".", &set, &options);
}

static int enter(void **state)
{
    options = (struct dataset_options){.train_n = -1, .test_n = -1};
    first = NULL;
    return scratch_enter(state);
}

static int enter_idx(void **state)
{
    if (enter(state))
        return -1;
    put_idx();
    return 0;
}

static void assert_tiny(void)
{
    assert_int_equal(tiny.train.n, 3);
    assert_int_equal(tiny.test.n, 2);
    for (int i = 0; i < 3 * 6; i++)
        assert_int_equal(tiny.train.pixels[i], i / 6 * 10 + i % 6);
    assert_memory_equal(tiny.train.labels, "\x07\x00\x09", 3);
    assert_memory_equal(tiny.test.labels, "\x07\x00", 2);
}

static void test_idx(void **state)
{
    (void)state;
    load_idx();
    assert_tiny();
}

static void test_idx_gz(void **state)
{
    (void)state;
    gzip("*-ubyte");
    load_idx();
    assert_tiny();
}

/* An uncompressed file is preferred: it is faster. */
static void test_idx_both(void **state)
{
    (void)state;
    put(LABELS ".gz", "w", "nonsense", 8);
    load_idx();
    assert_tiny();
}

/* One byte of a file changed: what the line must say. */
static void test_idx_bytes(void **state)
{
    static const struct {
        const char *path;
        long offset;
        int value;
        const char *message;
    } cases[] = {
        {IMAGES, 0, 0x1f, "./" IMAGES ": expected an IDX file (magic 00000803), found magic 1f000803"},
        {LABELS, 1, 0x05, "./" LABELS ": expected an IDX file (magic 00000801), found magic 00050801"},
        {IMAGES, 2, 0x0d, ": expected IDX elements of type 0x08 (unsigned byte), found type 0x0d"},
        {LABELS, 3, 0x03, ": expected 1 IDX dimensions, found 3"},
        {IMAGES, 7, 4, "./" IMAGES ": expected 3 items, found 4"},
        {LABELS, 7, 2, "./" LABELS ": expected 3 items, found 2"},
        {IMAGES, 11, 28, ": expected 2 rows, found 28"},
        {IMAGES, 12, 1, ": expected 3 columns, found 16777219"},
        {LABELS, 9, 10, "./" LABELS ": expected labels 0 .. 9, found 10 (image 1)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_idx();
        set_byte(cases[i].path, cases[i].offset, cases[i].value);
        assert_dies(load_idx, EXIT_DATA, cases[i].message);
    }
}

static void test_idx_length(void **state)
{
    (void)state;
    assert_int_equal(truncate(IMAGES, 33), 0);
    assert_dies(load_idx, EXIT_DATA, "./" IMAGES ": expected 34 bytes, found only 33");
    put_idx();
    assert_int_equal(truncate(LABELS, 6), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ": expected 11 bytes, found only 6");
    assert_int_equal(truncate(LABELS, 0), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ": expected 11 bytes, found only 0");
    put_idx();
    put(IMAGES, "a", "x", 1);
    assert_dies(load_idx, EXIT_DATA, "./" IMAGES ": expected 34 bytes, found more");
}

static void test_gz_damage(void **state)
{
    struct stat status;
    (void)state;
    gzip("*-ubyte");
    set_byte(IMAGES ".gz", -8, 0x5a); /* the first byte of the checksum */
    assert_dies(load_idx, EXIT_DATA, "./" IMAGES ".gz: expected a whole gzip file, found a damaged one");
    stat(LABELS ".gz", &status);
    assert_int_equal(truncate(LABELS ".gz", status.st_size - 3), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ".gz: expected a whole gzip file, found a damaged one");
    assert_int_equal(truncate(LABELS ".gz", 14), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ".gz: expected a whole gzip file, found a damaged one");
}

static void test_gz_length(void **state)
{
    (void)state;
    put(IMAGES, "a", "x", 1);
    gzip(IMAGES);
    assert_dies(load_idx, EXIT_DATA, "./" IMAGES ".gz: expected 34 bytes when uncompressed, found more");
    put_idx();
    assert_int_equal(unlink(IMAGES ".gz"), 0);
    assert_int_equal(truncate(IMAGES, 20), 0);
    gzip(IMAGES);
    assert_dies(load_idx, EXIT_DATA, "./" IMAGES ".gz: expected 34 bytes when uncompressed, found only 20");
}

static void test_idx_absent(void **state)
{
    (void)state;
    assert_int_equal(unlink(LABELS), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ": expected this file, plain or with .gz; found neither");
    assert_int_equal(mkdir(LABELS, 0700), 0);
    assert_dies(load_idx, EXIT_DATA, "./" LABELS ": expected a regular file");
}

static void test_idx_other_set(void **state)
{
    (void)state;
    first = (const uint8_t *)"\x07\x00\x09\x01\x02\x03\x04\x05\x06\x07";
    load_idx();
    assert_tiny();
    first = (const uint8_t *)"\x07\x00\x08\x01\x02\x03\x04\x05\x06\x07";
    assert_dies(load_idx, EXIT_DATA,
                ".: expected tiny (training labels begin 7 0 8), found another set (labels begin 7 0 9)");
}

static void test_cut(void **state)
{
    (void)state;
    options.train_n = 2;
    options.test_n = 1;
    load_idx();
    assert_int_equal(tiny.train.n, 2);
    assert_int_equal(tiny.test.n, 1);
    assert_int_equal(tiny.train.pixels[11], 15);
    options.train_n = 4;
    assert_dies(load_idx, EXIT_USAGE, "data.train_samples: expected 1 .. 3 (what tiny has), got 4");
    options.train_n = 3;
    options.test_n = 0;
    assert_dies(load_idx, EXIT_USAGE, "data.test_samples: expected 1 .. 2 (what tiny has), got 0");
}

/* A tiny CIFAR set: two files of two records and one, images of 3x1x2. */

static void put_cifar(void)
{
    put("a.bin", "w", "\x01RRGGBB\x02rrggbb", 14);
    put("b.bin", "w", "\x03SSHHCC\x04sshhcc", 14);
    put("t.bin", "w", "\x05TTIIDD\x06ttiidd", 14);
}

static void load_cifar(void)
{
    static const char *const train[] = {"a.bin", "b.bin", NULL}, *const test[] = {"t.bin", NULL};
    const struct cifar_set set = {train, test, 2};
    tiny = (struct dataset){.name = "tiny"};
    dataset_shape(&tiny, 3, 1, 2);
    cifar_load(&tiny, ".", &set, &options);
}

static void test_cifar(void **state)
{
    (void)state;
    put_cifar();
    load_cifar();
    assert_int_equal(tiny.train.n, 4);
    assert_memory_equal(tiny.train.pixels, "RRGGBBrrggbbSSHHCCsshhcc", 24);
    assert_memory_equal(tiny.train.labels, "\x01\x02\x03\x04", 4);
    assert_memory_equal(tiny.test.pixels, "TTIIDDttiidd", 12);
    assert_memory_equal(tiny.test.labels, "\x05\x06", 2);
    options.train_n = 3;
    load_cifar();
    assert_memory_equal(tiny.train.pixels, "RRGGBBrrggbbSSHHCC", 18);
    assert_memory_equal(tiny.train.labels, "\x01\x02\x03", 3);
}

static void test_cifar_damage(void **state)
{
    (void)state;
    put_cifar();
    set_byte("b.bin", 7, 11);
    assert_dies(load_cifar, EXIT_DATA, "./b.bin: expected labels 0 .. 9, found 11 (image 1)");
    put_cifar();
    assert_int_equal(truncate("b.bin", 13), 0);
    assert_dies(load_cifar, EXIT_DATA, "./b.bin: expected 14 bytes, found only 13");
    put_cifar();
    put("t.bin", "a", "x", 1);
    assert_dies(load_cifar, EXIT_DATA, "./t.bin: expected 14 bytes, found more");
    assert_int_equal(unlink("b.bin"), 0);
    assert_dies(load_cifar, EXIT_DATA, "./b.bin: expected this file");
}

/* Registration */

static void test_list(void **state)
{
    (void)state;
    for (const struct dataset_def *const *def = dataset_list; *def; def++) {
        assert_true((*def)->name && (*def)->summary && (*def)->source && (*def)->load);
        assert_true(!(*def)->folders == !(*def)->probe);
        assert_true(!(*def)->lookalikes == !(*def)->lookalike);
    }
}

/* The copy in memory */

static const struct dataset *generated;

static void write_pixel(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(uint8_t *)generated->train.pixels = 1;
}

static void write_label(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(uint8_t *)(generated->test.labels + generated->test.n - 1) = 1;
}

static void test_read_only(void **state)
{
    (void)state;
    options = (struct dataset_options){.shape = "mnist", .train_n = 20, .test_n = 10};
    generated = dataset_open("synthetic", (const char *const[]){NULL}, &options);
    int pixel = run_child(write_pixel), label = run_child(write_label);
    assert_true(WIFSIGNALED(pixel) && WTERMSIG(pixel) == SIGSEGV);
    assert_true(WIFSIGNALED(label) && WTERMSIG(label) == SIGSEGV);
    dataset_close(generated);
}

/* The real sets: what their authors' files are known to hold. */

struct known {
    const char *name;
    uint32_t counts[2][10];
    uint8_t first[2][10];
    double mean[2][3]; /* of the pixels, per channel; 0: not known */
};

static void check_split(const struct dataset *ds, const struct split *split, const struct known *known)
{
    int which = split == &ds->test, channels = ds->channels;
    size_t plane = (size_t)(ds->height * ds->width);
    uint32_t counts[10] = {0};
    uint64_t sum[3] = {0};
    for (uint32_t i = 0; i < split->n; i++) {
        counts[split->labels[i]]++;
        for (size_t p = 0; p < plane * (size_t)channels; p++)
            sum[p / plane] += split->pixels[i * plane * (size_t)channels + p];
    }
    assert_memory_equal(counts, known->counts[which], sizeof counts);
    assert_memory_equal(split->labels, known->first[which], 10);
    for (int c = 0; c < channels && known->mean[which][c] > 0; c++) {
        double mean = (double)sum[c] / (double)split->n / (double)plane;
        assert_true(mean > known->mean[which][c] - 1e-6 && mean < known->mean[which][c] + 1e-6);
    }
}

static void check_real(const struct known *known)
{
    const char *mine = getenv("SIMULATE_DATA");
    const char *const places[] = {mine ? mine : "/usr/share/datasets", "/usr/share/datasets", NULL};
    if (!data_is_in(known->name, places)) {
        print_message("%s is neither in $SIMULATE_DATA (%s) nor in /usr/share/datasets: not tested\n",
                      known->name, mine ? mine : "not set");
        skip();
    }
    const struct dataset *ds = dataset_open(known->name, places, &options);
    check_split(ds, &ds->train, known);
    check_split(ds, &ds->test, known);
    assert_false(ds->synthetic);
    assert_int_equal(strncmp(ds->origin, places[0], strlen(places[0])) != 0 &&
                         strncmp(ds->origin, places[1], strlen(places[1])) != 0,
                     0);
    dataset_close(ds);
}

static void test_mnist(void **state)
{
    static const struct known known = {
        "mnist",
        {{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
         {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
        {{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, {7, 2, 1, 0, 4, 1, 4, 9, 5, 9}},
        {{33.318421}, {33.791224}},
    };
    (void)state;
    check_real(&known);
}

#define TEN(n)                       \
    {                                \
        n, n, n, n, n, n, n, n, n, n \
    }

static void test_fashion_mnist(void **state)
{
    static const struct known known = {
        "fashion_mnist",
        {TEN(6000), TEN(1000)},
        {{9, 0, 0, 3, 0, 2, 7, 2, 5, 5}, {9, 2, 1, 1, 6, 1, 4, 6, 5, 7}},
        {{72.940352}, {0}},
    };
    (void)state;
    check_real(&known);
}

static void test_cifar10(void **state)
{
    static const struct known known = {
        "cifar10",
        {TEN(5000), TEN(1000)},
        {{6, 9, 9, 4, 1, 1, 2, 7, 8, 3}, {3, 8, 8, 0, 6, 6, 1, 6, 3, 1}},
        {{125.306918, 122.950394, 113.865383}, {126.024641, 123.708504, 114.854319}},
    };
    (void)state;
    check_real(&known);
}

#define SCRATCH(test)     cmocka_unit_test_setup_teardown(test, enter, scratch_leave)
#define SCRATCH_IDX(test) cmocka_unit_test_setup_teardown(test, enter_idx, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_IDX(test_idx),       SCRATCH_IDX(test_idx_gz),     SCRATCH_IDX(test_idx_both),
        SCRATCH_IDX(test_idx_bytes), SCRATCH_IDX(test_idx_length), SCRATCH_IDX(test_gz_damage),
        SCRATCH_IDX(test_gz_length), SCRATCH_IDX(test_idx_absent), SCRATCH_IDX(test_idx_other_set),
        SCRATCH_IDX(test_cut),       SCRATCH(test_cifar),          SCRATCH(test_cifar_damage),
        SCRATCH(test_list),          SCRATCH(test_read_only),      SCRATCH(test_mnist),
        SCRATCH(test_fashion_mnist), SCRATCH(test_cifar10),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
