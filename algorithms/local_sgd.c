/* Local SGD (periodic averaging): a fixed number of local steps, then a blocking synchronisation. Stich,
 * ICLR 2019, arXiv:1805.09767.
 *
 * With exchange = model the PS averages the workers' models (one worker: serial SGD bit for bit). With
 * exchange = gradients it makes a step with the mean of the accumulated gradients, which is the same
 * mathematics (one local step: BSP bit for bit). */
#include "algorithms/periodic.h"

enum exchange { EXCHANGE_MODEL, EXCHANGE_GRADIENTS };
static const char *const exchange_words[] = {
    [EXCHANGE_MODEL] = "model", [EXCHANGE_GRADIENTS] = "gradients", NULL};

enum { ACCUMULATED }; /* the sum of gradients since the last push */

struct params {
    struct periodic periodic;
    enum exchange exchange;
};

static const struct protocol by_model = {
    ALG_MODEL_FOR_MODEL,
    .stateless_workers = true,
    .all_workers = true,
};

static const struct protocol by_gradients = {
    .n_worker_vectors = 1,
    .worker = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = ACCUMULATED, .coded = true, .gradient = true}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}},
    .replica = NO_REPLICA,
    .stateless_workers = true,
    .one_rate_a_round = true,
    .all_workers = true,
};

static enum exchange exchange_of(const void *params)
{
    return ((const struct params *)params)->exchange;
}

static const struct protocol *local_sgd_protocol(const void *params)
{
    return exchange_of(params) == EXCHANGE_MODEL ? &by_model : &by_gradients;
}

static void step(struct worker_state *w)
{
    if (exchange_of(w->params) == EXCHANGE_GRADIENTS)
        alg_step_and_accumulate(w->vector[ACCUMULATED], w);
    else
        alg_step(w);
}

static void combine(struct server_state *s)
{
    if (exchange_of(s->params) == EXCHANGE_GRADIENTS)
        alg_combine_mean_update(s);
    else
        alg_combine_mean_model(s);
}

static const struct config_key keys[] = {
    {"exchange", KEY_CHOICE, offsetof(struct params, exchange), "model", .choices = exchange_words,
     .help = "what the PS averages: local models, or accumulated gradients"},
    {NULL}};

const struct algorithm alg_local_sgd = {
    .name = "local_sgd",
    .label = "Local SGD",
    .summary = "a fixed number of local steps, then a blocking average of the models",
    .paper = "Stich, ICLR 2019, arXiv:1805.09767",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .choose = local_sgd_protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = step,
    .combine = combine,
};
