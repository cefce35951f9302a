/* The baseline of the published code behind LOSP (IEEE JSAC 39(8), 2021), for faithful reproduction only: a
 * worker resets to the model that it pulled BEFORE this round's update, so every round starts one update
 * late. Same messages, bytes and times as local_sgd, OSP's numbers (overlap.h) without OSP's overlap:  W[r+1] = W[r] -
 * rate * mean of G[r], G[r] computed from W[r-1]. */
#include "algorithms/overlap.h"

#include "algorithms/predict.h"

struct params {
    struct alg_common common;
    int64_t local_steps;
};

static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    if (w->inflight)
        return WAIT;
    return w->k < p->local_steps ? STEP : SEND;
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    predict_barrier(in, ((const struct params *)params)->local_steps, out);
}

static const struct config_key keys[] = {ALG_COMMON_KEYS,
                                         {"local_steps", KEY_INT, offsetof(struct params, local_steps), "8",
                                          .min = 1, .max = 1e9,
                                          .help = "local iterations between two synchronisations"},
                                         {NULL}};

const struct algorithm alg_local_sgd_jsac = {
    .name = "local_sgd_jsac",
    .summary = "the published Local SGD baseline, which uses each average one round late",
    .paper = "published code of Wang et al., IEEE JSAC 39(8), 2021",
    .keys = keys,
    .params_size = sizeof(struct params),
    .protocol = &overlap_protocol,
    .decide = decide,
    .admit = alg_admit_round,
    .notice = alg_notice_round,
    .predict = predict,
    .step = overlap_step,
    .pack = overlap_fall_back,
    .combine = alg_combine_mean_update,
};
