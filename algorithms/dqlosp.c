/* DQLOSP, doubly quantised LOSP: pushes are coded, and instead of the model the PS sends the coded mean
 * update. PS and workers apply the same decoded update with the same function, so every worker's replica
 * equals the PS's model bit for bit after every round (the framework compares their hashes). With the
 * identity codec it is LOSP. Idea: the code behind LOSP (IEEE JSAC 39(8), 2021); nearest published
 * relative: Tang et al., DoubleSqueeze, ICML 2019. */
#include "algorithms/overlap.h"

#include "sim/base/vec.h"

enum { REPLICA = OVERLAP_GLOBAL, ACCUMULATED = OVERLAP_ACCUMULATED, UPDATE }; /* of a worker */
enum { AVERAGE }; /* vector of the PS: the mean of the decoded pushes, after coding its decoded value */

static const struct protocol protocol = {
    .n_worker_vectors = 3,
    .worker = {FROM_MODEL, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = ACCUMULATED, .coded = true, .gradient = true}},
    .reply_spans = 1,
    .reply = {{.vector = AVERAGE, .coded = true, .gradient = true, .into = UPDATE}},
    .replica = REPLICA,
    .one_rate_a_round = true,
    .all_workers = true,
    .hides_exchanges = true,
    .replies_count_at_pack = true,
};

static void pack(struct worker_state *w) /* in full precision: these gradients never leave the worker */
{
    vec_step_from(w->model, w->vector[REPLICA], overlap_gamma(w), w->vector[ACCUMULATED], w->n);
}

static void accept(struct worker_state *w)
{
    vec_step(w->vector[REPLICA], w->update_rate, w->vector[UPDATE], w->n);
}

static void combine(struct server_state *s)
{
    alg_mean(s, s->vector[AVERAGE]);
}

static void apply(struct server_state *s)
{
    vec_step(s->model, s->rate, s->vector[AVERAGE], s->n);
}

const struct algorithm alg_dqlosp = {
    .name = "dqlosp",
    .label = "DQLOSP",
    .summary = "LOSP with coded messages in both directions and a replica at every worker",
    .paper = "after the code of Wang et al., IEEE JSAC 39(8), 2021",
    .keys = {alg_common_keys, alg_reply_codec_keys, overlap_keys, compensation_keys},
    .presets = {{"codec", "maxabs"}},
    .params_size = sizeof(struct overlap_params),
    .protocol = &protocol,
    .promises = &overlap_promises,
    .check = overlap_check,
    .decide = overlap_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .compensation = overlap_compensation,
    .drain = overlap_drain,
    .weight = overlap_weight,
    .predict = overlap_predict,
    .step = overlap_step,
    .pack = pack,
    .accept = accept,
    .combine = combine,
    .apply = apply,
};
