#include "algorithms/overlap.h"

#include <inttypes.h>
#include <stdio.h>

#include "algorithms/predict.h"
#include "sim/base/vec.h"

const struct protocol overlap_protocol = {
    .n_worker_vectors = 2,
    .worker = {FROM_MODEL, FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = OVERLAP_ACCUMULATED, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = OVERLAP_GLOBAL, .fixed = true}},
    .replica = NO_REPLICA,
};

void overlap_step(struct worker_state *w)
{
    alg_step(w);
    alg_accumulate(w->vector[OVERLAP_ACCUMULATED], w);
}

float overlap_gamma(const struct worker_state *w)
{
    const struct overlap_params *p = w->params;
    return p->weighting == WEIGHT_SUM ? w->compensation : w->compensation / (float)w->k;
}

void overlap_fall_back(struct worker_state *w)
{
    vec_copy(w->model, w->vector[OVERLAP_GLOBAL], w->n);
}

bool overlap_check(const void *params, int workers, char *error, size_t error_size)
{
    const struct overlap_params *p = params;
    (void)workers;
    if (p->min_local_steps <= p->max_local_steps)
        return true;
    snprintf(error, error_size,
             "min_local_steps: expected at most max_local_steps = %" PRId64 ", got %" PRId64,
             p->max_local_steps, p->min_local_steps);
    return false;
}

enum next overlap_decide(const struct worker_view *w)
{
    const struct overlap_params *p = w->params;
    if (!w->inflight)
        return w->k >= p->min_local_steps ? SEND : STEP;
    return w->k < p->max_local_steps ? STEP : WAIT;
}

double overlap_compensation(const void *params, double done, double total)
{
    return schedule_at(&((const struct overlap_params *)params)->compensation, done, total);
}

bool overlap_drain(const void *params)
{
    return ((const struct overlap_params *)params)->drain;
}

float overlap_weight(const void *params, const struct push_header *push)
{
    const struct overlap_params *p = params;
    return p->weighting == WEIGHT_SUM || push->k == 0 ? 1.0f : 1.0f / (float)push->k;
}

void overlap_predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    const struct overlap_params *p = params;
    predict_overlap(in, &(struct overlap_steps){p->min_local_steps, p->max_local_steps, p->drain}, out);
}
