/* The four IDX files of a small set, of a known shape or of any, plain or gzip compressed. */
#include "tests/fuzz/harness.h"
#include "tests/fuzz/images.h"

enum { TRAIN = 12, TEST = 2, HEIGHT = 2, WIDTH = 3, SUBSET = 1, NAMED = 2, ANY = 4, DEEP = 8 };

static const uint8_t first[FIRST_LABELS] = {0};

struct load {
    struct dataset ds;
    struct idx_set set;
    struct dataset_options options;
};

static void load(void *context)
{
    struct load *l = context;
    dataset_shape(&l->ds, 1, HEIGHT, WIDTH);
    idx_load(&l->ds, "set", &l->set, &l->options);
}

extern const struct dataset_def dataset_idx;

static void load_any(void *context)
{
    struct load *l = context;
    dataset_idx.load(&l->ds, "set", &l->options);
    dataset_normalise_by_pixels(&l->ds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"train-labels-idx1-ubyte", "train-images-idx3-ubyte.gz",
                                        "t10k-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte"};
    static const char *const deep[] = {"train-labels-idx1-ubyte", "train-images-idx4-ubyte.gz",
                                       "t10k-labels-idx1-ubyte.gz", "t10k-images-idx4-ubyte"};
    struct bytes rest = {data, size};
    uint8_t flags = fuzz_byte(&rest);
    struct load l = {.ds = {.name = "small"},
                     .set = {TRAIN, TEST, flags & NAMED ? first : NULL},
                     .options = {.train_n = flags & SUBSET ? flags & ANY ? 1 : 3 : -1, .test_n = -1}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes piece = fuzz_piece(&rest);
        fuzz_file(flags & DEEP ? deep[i] : names[i], piece.data, piece.size);
    }
    images_are_4d = flags & DEEP;
    images_begin();
    images_end(&l.ds, fuzz_try(flags & ANY ? load_any : load, &l));
    fuzz_no_files();
    return 0;
}
