/* One random permutation of the set, cut into shares whose sizes differ by at most one. */
#include "models/data/partition.h"
#include "sim/base/rng.h"

void partition_iid(const struct dealing *d, struct shares *out)
{
    const struct draw_key key = {.seed = d->seed, .purpose = DRAW_SHARD};
    draw_permutation(&key, out->sample, d->samples);
    for (uint32_t i = 0; i <= d->shares; i++)
        out->begin[i] = (uint32_t)((uint64_t)d->samples * i / d->shares);
}
