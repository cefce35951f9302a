/* DiLoCo with eager updates: the mean delta of a round arrives one round late, hidden behind the next
 * inner steps. The worker replaces its own stale contribution to that mean by its fresh delta and makes
 * the outer step by itself.
 *
 *     delta = late mean + (fresh - stale) / workers          eager = no: delta = late mean
 *
 * In the first round there is no late mean: delta = fresh / workers. The workers' models differ; the PS's
 * W, which is evaluated, takes its steps with the exact means. Kale, Douillard, Donchev 2025,
 * arXiv:2502.12996. With one worker it is DiLoCo to rounding. */
#include "algorithms/diloco.h"

#include "sim/base/vec.h"

struct params {
    struct diloco diloco;
    bool eager;
};

enum { START = DILOCO_START, DELTA = DILOCO_DELTA, LATE_MEAN, MOMENTUM }; /* vectors of a worker */
enum { MEAN = DILOCO_MOMENTUM + 1 };                                      /* vector of the PS */

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
    .all_workers = true,
};

/* DELTA still holds the delta of the last round: the stale contribution to LATE_MEAN. */
static void pack(struct worker_state *w)
{
    const struct params *p = w->params;
    struct outer_step step = diloco_step(&p->diloco, w->progress);
    float share = p->eager ? 1.0f / (float)w->workers : 0, *start = w->vector[START],
          *delta = w->vector[DELTA];
    for (size_t i = 0; i < w->n; i++) {
        float fresh = start[i] - w->model[i];
        float all = w->vector[LATE_MEAN][i] + share * (fresh - delta[i]);
        delta[i] = fresh;
        start[i] = diloco_outer(start[i], &w->vector[MOMENTUM][i], all, step);
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
     .help = "a worker replaces its stale contribution to the late mean by its fresh delta"},
    {NULL}};

const struct algorithm alg_eager_diloco = {
    .name = "eager_diloco",
    .label = "Eager DiLoCo",
    .summary = "DiLoCo with a mean that comes a round late, in which a worker updates its own contribution",
    .paper = "Kale, Douillard, Donchev 2025, arXiv:2502.12996",
    .keys = {alg_common_keys, periodic_keys, diloco_keys, keys},
    .presets = {{"outer_rate", "0.4"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .check = diloco_check,
    .decide = periodic_decide_overlapped,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = periodic_predict_overlapped,
    .step = alg_step,
    .pack = pack,
    .combine = combine,
};
