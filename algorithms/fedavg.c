/* FedAvg: every worker makes local_epochs over its samples and sends its model; the PS takes the mean,
 * weighted by numbers of samples.
 *
 *     W = sum of (n_i / n) x_i
 *
 * With [cluster] clients the workers stand for other clients in every round, drawn at random. McMahan et al.,
 * AISTATS 2017, arXiv:1602.05629. With shares of equal size and every client in every round it is Local
 * SGD to rounding. */
#include "algorithms/pieces.h"

#include "algorithms/predict.h"
#include "sim/base/vec.h"

struct params {
    struct alg_common common;
    int64_t local_epochs;
};

static const struct protocol protocol = {
    ALG_MODEL_FOR_MODEL,
    .stateless_workers = true,
    .weighs_models = true,
};

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
    vec_copy(s->model, s->sum[0], s->n);
    vec_scale(s->model, 1.0f / s->weight, s->n);
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
    .paper = "McMahan et al., AISTATS 2017, arXiv:1602.05629",
    .keys = {alg_common_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .weight = weight,
    .predict = predict,
    .step = alg_step,
    .combine = combine,
};
