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

#include "algorithms/predict.h"
#include "sim/base/vec.h"

struct params {
    struct outer outer;
    int64_t local_epochs;
};

#define MEAN_OF_MODELS ALG_MODEL_FOR_MODEL, .stateless_workers = true, .weighs_models = true

static const struct protocol plain = {MEAN_OF_MODELS, OUTER_NONE_VECTORS},
                             with_momentum = {MEAN_OF_MODELS, OUTER_MOMENTUM_VECTORS},
                             with_moments = {MEAN_OF_MODELS, OUTER_MOMENTS_VECTORS};

static const struct protocol *protocol_of(const void *params)
{
    enum outer_optimizer o = ((const struct params *)params)->outer.optimizer;
    return o == OUTER_NONE ? &plain : o == OUTER_MOMENTUM ? &with_momentum : &with_moments;
}

static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    if (w->inflight)
        return WAIT;
    return w->k < p->local_epochs * w->epoch ? STEP : SEND;
}

static float weight(const void *params, const struct push_header *push)
{
    (void)params;
    return (float)push->samples;
}

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    vec_scale(s->sum[0], 1.0f / s->weight, s->n);
    if (p->outer.optimizer == OUTER_NONE) {
        vec_copy(s->model, s->sum[0], s->n);
        return;
    }
    vec_step(s->sum[0], 1, s->model, s->n); /* D */
    outer_step(s, s->sum[0]);
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    predict_epochs(in, ((const struct params *)params)->local_epochs, out);
}

static const struct config_key keys[] = {
    {"local_epochs", KEY_INT, offsetof(struct params, local_epochs), "1", .min = 1, .max = 1e6,
     .help = "passes over a worker's samples between two pushes (published: 1, 5, 20)"},
    {NULL}};

const struct algorithm alg_fedavg = {
    .name = "fedavg",
    .summary = "local epochs, then a mean of the models, weighted by their samples",
    .paper = "McMahan et al., AISTATS 2017, arXiv:1602.05629; outer optimisers: Reddi et al., ICLR 2021",
    .keys = {alg_common_keys, keys, outer_keys},
    .params_size = sizeof(struct params),
    .choose = protocol_of,
    .check = outer_check,
    .first_value = outer_first_value,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .weight = weight,
    .predict = predict,
    .step = alg_step,
    .combine = combine,
};
