/* The norm of the gradient of the training loss, the mean over run->gradient_samples training samples: what theory
 * bounds for losses that are not convex (Ghadimi and Lan, 2013). As in training, BatchNorm normalises with the batch;
 * nothing is augmented or dropped out, and weight decay is no part of the loss. */
#include <math.h>
#include <stdlib.h>

#include "models/data/dataset.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/waiter.h"

struct gradient_norm {
    const struct run *run;
    struct workspace *workspace;
    uint32_t *sample; /* (gradient_samples) the first ones of a permutation, or all in their order */
    float *gradient;  /* (n) of a batch */
    double *sum;      /* (n) each batch with the weight of its samples */
    float *stats;     /* (stats) a copy: a gradient moves them */
};

/* Drawn once, so that all evaluations and algorithms have the same ones. */
static void draw_samples(const struct run *run, uint32_t *sample)
{
    const struct draw_key key = {.seed = (uint64_t)run->cfg->experiment.seed, .purpose = DRAW_GRADIENT};
    uint32_t all = run->data->train.n;
    uint32_t *order = need(all * sizeof *order);
    draw_permutation(&key, order, all);
    for (uint32_t i = 0; i < run->gradient_samples; i++)
        sample[i] = run->gradient_samples < all ? order[i] : i;
    free(order);
}

struct gradient_norm *gradient_norm_open(const struct run *run)
{
    struct gradient_norm *g = need(sizeof *g);
    *g = (struct gradient_norm){.run = run,
                                .workspace = workspace_create(run->model, (int)run->cfg->train.batch, 1),
                                .sample = need(run->gradient_samples * sizeof *g->sample),
                                .gradient = need(run->n * sizeof *g->gradient),
                                .sum = need(run->n * sizeof *g->sum),
                                .stats = need(run->stats * sizeof *g->stats)};
    draw_samples(run, g->sample);
    return g;
}

void gradient_norm_close(struct gradient_norm *g)
{
    if (!g)
        return;
    workspace_destroy(g->workspace);
    free(g->sample);
    free(g->gradient);
    free(g->sum);
    free(g->stats);
    free(g);
}

/* The model of a run that diverges may have no finite gradient: NAN. */
static void add_batch(struct gradient_norm *g, const float *params, uint32_t first, uint32_t n)
{
    const struct run *run = g->run;
    const struct draw_at at = {.augment = AUGMENT_NONE, .no_dropout = true};
    double loss = model_gradient(run->model, g->workspace, params, g->stats, run->data, g->sample + first,
                                 (int)n, &at, g->gradient);
    double weight = isfinite(loss) ? (double)n / (double)run->gradient_samples : NAN;
    for (size_t i = 0; i < run->n; i++)
        g->sum[i] += weight * (double)g->gradient[i];
}

double gradient_norm_of(struct gradient_norm *g, struct waiter *me, const float *params, const float *stats)
{
    const struct run *run = g->run;
    uint32_t batch = (uint32_t)run->cfg->train.batch;
    double squares = 0;
    vec_copy(g->stats, stats, run->stats);
    for (size_t i = 0; i < run->n; i++)
        g->sum[i] = 0;
    for (uint32_t first = 0; first < run->gradient_samples; first += batch) {
        uint32_t left = run->gradient_samples - first;
        add_batch(g, params, first, left < batch ? left : batch);
        waiter_progress(me);
        waiter_turn(me);
    }
    for (size_t i = 0; i < run->n; i++)
        squares += g->sum[i] * g->sum[i];
    return sqrt(squares);
}

size_t gradient_norm_bytes(const struct run *run)
{
    return run->gradient_samples * sizeof(uint32_t) + run->n * (sizeof(float) + sizeof(double));
}
