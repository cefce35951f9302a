/* DoubleSqueeze: BSP with coded messages in both directions. Workers send coded gradients, the PS codes
 * the mean of what it decodes, and PS and workers make the same step with the decoded mean. So each
 * worker's replica equals the PS's model bit for bit. An optimiser at the PS turns the mean into the
 * direction before it is coded. Tang et al., ICML 2019, arXiv:1905.05957, which uses error_feedback.
 *
 * With codec sign (scale = none) it is signSGD with majority vote (Bernstein et al., ICML 2018,
 * arXiv:1802.04434, 1810.05291), with sign and error_feedback dist-EF-SGD (arXiv:1905.10936), with codec =
 * identity BSP. */
#include "algorithms/pieces.h"

#include "algorithms/predict.h"
#include "sim/base/vec.h"

enum { UPDATE }; /* vector of a worker */
/* Vector of the PS: the mean of the decoded pushes, or the direction that the PS's optimiser makes of it;
 * after coding its decoded value. */
enum { AVERAGE };

static const struct protocol protocol = {
    .n_worker_vectors = 1,
    .worker = {FROM_ZERO},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = THE_GRADIENT, .coded = true, .gradient = true}},
    .reply_spans = 1,
    .reply = {{.vector = AVERAGE, .coded = true, .gradient = true, .into = UPDATE}},
    .replica = THE_MODEL,
    .all_workers = true,
};

static void accept(struct worker_state *w)
{
    vec_step(w->model, w->update_rate, w->vector[UPDATE], w->n);
}

static void combine(struct server_state *s)
{
    vec_copy(s->vector[AVERAGE], s->sum[0], s->n);
}

static void apply(struct server_state *s)
{
    vec_step(s->model, s->rate, s->vector[AVERAGE], s->n);
}

const struct algorithm alg_doublesqueeze = {
    .name = "doublesqueeze",
    .label = "DoubleSqueeze",
    .summary = "BSP with coded messages in both directions and a replica at every worker",
    .paper = "Tang et al., ICML 2019, arXiv:1905.05957",
    .keys = {alg_common_keys, alg_reply_codec_keys},
    .presets = {{"codec", "maxabs"}},
    .params_size = sizeof(struct alg_common),
    .protocol = &protocol,
    .feedback = FEEDBACK_GRADIENT,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict_every_step,
    .accept = accept,
    .mean = alg_mean_gradient,
    .combine = combine,
    .apply = apply,
};
