/* SlowMo: local SGD with momentum at the PS on the displacement of a round, in units of the learning rate.
 *
 *     u = beta u + (W - mean) / rate ;  W = W - alpha rate u
 *
 * Wang, Tantia, Ballas, Rabbat, ICLR 2020, arXiv:1910.00643, algorithm 1. With alpha = 1 and beta = 0 it
 * is Local SGD to rounding; at a constant rate it is bmuf without nesterov. `buffers` is what becomes of the
 * momentum of the workers' own optimisers at each average, line 2 of the algorithm: the workers keep it, it
 * becomes zero, or the PS averages it, as one more vector of each message. */
#include "algorithms/periodic.h"

#include <stdio.h>

#include "models/optimizer.h"
#include "sim/base/vec.h"

enum buffers { KEEP, ZERO, AVERAGE };
static const char *const buffers_words[] = {[KEEP] = "keep", [ZERO] = "zero", [AVERAGE] = "average", NULL};

struct params {
    struct periodic periodic;
    double slow_rate, slow_momentum;
    int buffers; /* -1: state_on_reset */
};

enum { SLOW, BUFFER };    /* vectors of the PS: u; the mean momentum */
enum { MODELS, BUFFERS }; /* spans of a push, if it has two */

static const struct protocol plain = {
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    ALG_MODEL_FOR_MODEL,
    .stateless_workers = true,
    .all_workers = true,
};

static const struct protocol averaging = {
    .n_server_vectors = 2,
    .server = {FROM_ZERO, FROM_ZERO},
    .push_spans = 2,
    .push = {{.vector = THE_MODEL}, {.vector = THE_STATE}},
    .reply_spans = 2,
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}, {.vector = BUFFER, .into = THE_STATE}},
    .replica = NO_REPLICA,
    .all_workers = true,
};

static int buffers_of(const void *params)
{
    return ((const struct params *)params)->buffers;
}

static const struct protocol *protocol_of(const void *params)
{
    return buffers_of(params) == AVERAGE ? &averaging : &plain;
}

static bool check(const void *params, int workers, char *error, size_t error_size)
{
    (void)workers;
    if (buffers_of(params) < 0 || ((const struct alg_common *)params)->state_on_reset < 0)
        return true;
    snprintf(error, error_size, "state_on_reset: expected nothing beside buffers = %s, got %s",
             buffers_words[buffers_of(params)],
             state_on_reset_words[((const struct alg_common *)params)->state_on_reset]);
    return false;
}

static bool check_setup(const void *params, const struct setup *setup, char *error, size_t error_size)
{
    if (buffers_of(params) != AVERAGE || setup->optimizer.states == 1)
        return true;
    snprintf(error, error_size,
             "buffers: expected keep or zero, got average: %s keeps %d vectors, and one can be averaged: the "
             "momentum of sgd or nesterov",
             setup->optimizer.name, setup->optimizer.states);
    return false;
}

static int on_reset(const void *params)
{
    return buffers_of(params) < 0 ? -1 : buffers_of(params) == ZERO ? STATE_ZERO : STATE_KEEP;
}

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    float alpha = (float)p->slow_rate, beta = (float)p->slow_momentum, share = 1.0f / (float)s->pushes;
    if (buffers_of(p) == AVERAGE) {
        vec_copy(s->vector[BUFFER], s->sum[BUFFERS], s->n);
        vec_scale(s->vector[BUFFER], share, s->n);
    }
    float *u = s->vector[SLOW], per_rate = s->rate > 0 ? 1 / s->rate : 0;
    for (size_t i = 0; i < s->n; i++) {
        u[i] = beta * u[i] + (s->model[i] - s->sum[MODELS][i] * share) * per_rate;
        s->model[i] -= alpha * s->rate * u[i];
    }
}

static const struct config_key keys[] = {
    {"slow_rate", KEY_REAL, offsetof(struct params, slow_rate), "1", .min = 0, .max = 1e3,
     .help = "alpha: factor of the slow step (published: 1)"},
    {"slow_momentum", KEY_REAL, offsetof(struct params, slow_momentum), "0.6", .min = 0, .max = 0.999999,
     .help = "beta: momentum from round to round (published: 0.4 to 0.8)"},
    {"buffers", KEY_CHOICE, offsetof(struct params, buffers), NULL, .choices = buffers_words,
     .help = "what becomes of the workers' own momentum at each average; average: it travels, too; left out: "
             "state_on_reset",
     .example = "average"},
    {NULL}};

const struct algorithm alg_slowmo = {
    .name = "slowmo",
    .label = "SlowMo",
    .summary = "local SGD with momentum at the PS, in units of the learning rate",
    .paper = "Wang et al., ICLR 2020, arXiv:1910.00643",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .choose = protocol_of,
    .check = check,
    .check_setup = check_setup,
    .on_reset = on_reset,
    .reset_key = "buffers",
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = alg_step,
    .combine = combine,
};
