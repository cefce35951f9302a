/* BMUF, blockwise model-update filtering: the PS filters the displacement of each round and moves by the
 * result.
 *
 *     G = mean - S ;  D = eta D + zeta G ;  W = W + D ;  S = W, or with nesterov S = W + eta D
 *
 * S is the model that the workers start from, so G is what their local steps have done, without the
 * look-ahead of nesterov. Chen, Huo, ICASSP 2016, DOI 10.1109/ICASSP.2016.7472805. slowmo is the classical
 * form in units of the learning rate; with nesterov and zeta = 1 the models S are those of diloco with
 * outer_rate = 1. */
#include "algorithms/periodic.h"

#include <math.h>

struct params {
    struct periodic periodic;
    double block_rate, block_momentum;
    bool nesterov;
};

enum { MOVED, START }; /* vectors of the PS: D, S */

static const struct protocol protocol = {
    .n_server_vectors = 2,
    .server = {FROM_ZERO, FROM_MODEL},
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = START, .into = THE_MODEL}},
    .replica = NO_REPLICA,
    .stateless_workers = true,
    .all_workers = true,
};

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    double usual = 1 - 1.0 / s->workers;
    float eta = (float)(isnan(p->block_momentum) ? usual : p->block_momentum), zeta = (float)p->block_rate;
    float ahead = p->nesterov ? eta : 0, share = 1.0f / (float)s->pushes, *moved = s->vector[MOVED],
          *start = s->vector[START];
    for (size_t i = 0; i < s->n; i++) {
        moved[i] = eta * moved[i] + zeta * (s->sum[0][i] * share - start[i]);
        s->model[i] += moved[i];
        start[i] = s->model[i] + ahead * moved[i];
    }
}

static const struct config_key keys[] = {
    {"block_rate", KEY_REAL, offsetof(struct params, block_rate), "1", .min = 0, .max = 1e3,
     .help = "zeta: factor of the displacement of a round (published: 1)"},
    {"block_momentum", KEY_REAL, offsetof(struct params, block_momentum), NULL, .min = 0, .max = 0.999999,
     .help = "eta: momentum from round to round; left out: 1 - 1 / workers, as published", .example = "0.75"},
    {"nesterov", KEY_BOOL, offsetof(struct params, nesterov), "no",
     .help = "workers start from W + eta D instead of W"},
    {NULL}};

const struct algorithm alg_bmuf = {
    .name = "bmuf",
    .label = "BMUF",
    .summary = "local SGD with filtered block updates at the PS",
    .paper = "Chen, Huo, ICASSP 2016, DOI 10.1109/ICASSP.2016.7472805",
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
