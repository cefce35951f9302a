/* DiLoCo: each worker makes local_steps inner steps with its own optimiser; the PS takes the mean model
 * delta of the workers as the outer gradient of a step with Nesterov momentum.
 *
 *     D = mean of (W - x) ;  b = mu b + D ;  W = W - outer_rate (D + mu b)
 *
 * Douillard et al. 2023, arXiv:2311.08105. With outer_rate = 1 and outer_momentum = 0 it is Local SGD to
 * rounding. The inner optimiser keeps its state from round to round. */
#include "algorithms/diloco.h"

#include "sim/base/vec.h"

static const struct protocol protocol = {
    DILOCO_DELTA_FOR_MODEL,
    .stateless_workers = true,
    .all_workers = true,
};

static void accept(struct worker_state *w)
{
    vec_copy(w->model, w->vector[DILOCO_START], w->n);
}

const struct algorithm alg_diloco = {
    .name = "diloco",
    .label = "DiLoCo",
    .summary = "many local steps, then an outer Nesterov step of the PS with their mean model delta",
    .paper = "Douillard et al. 2023, arXiv:2311.08105",
    .keys = {alg_common_keys, periodic_keys, diloco_keys},
    .params_size = sizeof(struct diloco),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .check = diloco_check,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = alg_step,
    .pack = diloco_pack,
    .accept = accept,
    .combine = diloco_combine,
};
