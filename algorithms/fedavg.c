/* FedAvg: every worker makes local_epochs over its samples and sends its model; the PS takes the mean,
 * weighted by numbers of samples.
 *
 *     W = sum of (n_i / n) x_i        server_optimizer = none
 *
 * With another server_optimizer the mean change D = sum of (n_i / n) (x_i - W) is the gradient of an outer
 * step (outer_optimizer.h): FedAvgM, FedAdam, FedYogi, FedAdagrad.
 *
 * With [cluster] clients the workers stand for other clients in every round, drawn at random. McMahan et al.,
 * AISTATS 2017, arXiv:1602.05629. With shares of equal size and every client in every round it is Local
 * SGD to rounding. */
#include "algorithms/outer_optimizer.h"

#include "sim/base/vec.h"

#define MEAN_OF_MODELS \
    ALG_MODEL_FOR_MODEL, .stateless_workers = true, .all_workers = true, .weighs_models = true

static const struct protocol plain = {MEAN_OF_MODELS, OUTER_NONE_VECTORS},
                             with_momentum = {MEAN_OF_MODELS, OUTER_MOMENTUM_VECTORS},
                             with_moments = {MEAN_OF_MODELS, OUTER_MOMENTS_VECTORS};

static const struct protocol *protocol_of(const void *params)
{
    enum outer_optimizer o = ((const struct outer *)params)->optimizer;
    return o == OUTER_NONE ? &plain : o == OUTER_MOMENTUM ? &with_momentum : &with_moments;
}

static void combine(struct server_state *s)
{
    const struct outer *p = s->params;
    if (p->optimizer == OUTER_NONE) {
        epochs_combine(s);
        return;
    }
    float *mean = s->sum[0];
    vec_scale(mean, 1.0f / s->weight, s->n);
    vec_step(mean, 1, s->model, s->n); /* D */
    outer_step(s, mean);
}

const struct algorithm alg_fedavg = {
    .name = "fedavg",
    .label = "FedAvg",
    .summary = "local epochs, then a mean of the models, weighted by their samples",
    .paper = "McMahan et al., AISTATS 2017, arXiv:1602.05629; outer optimisers: Reddi et al., ICLR 2021",
    .keys = {alg_common_keys, epochs_keys, outer_keys},
    .params_size = sizeof(struct outer),
    .choose = protocol_of,
    .check = outer_check,
    .first_value = outer_first_value,
    .decide = epochs_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .weight = epochs_weight,
    .predict = epochs_predict,
    .step = alg_step,
    .combine = combine,
};
