/* For --check, also of a sweep. Virtual times and bytes are exact: timing.c plays the whole conductor. Wall
 * time is an estimate: a few gradients are timed on this machine and multiplied. */
#include "sim/predict/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "models/model.h"
#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/timing.h"

#define TIMED  3    /* gradients that are timed; the fastest counts */
#define SPEED  5e10 /* FLOP/s that forecast_length assumes for a core ... */
#define STEP   2e-5 /* ... and seconds of an iteration beside its gradient */
#define ENOUGH 0.5  /* seconds after which no further gradient is timed */

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

double forecast_gradient(const struct run *run)
{
    if (model_is_idle(run->model))
        return 0;
    int batch = (int)run->cfg->train.batch;
    struct workspace *ws = workspace_create(run->model, batch, 1);
    float *gradient = vec_create(run->n, NULL), *stats = vec_create(run->stats, run->first_stats);
    uint32_t *sample = need((size_t)batch * sizeof *sample); /* all zeros: the first image, `batch` times */
    const struct draw_at at = {.augment = run->cfg->data.augment, .no_dropout = !run->cfg->train.dropout};
    double best = 1e9, spent = 0;
    for (int i = 0; i < TIMED && spent < ENOUGH; i++) {
        double begun = clock_seconds();
        model_gradient(run->model, ws, run->first_params, stats, run->data, sample, batch, &at, gradient);
        double took = clock_seconds() - begun;
        best = took < best ? took : best;
        spent += took;
    }
    workspace_destroy(ws);
    free(gradient);
    free(stats);
    free(sample);
    return best * (double)run->cfg->train.accumulate;
}

double forecast_wall_seconds(const struct run *run, const struct totals *totals, double gradient)
{
    double image = gradient / (double)run_iteration_samples(run->cfg);
    double evaluations = 1 + (double)totals->iterations / (double)run->conductor.eval_every;
    double images = (double)run->data->test.n + (double)run->measures;
    double tests = evaluations * images * image / 3; /* a forward pass costs a third of a gradient */
    double cores = (double)sysconf(_SC_NPROCESSORS_ONLN);
    double used = cores < run->processes ? cores : run->processes;
    double seconds = ((double)totals->iterations * gradient + tests) / used;
    return run->conductor.pace == PACE_REAL ? fmax(seconds, (double)totals->virtual_ns / NS_PER_S) : seconds;
}

double forecast_length(const struct run *run)
{
    const struct totals all = {.iterations = run->conductor.iterations};
    const struct compute_spec *compute = &run->conductor.compute;
    double gradient = compute->flops * (double)compute->batches / SPEED;
    if (!run->trains)
        return STEP * (double)all.iterations;
    return STEP * (double)all.iterations + forecast_wall_seconds(run, &all, gradient);
}
