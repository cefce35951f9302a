#include "sim/time/faults.h"

#include "sim/base/rng.h"

bool faults_can_crash(const struct faults_spec *spec)
{
    return spec->crashes > 0 || spec->crash_probability > 0 || spec->server_crashes > 0;
}

bool faults_any(const struct faults_spec *spec)
{
    return faults_can_crash(spec) || spec->loss_probability > 0;
}

/* duration * of / 2^32, rounded down: exact, and below the duration. */
static vtime part_of(vtime duration, uint32_t of)
{
    uint64_t high = (uint64_t)duration >> 32, low = (uint64_t)duration & UINT32_MAX;
    return (vtime)(high * of + (low * of >> 32));
}

bool faults_crash(const struct faults_spec *spec, int worker, int64_t iteration, vtime duration, vtime *after)
{
    struct draw_key key = {
        .seed = spec->seed, .purpose = DRAW_CRASH, .rank = worker, .iteration = (uint64_t)iteration};
    if (spec->crash_probability == 0 || draw_uniform(&key, 0) >= spec->crash_probability)
        return false;
    *after = 1 + part_of(duration, draw_u32(&key, 1));
    return true;
}

bool faults_lose(const struct faults_spec *spec, int direction, int worker, int64_t message)
{
    struct draw_key key = {.seed = spec->seed,
                           .purpose = DRAW_LOSS,
                           .rank = worker,
                           .round = (uint64_t)direction,
                           .iteration = (uint64_t)message};
    return spec->loss_probability > 0 && draw_uniform(&key, 0) < spec->loss_probability;
}
