/* All data sets, in the order of --list. A new one is one file and one line here. */
#include "models/data/dataset.h"
#include "models/words.h"

#define DATASETS(X)  \
    X(mnist)         \
    X(fashion_mnist) \
    X(cifar10)       \
    X(idx)           \
    X(synthetic)

#define DECLARE(name) extern const struct dataset_def dataset_##name;
#define ENTRY(name)   &dataset_##name,
#define WORD(name)    #name,

DATASETS(DECLARE)

const struct dataset_def *const dataset_list[] = {DATASETS(ENTRY) NULL};
const char *const dataset_words[] = {DATASETS(WORD) NULL};
