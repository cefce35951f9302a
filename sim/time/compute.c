#include "sim/time/compute.h"

#include <assert.h>
#include <stdbool.h>

#include "sim/base/rng.h"

static double base_seconds(const struct compute_spec *spec)
{
    if (spec->model == COMPUTE_FIXED)
        return spec->seconds;
    return spec->flops / spec->device_flops + spec->overhead;
}

static struct draw_key key_of(const struct compute_spec *spec, enum purpose purpose, int worker,
                              int64_t iteration)
{
    return (struct draw_key){
        .seed = spec->seed, .purpose = purpose, .rank = worker, .iteration = (uint64_t)iteration};
}

static double spread_factor(const struct compute_spec *spec, int worker)
{
    struct draw_key key = key_of(spec, DRAW_SPREAD, worker, 0);
    return draw_lognormal(&key, 0, spec->spread);
}

static double jitter_factor(const struct compute_spec *spec, int worker, int64_t iteration)
{
    struct draw_key key = key_of(spec, DRAW_JITTER, worker, iteration);
    return draw_lognormal(&key, 0, spec->jitter);
}

static bool episode_begins(const struct compute_spec *spec, int worker, int64_t iteration)
{
    struct draw_key key = key_of(spec, DRAW_STRAGGLER, worker, iteration);
    return draw_uniform(&key, 0) < spec->straggler.probability;
}

/* Whether an episode that covers this iteration began: looked up anew each time, so that there is no state. */
static double straggler_factor(const struct compute_spec *spec, int worker, int64_t iteration)
{
    if (spec->straggler.probability == 0)
        return 1;
    for (int64_t back = 0; back < spec->straggler.duration && back <= iteration; back++)
        if (episode_begins(spec, worker, iteration - back))
            return spec->straggler.factor;
    return 1;
}

vtime compute_duration(const struct compute_spec *spec, int worker, int64_t iteration, vtime start)
{
    return compute_measured(spec, base_seconds(spec), worker, iteration, start);
}

vtime compute_measured(const struct compute_spec *spec, double seconds, int worker, int64_t iteration,
                       vtime start)
{
    seconds = seconds * spec->factor[worker] * jitter_factor(spec, worker, iteration) *
              spread_factor(spec, worker) * straggler_factor(spec, worker, iteration);
    if (spec->trace)
        seconds /= trace_at(&spec->trace[worker], start).factor;
    assert(seconds >= 0);
    return vtime_from_seconds(seconds, 1);
}
