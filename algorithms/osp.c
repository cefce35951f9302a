/* OSP, Overlap Synchronization Parallel: a worker does not wait for the reply to its push. It goes on from
 * the last global model that it has, and pushes the gradients of this phase once the reply has arrived.
 * Staleness is one round:
 *
 *     W[t+1] = W[t] - rate * (1/N) sum_i sum_k g(x_i,k)      the local phase x_i,. starts from W[t-1]
 *
 * Wang, Guo, Li, ICPP 2019, DOI 10.1145/3337821.3337828 (appendix, equation 1). */
#include "algorithms/overlap.h"

const struct algorithm alg_osp = {
    .name = "osp",
    .label = "OSP",
    .summary = "overlap: a worker goes on while its push is in flight, one round stale",
    .paper = "Wang, Guo, Li, ICPP 2019, DOI 10.1145/3337821.3337828",
    .keys = {alg_common_keys, overlap_keys},
    .params_size = sizeof(struct overlap_params),
    .protocol = &overlap_protocol,
    .promises = &overlap_promises,
    .check = overlap_check,
    .decide = overlap_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .drain = overlap_drain,
    .weight = overlap_weight,
    .predict = overlap_predict,
    .step = overlap_step,
    .pack = overlap_fall_back,
    .combine = alg_combine_mean_update,
};
