/* DGC, deep gradient compression: BSP that sends only the largest entries. The momentum u and the sum v
 * keep the other entries at the worker until they are sent.
 *
 *     u = m u + g ;  v = v + u ;  sent: the largest of v ;  there u = v = 0 (masking = no: v = 0 only)
 *
 * A tensor that travels uncompressed keeps u: it has plain momentum, as in the authors' code, where vectors
 * (min_dimensions = 2) are such tensors. Lin et al., ICLR 2018, arXiv:1712.01887. Its clipping is [train]
 * clip_norm, its warm-up [codec.topk] warmup. Weight decay is not compressed and has a momentum of its own at
 * the PS, as in the authors' code:
 *
 *     b = m b + decay W ;  W = W - rate (mean + b)
 *
 * so with codec = none and masking = no it is BSP with momentum, weight decay included. */
#include "algorithms/pieces.h"

#include "algorithms/predict.h"
#include "sim/base/vec.h"

struct params {
    struct alg_common common;
    double correction;
    bool masking;
};

enum { MOMENTUM, UNSENT, OFFERED }; /* vectors of a worker: u, v, and v as pack() offers it to the codec */
enum { DECAY };                     /* vector of the PS: b */

static const struct protocol protocol = {
    .n_worker_vectors = 3,
    .worker = {FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = OFFERED, .coded = true, .gradient = true}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL, .fixed = true}},
    .keeps_unsent = true,
    .replica = NO_REPLICA,
    .all_workers = true,
};

static void step(struct worker_state *w)
{
    float m = w->setup->momentum, *u = w->vector[MOMENTUM];
    for (size_t i = 0; i < w->n; i++)
        u[i] = m * u[i] + w->gradient[i];
    vec_add(w->vector[UNSENT], u, w->n);
}

static void pack(struct worker_state *w)
{
    vec_copy(w->vector[OFFERED], w->vector[UNSENT], w->n);
}

static void mask(float *momentum, const float *sent, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sent[i] != 0)
            momentum[i] = 0;
}

static void sent(struct worker_state *w, const float *const *decoded)
{
    bool masking = ((const struct params *)w->params)->masking;
    vec_step(w->vector[UNSENT], 1, decoded[0], w->n);
    size_t at = 0;
    for (int t = 0; t < w->setup->tensors; at += w->setup->tensor[t++].n)
        if (masking && !w->raw[t])
            mask(w->vector[MOMENTUM] + at, decoded[0] + at, w->setup->tensor[t].n);
}

static void combine(struct server_state *s)
{
    alg_mean_gradient(s);
    if (s->setup->weight_decay > 0) {
        vec_scale(s->vector[DECAY], s->setup->momentum, s->n);
        alg_decay(s->setup, s->first, s->model, s->vector[DECAY], s->n);
        vec_add(s->sum[0], s->vector[DECAY], s->n);
    }
    alg_combine_step(s);
}

static const struct config_key keys[] = {
    {"correction", KEY_REAL, offsetof(struct params, correction), NULL, .min = 0, .max = 0.999999,
     .help = "momentum at the worker, applied before the codec leaves entries out; left out: [algorithm.dgc] "
             "momentum, else [train] momentum, if more than 0, else 0.9, as published; 0: none",
     .example = "0.9"},
    {"masking", KEY_BOOL, offsetof(struct params, masking), "yes",
     .help = "set the momentum of entries to zero when they are sent"},
    {NULL}};

const struct algorithm alg_dgc = {
    .name = "dgc",
    .label = "DGC",
    .summary = "BSP that sends the largest entries, with momentum corrected for the others",
    .paper = "Lin et al., ICLR 2018, arXiv:1712.01887",
    .keys = {alg_common_keys, keys},
    .presets = {{"codec", "topk"}, {"min_dimensions", "2"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .momentum = {offsetof(struct params, correction), 0.9},
    .decays = true,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict_every_step,
    .step = step,
    .pack = pack,
    .sent = sent,
    .combine = combine,
};
