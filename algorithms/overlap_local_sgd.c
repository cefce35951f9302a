/* Overlap-Local-SGD: a worker is pulled back to an anchor z, the average of models that are one period
 * old. The PS makes the anchor while the worker goes on.
 *
 *     worker   x = (1 - alpha) x + alpha z, then x is sent
 *     PS       v = beta v + (mean - z) ;  z = z + v
 *
 * Wang, Liang, Joshi, ICASSP 2020, arXiv:2002.09539. The anchor is what is evaluated. With pullback = 1
 * and anchor_momentum = 0 nothing is learned: x is z in every push. */
#include "algorithms/periodic.h"

struct params {
    struct periodic periodic;
    double pullback, anchor_momentum;
};

enum { ANCHOR };   /* vector of a worker */
enum { VELOCITY }; /* vector of the PS */

static const struct protocol protocol = {
    .n_worker_vectors = 1,
    .worker = {FROM_MODEL},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = ANCHOR, .fixed = true}},
    .replica = NO_REPLICA,
    .accepts_only_when_waiting = true,
    .all_workers = true,
};

static void pack(struct worker_state *w)
{
    const struct params *p = w->params;
    float alpha = (float)p->pullback;
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = (1 - alpha) * w->model[i] + alpha * w->vector[ANCHOR][i];
}

static void combine(struct server_state *s)
{
    const struct params *p = s->params;
    float beta = (float)p->anchor_momentum, share = 1.0f / (float)s->pushes, *v = s->vector[VELOCITY];
    for (size_t i = 0; i < s->n; i++) {
        float mean = s->sum[0][i] * share;
        v[i] = beta * v[i] + (mean - s->model[i]);
        s->model[i] = beta > 0 ? s->model[i] + v[i] : mean;
    }
}

static const struct config_key keys[] = {
    {"pullback", KEY_REAL, offsetof(struct params, pullback), "0.6", .min = 0, .max = 1,
     .help = "alpha: how far a worker is pulled back to the anchor (published: 0.6)"},
    {"anchor_momentum", KEY_REAL, offsetof(struct params, anchor_momentum), "0.7", .min = 0, .max = 0.999999,
     .help = "beta: momentum of the anchor (published: 0.7)"},
    {NULL}};

const struct algorithm alg_overlap_local_sgd = {
    .name = "overlap_local_sgd",
    .label = "Overlap-Local-SGD",
    .summary = "local SGD pulled back to an average that is one period old",
    .paper = "Wang, Liang, Joshi, ICASSP 2020, arXiv:2002.09539",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .decide = periodic_decide_overlapped,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict_overlapped,
    .step = alg_step,
    .pack = pack,
    .combine = combine,
};
