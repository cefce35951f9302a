/* Batches of one worker of a set without labels, dealt for it alone. */
#ifndef TESTS_RIGS_DEAL_H
#define TESTS_RIGS_DEAL_H

#include "models/data/batches.h"

static inline struct share deal_share(enum partition partition, uint64_t seed, uint32_t samples, int worker,
                                      int workers)
{
    enum { KEPT = 32 }; /* batches only point to their share: at most this number is in use at a time */
    static struct shares *dealt[KEPT];
    static int next;
    struct shares **place = &dealt[next++ % KEPT];
    shares_free(*place);
    *place = shares_create(
        partition, &(struct partition_input){.seed = seed, .shares = (uint32_t)workers, .samples = samples});
    return shares_of(*place, worker);
}

static inline struct batches *deal(enum partition partition, uint64_t seed, uint32_t samples, int worker,
                                   int workers, uint32_t batch)
{
    struct share share = deal_share(partition, seed, samples, worker, workers);
    return batches_create(&share, seed, worker, batch);
}

#endif
