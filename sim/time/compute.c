#include "sim/time/compute.h"

#include <assert.h>
#include <math.h>

#include "sim/base/rng.h"

static double base_seconds(const struct compute_spec *spec)
{
    if (spec->model == COMPUTE_FIXED)
        return spec->seconds;
    return spec->flops / spec->device_flops + spec->overhead;
}

static double jitter_factor(const struct compute_spec *spec, int worker, int64_t iteration)
{
    if (spec->jitter == 0)
        return 1;
    struct draw_key key = {
        .seed = spec->seed, .purpose = DRAW_JITTER, .rank = worker, .iteration = (uint64_t)iteration};
    return exp(spec->jitter * draw_normal(&key, 0));
}

vtime compute_duration(const struct compute_spec *spec, int worker, int64_t iteration)
{
    double seconds = base_seconds(spec) * spec->factor[worker] * jitter_factor(spec, worker, iteration);
    assert(seconds > 0);
    return vtime_from_seconds(seconds, 1);
}
