/* FedProx: FedAvg with a proximal term, which keeps each worker's model near the model that it started from.
 *
 *     worker   x = x - rate * direction of (g + mu (x - W))
 *     PS       W = sum of (n_i / n) x_i
 *
 * g + mu (x - W) is the gradient of the worker's loss plus mu/2 |x - W|^2, so it is clipped and goes through
 * the optimiser as a whole. Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, MLSys 2020, arXiv:1812.06127,
 * equation 2 and algorithm 2, with the mean of their experiments, which is FedAvg's. With mu = 0 it is FedAvg
 * bit for bit. */
#include "algorithms/epochs.h"

#include "sim/base/vec.h"

struct params {
    struct epochs epochs;
    double mu;
};

enum { START }; /* vector of a worker: W */

static const struct protocol protocol = {
    .n_worker_vectors = 1,
    .worker = {FROM_MODEL},
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = START, .fixed = true}},
    .replica = NO_REPLICA,
    .stateless_workers = true,
    .weighs_models = true,
    .all_workers = true,
};

static void penalise(struct worker_state *w)
{
    float mu = (float)((const struct params *)w->params)->mu;
    for (size_t i = 0; i < w->n && mu > 0; i++)
        w->gradient[i] += mu * (w->model[i] - w->vector[START][i]);
}

static void accept(struct worker_state *w)
{
    vec_copy(w->model, w->vector[START], w->n);
}

static const struct config_key keys[] = {
    {"mu", KEY_REAL, offsetof(struct params, mu), "1", .min = 0, .max = 1e6,
     .help =
         "strength of the proximal term (published: the best of 0.001, 0.01, 0.1, 1, which is 1 for MNIST; "
         "0: FedAvg)"},
    {NULL}};

const struct algorithm alg_fedprox = {
    .name = "fedprox",
    .label = "FedProx",
    .summary = "FedAvg with a proximal term that keeps local models near the PS's",
    .paper = "Li et al., MLSys 2020, arXiv:1812.06127",
    .keys = {alg_common_keys, epochs_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .decide = epochs_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .weight = epochs_weight,
    .predict = epochs_predict,
    .penalise = penalise,
    .step = alg_step,
    .accept = accept,
    .combine = epochs_combine,
};
