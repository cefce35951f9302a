/* SlowMo: local SGD with momentum at the PS on the displacement of a round, in units of the learning rate.
 *
 *     u = beta u + (W - mean) / rate ;  W = W - alpha rate u
 *
 * Wang, Tantia, Ballas, Rabbat, ICLR 2020, arXiv:1910.00643, algorithm 1. With alpha = 1 and beta = 0 it
 * is Local SGD to rounding; at a constant rate it is bmuf without nesterov. */
#include "algorithms/periodic.h"

struct params {
    struct periodic periodic;
    double slow_rate, slow_momentum;
};

enum { SLOW }; /* vector of the PS: u */

static const struct protocol protocol = {
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    ALG_MODEL_FOR_MODEL,
    .stateless_workers = true,
};

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    float alpha = (float)p->slow_rate, beta = (float)p->slow_momentum, share = 1.0f / (float)s->pushes;
    float *u = s->vector[SLOW], per_rate = s->rate > 0 ? 1 / s->rate : 0;
    for (size_t i = 0; i < s->n; i++) {
        u[i] = beta * u[i] + (s->model[i] - s->sum[0][i] * share) * per_rate;
        s->model[i] -= alpha * s->rate * u[i];
    }
}

static const struct config_key keys[] = {
    {"slow_rate", KEY_REAL, offsetof(struct params, slow_rate), "1", .min = 0, .max = 1e3,
     .help = "alpha: factor of the slow step (published: 1)"},
    {"slow_momentum", KEY_REAL, offsetof(struct params, slow_momentum), "0.6", .min = 0, .max = 0.999999,
     .help = "beta: momentum from round to round (published: 0.4 to 0.8)"},
    {NULL}};

const struct algorithm alg_slowmo = {
    .name = "slowmo",
    .summary = "local SGD with momentum at the PS, in units of the learning rate",
    .paper = "Wang et al., ICLR 2020, arXiv:1910.00643",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = alg_step,
    .combine = combine,
};
