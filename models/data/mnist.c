/* MNIST, where torchvision or a plain download leaves it. */
#include "models/data/reader.h"

static const uint8_t first[FIRST_LABELS] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
static const char *const folders[] = {"mnist", "MNIST/raw", ".", NULL};

static void load(struct dataset *ds, const char *dir, const struct dataset_options *options)
{
    const struct idx_set set = {60000, 10000, first};
    dataset_shape(ds, 1, 28, 28);
    dataset_normalise(ds, 0.1307f, 0.3081f); /* of the training pixels, as in PyTorch's examples/mnist */
    idx_load(ds, dir, &set, options);
}

const struct dataset_def dataset_mnist = {
    .name = "mnist",
    .summary = "handwritten digits, 60000 + 10000 images of 1x28x28",
    .source = "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998",
    .folders = folders,
    .probe = "train-images-idx3-ubyte",
    .load = load,
};
