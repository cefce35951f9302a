/* Every algorithm the program knows. A new one is one file and one line here. */
#include "algorithms/algorithm.h"

#define ALGORITHMS(X)    \
    X(bsp)               \
    X(local_sgd)         \
    X(local_sgd_jsac)    \
    X(post_local_sgd)    \
    X(osp)               \
    X(losp)              \
    X(dqlosp)            \
    X(asp)               \
    X(ssp)               \
    X(k_sync)            \
    X(k_batch_sync)      \
    X(k_async)           \
    X(k_batch_async)     \
    X(easgd)             \
    X(cocod)             \
    X(overlap_local_sgd) \
    X(slowmo)            \
    X(bmuf)              \
    X(pipe_sgd)          \
    X(dga)               \
    X(dasgd)             \
    X(dc_asgd)           \
    X(diloco)            \
    X(eager_diloco)      \
    X(streaming_diloco)  \
    X(loscar)            \
    X(fedavg)            \
    X(fedprox)           \
    X(fednova)           \
    X(scaffold)          \
    X(dgc)               \
    X(dgs)               \
    X(powersgd)          \
    X(doublesqueeze)

#define DECLARE(name) extern const struct algorithm alg_##name;
#define ENTRY(name)   &alg_##name,

ALGORITHMS(DECLARE)

const struct algorithm *const alg_list[] = {ALGORITHMS(ENTRY) NULL};
