/* The three files of a small set in CIFAR-10's format, plain or gzip compressed. */
#include "tests/fuzz/harness.h"
#include "tests/fuzz/images.h"

enum { RECORDS = 2, HEIGHT = 2, WIDTH = 2, SUBSET = 1 };

struct load {
    struct dataset ds;
    struct dataset_options options;
};

static void load(void *context)
{
    static const char *const train[] = {"1.bin", "2.bin", NULL}, *const test[] = {"test.bin", NULL};
    static const struct cifar_set set = {train, test, RECORDS};
    struct load *l = context;
    dataset_shape(&l->ds, 3, HEIGHT, WIDTH);
    cifar_load(&l->ds, "set", &set, &l->options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"1.bin", "2.bin.gz", "test.bin"};
    struct bytes rest = {data, size};
    struct load l = {.ds = {.name = "small"},
                     .options = {.train_n = fuzz_byte(&rest) & SUBSET ? 3 : -1, .test_n = -1}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes piece = fuzz_piece(&rest);
        fuzz_file(names[i], piece.data, piece.size);
    }
    images_begin();
    images_end(&l.ds, fuzz_try(load, &l));
    fuzz_no_files();
    return 0;
}
