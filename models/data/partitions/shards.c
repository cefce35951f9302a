/* The set, ordered by label, cut into N x s shards of equal size (to one sample), s of them at random to each
 * share: few labels each. McMahan et al., AISTATS 2017, arXiv:1602.05629, "pathological non-IID": s = 2. */
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

void partition_shards(const struct dealing *d, struct shares *out)
{
    const struct draw_key key = {.seed = d->seed, .purpose = DRAW_SHARD};
    uint64_t shards = (uint64_t)d->shares * d->shards;
    if (shards > d->samples)
        die(EXIT_USAGE, "data.shards_per_worker: expected at most %u (a sample a shard), got %u",
            d->samples / d->shares, d->shards);
    uint32_t *first = need(((size_t)d->classes + 1) * sizeof *first), *order = samples_by_label(d, first);
    uint32_t *deck = need(shards * sizeof *deck), *owner = need(d->samples * sizeof *owner);
    draw_permutation(&key, deck, (uint32_t)shards);
    for (uint64_t i = 0; i < shards; i++) {
        uint64_t shard = deck[i];
        for (uint64_t j = d->samples * shard / shards; j < d->samples * (shard + 1) / shards; j++)
            owner[order[j]] = (uint32_t)(i / d->shards);
    }
    shares_by_owner(d, owner, out);
    free(first);
    free(order);
    free(deck);
    free(owner);
}
