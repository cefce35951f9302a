/* FedNova: FedAvg with normalised averaging, so that a worker with many local steps does not pull W towards
 * its own optimum.
 *
 *     worker   sent: d_i = (x - W) / |a_i|
 *     PS       W += tau * sum of (n_i / n) d_i ;  tau = sum of (n_i / n) |a_i|
 *
 * a_i holds the factor that each gradient of the round has in x - W, in units of the rate: |a_i| is k_i for
 * SGD, and the sum of (1 - m^j) / (1 - m) over j = 1 .. k_i with momentum m. Wang, Liu, Liang, Joshi, Poor,
 * NeurIPS 2020, arXiv:2007.07481, section 4 and equation 6. tau is that of the authors' code: equal k_i give
 * FedAvg to rounding. As in that code the momentum begins at zero in each round. The rates of a
 * round count as equal. */
#include "algorithms/epochs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/vec.h"

enum { START, DELTA }; /* vectors of a worker: W, d_i */

static const struct protocol protocol = {
    .n_worker_vectors = 2,
    .worker = {FROM_MODEL, FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = DELTA, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = START, .fixed = true}},
    .replica = NO_REPLICA,
    .stateless_workers = true,
    .weighs_models = true,
    .all_workers = true,
};

static bool is(const struct setup *setup, const char *optimizer)
{
    return strcmp(setup->optimizer.name, optimizer) == 0;
}

static bool check_setup(const void *params, const struct setup *setup, char *error, size_t error_size)
{
    (void)params;
    if (is(setup, "adamw"))
        snprintf(error, error_size,
                 "optimizer: expected sgd or nesterov, got adamw: its steps are no sum of gradients");
    else if (setup->optimizer.momentum > 0 && !setup->optimizer.restarts)
        snprintf(error, error_size,
                 "state_on_reset: expected zero with momentum, got keep: a round would hold gradients of the "
                 "rounds before");
    else
        return true;
    return false;
}

/* |a_i|. With momentum u = m u + g, gradient j of k has the factor 1 + m + .. + m^(k - j). The direction of
 * nesterov is g + m u. */
static double length(const struct setup *setup, int64_t k)
{
    double m = setup->optimizer.momentum, steps = (double)k,
           sum = (steps - m * (1 - pow(m, steps)) / (1 - m)) / (1 - m);
    return is(setup, "nesterov") ? steps + m * sum : sum;
}

static void pack(struct worker_state *w)
{
    vec_step_from(w->vector[DELTA], w->model, 1, w->vector[START], w->n);
    vec_scale(w->vector[DELTA], (float)(1 / length(w->setup, w->k)), w->n);
}

static void accept(struct worker_state *w)
{
    vec_copy(w->model, w->vector[START], w->n);
}

static void combine(struct server_state *s)
{
    double n = s->weight, tau = s->work / n;
    vec_add_scaled(s->model, (float)(tau / n), s->sum[0], s->n);
}

const struct algorithm alg_fednova = {
    .name = "fednova",
    .label = "FedNova",
    .summary = "FedAvg that counts each worker's change per local step",
    .paper = "Wang et al., NeurIPS 2020, arXiv:2007.07481",
    .keys = {alg_common_keys, epochs_keys},
    .presets = {{"state_on_reset", "zero"}},
    .params_size = sizeof(struct epochs),
    .protocol = &protocol,
    .check_setup = check_setup,
    .decide = epochs_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .weight = epochs_weight,
    .work = length,
    .predict = epochs_predict,
    .step = alg_step,
    .pack = pack,
    .accept = accept,
    .combine = combine,
};
