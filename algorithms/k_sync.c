/* K-sync (synchronous SGD with N - K backup workers): the PS waits for the first K gradients on the newest
 * model and cancels the others. K = N is BSP. Also Chen et al., Revisiting Distributed Synchronous SGD,
 * arXiv:1604.00981.
 *
 * The PS sends every new model to every worker. On a link that is slower than the rounds the models queue,
 * and the run ends when the last of them has arrived. The family: k_gradients.h. */
#include "algorithms/k_gradients.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .reply_may_precede_update = true,
    .drops_pushes = true,
};

const struct algorithm alg_k_sync = {
    .name = "k_sync",
    .label = "K-sync",
    .summary = "synchronous SGD with the first K gradients of each round",
    .paper = "Dutta et al., AISTATS 2018, arXiv:1803.01113",
    .keys = {alg_common_keys, k_keys},
    .params_size = sizeof(struct k_params),
    .protocol = &protocol,
    .promises = &k_promises,
    .check = k_check,
    .decide = alg_decide_one_gradient,
    .admit = k_admit_sync,
    .on_worker_down = alg_worker_down_ignored,
    .mean = alg_mean_gradient,
    .combine = alg_combine_step,
};
