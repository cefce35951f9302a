/* For --check, also of a sweep. Virtual times and bytes are exact: timing.c plays the whole conductor. Wall
 * time is an estimate: the gradients of the run, at the speed that speed.c has measured. */
#include "sim/predict/forecast.h"

#include <math.h>

#include "models/data/dataset.h"
#include "sim/config/config.h"
#include "sim/predict/bounds.h"
#include "sim/runtime/timing.h"

#define SPEED 5e10 /* FLOP/s of all cores that forecast_length assumes ... */
#define STEP  2e-5 /* ... and seconds of an iteration beside its gradient */

static void keep_totals(void *context, const struct task *task)
{
    if (task->op == TASK_END)
        *(struct totals *)context = task->totals;
}

bool forecast_totals(const struct run *run, struct totals *totals)
{
    bool stuck = false;
    *totals = (struct totals){0};
    timing_play(run, keep_totals, totals, &stuck);
    return !stuck;
}

bool forecast_ends(const struct run *run)
{
    struct totals totals;
    bool by_chance = run->conductor.faults.crash_probability > 0;
    return !run->trains || !by_chance || forecast_totals(run, &totals);
}

double forecast_wall_seconds(const struct run *run, const struct totals *totals, const struct speed *speed)
{
    double batches = (double)totals->iterations * (double)run->cfg->train.accumulate;
    double evaluations = 1 + (double)totals->iterations / (double)run->conductor.eval_every;
    double images = (double)run->data->test.n + (double)run->data->validation.n + (double)run->measures;
    double tests =
        evaluations * images / (double)run->cfg->train.batch / 3; /* forward: a third of a gradient */
    double norms = quality_has(run->quality, QUALITY_GRADIENT_NORM)
                       ? evaluations * (double)run->gradient_samples / (double)run->cfg->train.batch
                       : 0;
    double seconds = (batches + tests + norms) / speed->gradients;
    return run->conductor.pace == PACE_REAL ? fmax(seconds, (double)totals->virtual_ns / NS_PER_S) : seconds;
}

double forecast_length(const struct run *run, bool trains)
{
    const struct totals all = {.iterations = (int64_t)bounds_iterations(&run->conductor)};
    const double flops = run->conductor.compute.flops; /* of a batch */
    const struct speed speed = {.processes = run->processes,
                                .gradients = flops > 0 ? SPEED / flops : INFINITY};
    double steps = STEP * (double)all.iterations;
    return run->trains && trains ? steps + forecast_wall_seconds(run, &all, &speed) : steps;
}
