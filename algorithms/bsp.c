/* BSP (synchronous SGD): in every iteration each worker pushes one gradient; the PS makes a step with the
 * mean and sends the new model to all workers. Valiant, CACM 33(8), 1990; Li et al., OSDI 2014. */
#include "algorithms/pieces.h"
#include "algorithms/predict.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .stateless_workers = true,
    .all_workers = true,
};

const struct algorithm alg_bsp = {
    .name = "bsp",
    .label = "BSP",
    .summary = "synchronous SGD: one gradient of every worker in every iteration",
    .paper = "Valiant, CACM 33(8), 1990; Li et al., OSDI 2014",
    .keys = {alg_common_keys},
    .params_size = sizeof(struct alg_common),
    .protocol = &protocol,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict_every_step,
    .mean = alg_mean_gradient,
    .combine = alg_combine_step,
};
