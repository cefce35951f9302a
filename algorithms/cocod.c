/* CoCoD-SGD: the PS averages the models of the last boundary while the workers go on from them. Then each
 * worker adds its own progress since that boundary to the average.
 *
 *     x = mean + (y - s)      s: the model that the worker sent, y: the model that it has reached
 *
 * Shen et al., IJCAI 2019, DOI 10.24963/ijcai.2019/637, arXiv:1906.12043. LOSP with compensation 1 and
 * equally many steps in every push is the same to rounding. The first exchange of the paper, of equal
 * models, is left out. */
#include "algorithms/delayed.h"

static void accept(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = w->vector[DELAYED_MEAN][i] + (w->model[i] - w->vector[DELAYED_SENT][i]);
}

const struct algorithm alg_cocod = {
    .name = "cocod",
    .label = "CoCoD-SGD",
    .summary = "averages the last models while local steps go on, and adds these steps to the average",
    .paper = "Shen et al., IJCAI 2019, arXiv:1906.12043",
    .keys = {alg_common_keys, periodic_keys},
    .params_size = sizeof(struct periodic),
    .protocol = &delayed_protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide_overlapped,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict_overlapped,
    .step = alg_step,
    .pack = delayed_pack,
    .accept = accept,
    .combine = alg_combine_mean_model,
};
