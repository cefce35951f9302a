/* SCAFFOLD: local SGD with steps that are corrected for the difference between the worker's data and all
 * data.
 *
 *     worker   x = x - rate (g - c_i + c)
 *              after K steps from W (option II):  c_i' = c_i - c + (W - x) / (sum of the K rates)
 *              sent: x - W and c_i' - c_i
 *     PS       W += global_rate * mean ;  c += sum of the changes / clients
 *
 * Karimireddy et al., ICML 2020, arXiv:1910.06378. If a codec is set, c_i moves by the change that the PS
 * decodes, not by the worker's own: only then the sum of all c_i stays clients * c, to rounding, for any
 * choice of clients so far. Messages have twice the bytes of Local SGD, and the first round is Local
 * SGD's. With [cluster] clients c_i belongs to the client. */
#include "algorithms/periodic.h"

#include "sim/base/vec.h"

struct params {
    struct periodic periodic;
    double global_rate;
};

enum { START, CONTROL, OWN, DELTA, CHANGE }; /* vectors of a worker: W, c, c_i, x - W, c_i' - c_i */
enum { ALL_CONTROL };                        /* vector of the PS: c */
enum { DELTAS, CHANGES };                    /* spans of a push */

static const struct protocol protocol = {
    .n_worker_vectors = 5,
    .worker = {FROM_MODEL, FROM_ZERO, FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .client_vector = {[OWN] = true},
    .stateless_workers = true,
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 2,
    .push = {{.vector = DELTA, .coded = true}, {.vector = CHANGE, .coded = true}},
    .reply_spans = 2,
    .reply = {{.vector = THE_MODEL, .into = START}, {.vector = ALL_CONTROL, .into = CONTROL}},
    .replica = NO_REPLICA,
    .all_workers = true,
};

static void step(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] -= w->rate * (w->gradient[i] - w->vector[OWN][i] + w->vector[CONTROL][i]);
}

static void pack(struct worker_state *w)
{
    float rates = (float)w->rates, scale = rates > 0 ? 1 / rates : 0;
    for (size_t i = 0; i < w->n; i++) {
        float delta = w->model[i] - w->vector[START][i];
        float change = -w->vector[CONTROL][i] - delta * scale;
        w->vector[DELTA][i] = delta;
        w->vector[CHANGE][i] = change;
    }
}

static void sent(struct worker_state *w, const float *const *decoded)
{
    vec_add(w->vector[OWN], decoded[CHANGES], w->n);
}

static void accept(struct worker_state *w)
{
    vec_copy(w->model, w->vector[START], w->n);
}

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    float share = 1.0f / (float)s->pushes, rate = (float)p->global_rate;
    vec_add_scaled(s->model, rate * share, s->sum[DELTAS], s->n);
    vec_add_scaled(s->vector[ALL_CONTROL], 1.0f / (float)s->clients, s->sum[CHANGES], s->n);
}

static const struct config_key keys[] = {
    {"global_rate", KEY_REAL, offsetof(struct params, global_rate), "1", .min = 0, .max = 1e3,
     .help = "factor of the mean model delta when the PS applies it (published: 1)"},
    {NULL}};

const struct algorithm alg_scaffold = {
    .name = "scaffold",
    .label = "SCAFFOLD",
    .summary = "local SGD with control variates against data that differ between workers",
    .paper = "Karimireddy et al., ICML 2020, arXiv:1910.06378",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict,
    .step = step,
    .pack = pack,
    .sent = sent,
    .accept = accept,
    .combine = combine,
};
