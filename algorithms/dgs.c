/* DGS, dual-way gradient sparsification: asynchronous, and sparse in both directions.
 *
 *     worker   u = m u + rate g where u has just been sent, u + rate g elsewhere ;  sent: the largest of u
 *     PS       W = W - what it decodes ;  sent: the largest of W - W_given ;  W_given = W_given + these
 *
 * The paper divides unsent entries by m first. W_given is the model that the worker has: the PS follows it
 * bit for bit. A tensor that travels uncompressed is sent whole, so that its u is plain momentum. Yan, Xiao,
 * Chen, Zhou, Wu, ICPP 2020. waiting_momentum = 0: top-k with error feedback in both directions. */
#include "algorithms/pieces.h"

#include "sim/base/vec.h"

struct params {
    struct alg_common common;
    double waiting_momentum;
};

enum { UPDATE, OFFERED, CHANGE }; /* vectors of a worker: u, u as pack() offers it to the codec, the reply */
enum { BEHIND };                  /* vector of the PS: W - GIVEN */
enum { GIVEN };                   /* vector of the PS for each worker: the model that it has */

static const struct protocol protocol = {
    .n_worker_vectors = 3,
    .worker = {FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .n_peer_vectors = 1,
    .peer = {FROM_MODEL},
    .push_spans = 1,
    .push = {{.vector = OFFERED, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = BEHIND, .coded = true, .into = CHANGE}},
    .answers = ANSWER_EACH,
    .keeps_unsent = true,
    .replica = NO_REPLICA,
};

static void step(struct worker_state *w)
{
    vec_add_scaled(w->vector[UPDATE], w->rate, w->gradient, w->n);
}

static void pack(struct worker_state *w)
{
    vec_copy(w->vector[OFFERED], w->vector[UPDATE], w->n);
}

static void sent(struct worker_state *w, const float *const *decoded)
{
    float m = w->setup->momentum;
    for (size_t i = 0; i < w->n; i++)
        if (decoded[0][i] != 0)
            w->vector[UPDATE][i] = m * decoded[0][i] + (w->vector[UPDATE][i] - decoded[0][i]);
}

static void accept(struct worker_state *w)
{
    vec_add(w->model, w->vector[CHANGE], w->n);
}

static void combine(struct server_state *s)
{
    vec_step(s->model, 1, s->sum[0], s->n);
}

static void reply(struct server_state *s)
{
    vec_step_from(s->vector[BEHIND], s->model, 1, s->peer[GIVEN], s->n);
}

static void replied(struct server_state *s)
{
    vec_add(s->peer[GIVEN], s->vector[BEHIND], s->n);
}

static const struct config_key keys[] = {
    {"waiting_momentum", KEY_REAL, offsetof(struct params, waiting_momentum), NULL, .min = 0, .max = 0.999999,
     .help =
         "momentum of entries that are sent; the other entries wait without loss; left out: "
         "[algorithm.dgs] momentum, else [train] momentum, if more than 0, else 0.9, as published; 0: none",
     .example = "0.9"},
    {NULL}};

const struct algorithm alg_dgs = {
    .name = "dgs",
    .label = "DGS",
    .summary = "ASP that sends the largest entries in both directions, with a momentum that waits",
    .paper = "Yan et al., ICPP 2020",
    .keys = {alg_common_keys, alg_reply_codec_keys, keys},
    .presets = {{"codec", "topk"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .momentum = {offsetof(struct params, waiting_momentum), 0.9},
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_alone,
    .step = step,
    .pack = pack,
    .sent = sent,
    .accept = accept,
    .combine = combine,
    .reply = reply,
    .replied = replied,
};
