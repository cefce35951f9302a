/* IID: one random permutation of the set, cut into shares; their sizes differ by at most one. */
#include "models/data/partition.h"
#include "sim/base/rng.h"

void partition_iid(const struct partition_input *in, struct shares *out)
{
    const struct draw_key key = {.seed = in->seed, .purpose = DRAW_SHARD};
    draw_permutation(&key, out->sample, in->samples);
    for (uint32_t i = 0; i <= in->shares; i++)
        out->begin[i] = (uint32_t)((uint64_t)in->samples * i / in->shares);
}
