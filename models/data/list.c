#include "models/data/dataset.h"

extern const struct dataset_def dataset_mnist, dataset_fashion_mnist, dataset_cifar10, dataset_synthetic;

const struct dataset_def *const dataset_list[] = {
    &dataset_mnist, &dataset_fashion_mnist, &dataset_cifar10, &dataset_synthetic, NULL,
};
