/* DiLoCo with eager updates: the mean delta of a round comes one round late, hidden behind the next inner steps;
 * meanwhile a worker replaces its own stale share of it by its fresh one:  delta = late mean + (fresh - stale) /
 * workers,  and makes the outer step with that by itself. eager = no is the plain delayed form: delta = late mean. In
 * the first round there is no late mean: fresh / workers alone. Workers' models differ; the PS's W, which is
 * evaluated, steps with the exact means. Kale, Douillard, Donchev 2025, arXiv:2502.12996. One worker: DiLoCo to
 * rounding. */
#include "algorithms/diloco.h"

#include "sim/base/vec.h"

struct params {
    struct diloco diloco;
    bool eager;
};

enum { START = DILOCO_START, DELTA = DILOCO_DELTA, LATE_MEAN, MOMENTUM }; /* a worker's */
enum { MEAN = DILOCO_MOMENTUM + 1 };                                      /* the PS's */

static const struct protocol protocol = {
    .n_worker_vectors = 4,
    .worker = {FROM_MODEL, FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = 2,
    .server = {FROM_ZERO, FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = DELTA, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = MEAN, .into = LATE_MEAN, .fixed = true}},
    .replica = NO_REPLICA,
    .accepts_only_when_waiting = true,
};

/* Before DELTA is sent, which still holds the delta of the last round. */
static void pack(struct worker_state *w)
{
    const struct params *p = w->params;
    float share = p->eager ? 1.0f / (float)w->workers : 0, *start = w->vector[START],
          *delta = w->vector[DELTA];
    for (size_t i = 0; i < w->n; i++) {
        float fresh = start[i] - w->model[i];
        float all = w->vector[LATE_MEAN][i] + share * (fresh - delta[i]);
        delta[i] = fresh;
        start[i] = diloco_outer(start[i], &w->vector[MOMENTUM][i], all, &p->diloco);
    }
    vec_copy(w->model, start, w->n);
}

static void combine(struct server_state *s)
{
    diloco_combine(s);
    vec_copy(s->vector[MEAN], s->sum[0], s->n);
}

static const struct config_key keys[] = {
    {"eager", KEY_BOOL, offsetof(struct params, eager), "yes",
     .help = "replace the own stale share of the late mean by the fresh one"},
    {NULL}};

const struct algorithm alg_eager_diloco = {
    .name = "eager_diloco",
    .summary = "DiLoCo whose mean comes a round late, own share brought up to date",
    .paper = "Kale, Douillard, Donchev 2025, arXiv:2502.12996",
    .keys = {alg_common_keys, periodic_keys, diloco_keys, keys},
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
