/* The baseline of the published code behind LOSP (IEEE JSAC 39(8), 2021), for faithful reproduction only:
 * a worker resets to the model that it pulled BEFORE this round's update, so every round starts one update
 * late.
 *
 *     W[r+1] = W[r] - rate * mean of G[r]      G[r] computed from W[r-1]
 *
 * Messages, bytes and times are those of local_sgd; the models are those of OSP (overlap.h) without its
 * overlap. */
#include "algorithms/overlap.h"

#include "algorithms/periodic.h"

static const struct protocol protocol = {OVERLAP_SUM_FOR_MODEL};

const struct algorithm alg_local_sgd_jsac = {
    .name = "local_sgd_jsac",
    .label = "Local SGD (JSAC)",
    .summary = "the published Local SGD baseline, which uses each average one round late",
    .paper = "published code of Wang et al., IEEE JSAC 39(8), 2021",
    .keys = {alg_common_keys, periodic_keys},
    .params_size = sizeof(struct periodic),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = overlap_step,
    .pack = overlap_fall_back,
    .combine = alg_combine_mean_update,
};
