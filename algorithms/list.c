/* Every algorithm the program knows. A new one is one file and one line here. */
#include "algorithms/algorithm.h"

#define ALGORITHMS(X) \
    X(bsp)            \
    X(local_sgd)      \
    X(local_sgd_jsac) \
    X(osp)            \
    X(losp)           \
    X(dqlosp)         \
    X(asp)            \
    X(ssp)            \
    X(k_sync)         \
    X(k_batch_sync)   \
    X(k_async)        \
    X(k_batch_async)

#define DECLARE(name) extern const struct algorithm alg_##name;
#define ENTRY(name)   &alg_##name,

ALGORITHMS(DECLARE)

const struct algorithm *const alg_list[] = {ALGORITHMS(ENTRY) NULL};
