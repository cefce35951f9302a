/* LOSP, OSP with local compensation: the model that a worker falls back to lacks the worker's own newest
 * gradients, which are being pushed. So the worker starts its next local phase from
 *
 *     W - gamma * (the pushed sum)      gamma = compensation * learning rate; 0 is OSP
 *
 * The worker keeps what it pushes: with weighting = mean both are divided by K. Wang, Qu, Guo, Wang, Li,
 * Zhuang, IEEE JSAC 39(8):2541-2557, 2021, DOI 10.1109/JSAC.2021.3087272. */
#include "algorithms/overlap.h"

#include "sim/base/vec.h"

static void pack(struct worker_state *w)
{
    vec_step_from(w->model, w->vector[OVERLAP_GLOBAL], overlap_gamma(w), w->vector[OVERLAP_ACCUMULATED],
                  w->n);
}

const struct algorithm alg_losp = {
    .name = "losp",
    .label = "LOSP",
    .summary = "OSP that keeps its own pending gradients in the local model",
    .paper = "Wang et al., IEEE JSAC 39(8), 2021, DOI 10.1109/JSAC.2021.3087272",
    .keys = {alg_common_keys, overlap_keys, compensation_keys},
    .params_size = sizeof(struct overlap_params),
    .protocol = &overlap_protocol,
    .promises = &overlap_promises,
    .check = overlap_check,
    .decide = overlap_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .compensation = overlap_compensation,
    .drain = overlap_drain,
    .weight = overlap_weight,
    .predict = overlap_predict,
    .step = overlap_step,
    .pack = pack,
    .combine = alg_combine_mean_update,
};
