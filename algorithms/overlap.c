#include "algorithms/overlap.h"

#include <inttypes.h>
#include <stdio.h>

#include "algorithms/predict.h"
#include "sim/base/vec.h"

const struct protocol overlap_protocol = {OVERLAP_SUM_FOR_MODEL, .hides_exchanges = true};

static const char *const weighting_words[] = {[WEIGHT_SUM] = "sum", [WEIGHT_MEAN] = "mean", NULL};

const struct config_key overlap_keys[] = {
    {"max_local_steps", KEY_INT, offsetof(struct overlap_params, max_local_steps), "16", .min = 1, .max = 1e9,
     .help = "most local iterations in one push; then the worker waits for its reply"},
    {"min_local_steps", KEY_INT, offsetof(struct overlap_params, min_local_steps), "1", .min = 1, .max = 1e9,
     .help = "fewest local iterations in one push, even if the reply arrives earlier"},
    {"weighting", KEY_CHOICE, offsetof(struct overlap_params, weighting), "sum", .choices = weighting_words,
     .help = "what a push counts for: the sum of its gradients (published), or their mean"},
    {"drain", KEY_BOOL, offsetof(struct overlap_params, drain), "no",
     .help = "at the end push the gradients that have not been pushed (published: they are dropped)"},
    {NULL}};

const struct promises overlap_promises = {.fewest_steps = offsetof(struct overlap_params, min_local_steps),
                                          .most_steps = offsetof(struct overlap_params, max_local_steps)};

const struct config_key compensation_keys[] = {
    {"compensation", KEY_REAL, offsetof(struct overlap_params, compensation.base), "1", .min = 0, .max = 1e6,
     .help = "gamma / learning rate: how much of its pending push a worker keeps (published: 1.5)"},
    {"compensation_schedule", KEY_CHOICE, offsetof(struct overlap_params, compensation.form), "constant",
     .choices = schedule_words_without_lists, .help = "how the compensation changes during the run"},
    {"compensation_warmup", KEY_REAL, offsetof(struct overlap_params, compensation.warmup), "0", .min = 0,
     .max = 0.999999, .help = "fraction of all iterations over which the compensation rises linearly from 0"},
    {"compensation_step_at", KEY_REALS, offsetof(struct overlap_params, compensation.step_at), "0.5, 0.75",
     .min = 0, .max = 1,
     .help = "compensation_schedule = step: fractions of all iterations at which it changes"},
    {"compensation_step_factor", KEY_REAL, offsetof(struct overlap_params, compensation.step_factor), "0.1",
     .min = 0, .max = 1e6, .help = "compensation_schedule = step: factor of each change"},
    {NULL}};

void overlap_step(struct worker_state *w)
{
    alg_step_and_accumulate(w->vector[OVERLAP_ACCUMULATED], w);
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
