/* DGA, delayed gradient averaging: a worker sends its model y and goes on. `delay` steps later it replaces
 * its own contribution by the mean of all workers.
 *
 *     x = x + (mean - y)
 *
 * Zhu et al., NeurIPS 2021. With delay = local_steps it is CoCoD, with delay = 0 Local SGD. The
 * corrections of all workers add up to 0. */
#include "algorithms/delayed.h"

static void accept(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = w->model[i] + (w->vector[DELAYED_MEAN][i] - w->vector[DELAYED_SENT][i]);
}

const struct algorithm alg_dga = {
    .name = "dga",
    .label = "DGA",
    .summary = "local SGD that merges averages some steps late, in place of its own contribution",
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
