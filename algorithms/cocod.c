/* CoCoD-SGD: the models of the last boundary are averaged while the workers walk on from them; then each adds to
 * the average what it has walked meanwhile:  x = mean + (y - s),  s the model that it sent, y the one that it has
 * reached. Shen et al., IJCAI 2019, DOI 10.24963/ijcai.2019/637, arXiv:1906.12043. With LOSP's compensation 1 and
 * as many steps in every push it is LOSP to rounding. The first exchange of the paper, of equal models, is left
 * out. */
#include "algorithms/delayed.h"

static void accept(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = w->vector[DELAYED_MEAN][i] + (w->model[i] - w->vector[DELAYED_SENT][i]);
}

const struct algorithm alg_cocod = {
    .name = "cocod",
    .summary = "averages the last models while local steps go on, and adds those to the average",
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
