/* Batches of one worker of a set without labels, dealt for it alone. */
#ifndef TESTS_RIGS_DEAL_H
#define TESTS_RIGS_DEAL_H

#include "models/data/batches.h"

static inline struct batches *deal(enum partition partition, uint64_t seed, uint32_t samples, int worker,
                                   int workers, uint32_t batch)
{
    enum { KEPT = 32 }; /* batches only point to their share: so many may be in use */
    static struct shares *dealt[KEPT];
    static int next;
    struct shares **place = &dealt[next++ % KEPT];
    shares_free(*place);
    *place = shares_deal(partition,
                         &(struct dealing){.seed = seed, .shares = (uint32_t)workers, .samples = samples});
    struct share share = shares_of(*place, worker);
    return batches_create(&share, seed, worker, batch);
}

#endif
