/* Fashion-MNIST, where Debian's package or torchvision leaves it. */
#include "models/data/reader.h"

static const uint8_t first[FIRST_LABELS] = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5};
static const char *const folders[] = {"fashion-mnist", "FashionMNIST/raw", ".", NULL};

static void load(struct dataset *ds, const char *dir, const struct dataset_options *options)
{
    const struct idx_set set = {60000, 10000, first};
    dataset_shape(ds, 1, 28, 28);
    dataset_normalise(ds, 0.1307f, 0.3081f); /* MNIST's numbers, as in the published experiments */
    idx_load(ds, dir, &set, options);
}

const struct dataset_def dataset_fashion_mnist = {
    .name = "fashion_mnist",
    .summary = "articles of clothing, 60000 + 10000 images of 1x28x28",
    .source = "Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv:1708.07747, 2017",
    .folders = folders,
    .package = "dataset-fashion-mnist",
    .probe = "train-images-idx3-ubyte",
    .load = load,
};
