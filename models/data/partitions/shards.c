/* The set, ordered by label, is cut into N s shards of equal size (up to one sample); each share gets s of
 * them at random, and so few labels. McMahan et al., AISTATS 2017, arXiv:1602.05629, "pathological non-IID":
 * s = 2.
 *
 *     samples by label   | 0 0 0 | 0 1 1 | 1 1 2 | 2 2 2 |        N = 2 shares, s = 2
 *     share                  1       0       0       1   */
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

void partition_shards(const struct partition_input *in, struct shares *out)
{
    const struct draw_key key = {.seed = in->seed, .purpose = DRAW_SHARD};
    uint64_t shards = (uint64_t)in->shares * in->shards;
    if (shards > in->samples)
        die(EXIT_USAGE, "data.shards_per_worker: expected at most %u (a sample a shard), got %u",
            in->samples / in->shares, in->shards);
    uint32_t *first = need(((size_t)in->classes + 1) * sizeof *first), *order = samples_by_label(in, first);
    uint32_t *order_of_shards = need(shards * sizeof *order_of_shards),
             *owner = need(in->samples * sizeof *owner);
    draw_permutation(&key, order_of_shards, (uint32_t)shards);
    for (uint64_t i = 0; i < shards; i++) {
        uint64_t shard = order_of_shards[i];
        for (uint64_t j = in->samples * shard / shards; j < in->samples * (shard + 1) / shards; j++)
            owner[order[j]] = (uint32_t)(i / in->shards);
    }
    shares_by_owner(in, owner, out);
    free(first);
    free(order);
    free(order_of_shards);
    free(owner);
}
