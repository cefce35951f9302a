/* Local SGD (periodic averaging): a fixed number of local steps between synchronisations that block.
 * Stich, ICLR 2019, arXiv:1805.09767. With exchange = model the PS averages the workers' models (with one
 * worker: serial SGD bit for bit); with exchange = gradients it steps with the mean of the accumulated
 * gradients, the same mathematics (with one local step: BSP bit for bit). */
#include "algorithms/algorithm.h"

#include "algorithms/predict.h"

enum exchange { EXCHANGE_MODEL, EXCHANGE_GRADIENTS };
enum { ACCUMULATED }; /* the sum of gradients since the last push */

struct params {
    struct alg_common common;
    int64_t local_steps;
    int exchange;
};

static const struct protocol by_model = {
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}},
    .replica = NO_REPLICA,
    .starts_anew = true,
};

static const struct protocol by_gradients = {
    .workers_own = 1,
    .worker = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = ACCUMULATED, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}},
    .replica = NO_REPLICA,
    .starts_anew = true,
};

static int exchange_of(const void *params)
{
    return ((const struct params *)params)->exchange;
}

static const struct protocol *local_sgd_protocol(const void *params)
{
    return exchange_of(params) == EXCHANGE_MODEL ? &by_model : &by_gradients;
}

static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    if (w->inflight)
        return WAIT;
    return w->k < p->local_steps ? STEP : SEND;
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    predict_barrier(in, ((const struct params *)params)->local_steps, out);
}

static void step(struct worker_state *w)
{
    alg_step(w);
    if (exchange_of(w->params) == EXCHANGE_GRADIENTS)
        alg_accumulate(w->vector[ACCUMULATED], w);
}

static void combine(struct server_state *s)
{
    if (exchange_of(s->params) == EXCHANGE_GRADIENTS)
        alg_combine_mean_update(s);
    else
        alg_combine_mean_model(s);
}

static const struct config_key keys[] = {
    ALG_COMMON_KEYS,
    {"local_steps", KEY_INT, offsetof(struct params, local_steps), "8", .min = 1, .max = 1e9,
     .help = "local iterations between two synchronisations"},
    {"exchange", KEY_CHOICE, offsetof(struct params, exchange), "model", .choices = "model|gradients",
     .help = "what is averaged: local models, or accumulated gradients"},
    {NULL}};

const struct algorithm alg_local_sgd = {
    .name = "local_sgd",
    .summary = "a fixed number of local steps, then a blocking average of the models",
    .paper = "Stich, ICLR 2019, arXiv:1805.09767",
    .keys = keys,
    .params_size = sizeof(struct params),
    .choose = local_sgd_protocol,
    .decide = decide,
    .admit = alg_admit_round,
    .notice = alg_notice_round,
    .predict = predict,
    .step = step,
    .combine = combine,
};
