/* DGA, delayed gradient averaging: a worker walks on, and `delay` steps after it sent its model y it replaces its
 * own share of the delta by the mean of all:  x = x + (mean - y).  Zhu et al., NeurIPS 2021. With delay = local_steps
 * it is CoCoD; with delay = 0 Local SGD. The corrections of all workers add up to 0. */
#include "algorithms/delayed.h"

static void accept(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = w->model[i] + (w->vector[DELAYED_MEAN][i] - w->vector[DELAYED_SENT][i]);
}

const struct algorithm alg_dga = {
    .name = "dga",
    .summary = "local SGD whose averages are merged some steps late, own share replaced",
    .paper = "Zhu et al., NeurIPS 2021",
    .keys = {alg_common_keys, periodic_keys, delayed_keys},
    .params_size = sizeof(struct delayed),
    .protocol = &delayed_protocol,
    .promises = &periodic_promises,
    .check = delayed_check,
    .decide = delayed_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = delayed_predict,
    .step = alg_step,
    .pack = delayed_pack,
    .accept = accept,
    .combine = alg_combine_mean_model,
};
