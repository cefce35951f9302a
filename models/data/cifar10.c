/* CIFAR-10, where torchvision or a plain download leaves it. */
#include "models/data/reader.h"

static const char *const folders[] = {"cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin", ".", NULL};
static const char *const python[] = {"cifar-10-batches-py/data_batch_1",
                                     "cifar-10/cifar-10-batches-py/data_batch_1", "data_batch_1", NULL};
static const char *const train[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                    "data_batch_4.bin", "data_batch_5.bin", NULL};
static const char *const test[] = {"test_batch.bin", NULL};

static void load(struct dataset *ds, const char *dir, const struct dataset_options *options)
{
    const struct cifar_set set = {train, test, 10000};
    dataset_shape(ds, 3, 32, 32);
    dataset_normalise(ds, 0.5f, 0.5f); /* as in PyTorch's tutorial "Training a Classifier" */
    cifar_load(ds, dir, &set, options);
}

const struct dataset_def dataset_cifar10 = {
    .name = "cifar10",
    .summary = "small photographs, 50000 + 10000 images of 3x32x32",
    .source = "Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
    .folders = folders,
    .probe = "data_batch_1.bin",
    .lookalikes = python,
    .lookalike = "the Python version of the set, which torchvision downloads; the binary version is needed "
                 "(cifar-10-batches-bin, from cifar-10-binary.tar.gz)",
    .load = load,
};
