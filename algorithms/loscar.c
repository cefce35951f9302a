/* LOSCAR-SGD: of the local_steps between two pushes a worker makes the first overlap_steps while the push
 * travels. Each worker may have numbers of its own, so that all reach the barrier at one time: in the paper's
 * words worker i makes N_i = local_steps - overlap_steps before a push and Q_i = overlap_steps after it. Only
 * a compressed difference travels, by default some random coordinates, the same for all
 * workers. On these the worker merges
 *
 *     x = z + (mean - y)      y: the model that it sent, z: the model that it has reached
 *
 * Maziane, Mahran, Maranjyan, Richtarik 2026, arXiv:2605.20866. Here in the form with a replica: workers
 * send y - W, the PS adds the mean of what it decodes to W and sends that mean, so any codec can be the
 * mask. Without a mask it is CoCoD for overlap_steps = local_steps and Local SGD for overlap_steps = 0,
 * both to rounding. In W, which is evaluated, a coordinate is as old as the last mask that contained it. */
#include "algorithms/pieces.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "algorithms/predict.h"
#include "sim/base/vec.h"

struct params {
    struct alg_common common;
    struct reals local_steps, overlap_steps; /* whole numbers: one, or one a worker */
};

enum {
    REPLICA,
    AHEAD,
    DECODED,
    UPDATE
};               /* vectors of a worker: W; y - W; y - W as the PS decodes it; the reply */
enum { CHANGE }; /* vector of the PS: the mean of what it has decoded */

static const struct protocol protocol = {
    .n_worker_vectors = 4,
    .worker = {FROM_MODEL, FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = 1,
    .server = {FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = AHEAD, .coded = true}},
    .reply_spans = 1,
    .reply = {{.vector = CHANGE, .coded = true, .into = UPDATE}},
    .keeps_unsent = true,
    .replica = REPLICA,
    .accepts_only_when_waiting = true,
    .all_workers = true,
};

static int64_t of_worker(const struct reals *steps, int id)
{
    return (int64_t)steps->at[steps->n == 1 ? 0 : id];
}

static bool check_list(const char *name, const struct reals *steps, int workers, char *error,
                       size_t error_size)
{
    if (steps->n != 1 && steps->n != workers) {
        snprintf(error, error_size, "%s: expected one value or %d (cluster.workers), got %d", name, workers,
                 steps->n);
        return false;
    }
    for (int i = 0; i < steps->n; i++)
        if (steps->at[i] != floor(steps->at[i])) {
            snprintf(error, error_size, "%s: expected whole numbers, got %g", name, steps->at[i]);
            return false;
        }
    return true;
}

static bool check(const void *params, int workers, char *error, size_t error_size)
{
    const struct params *p = params;
    if (!check_list("local_steps", &p->local_steps, workers, error, error_size) ||
        !check_list("overlap_steps", &p->overlap_steps, workers, error, error_size))
        return false;
    for (int i = 0; i < workers; i++) {
        int64_t most = of_worker(&p->local_steps, i), got = of_worker(&p->overlap_steps, i);
        if (got > most) {
            snprintf(error, error_size,
                     "overlap_steps: expected at most local_steps = %" PRId64 " for worker %d, got %" PRId64,
                     most, i, got);
            return false;
        }
    }
    return true;
}

static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    if (w->inflight)
        return w->k < of_worker(&p->overlap_steps, w->id) ? STEP : WAIT;
    return w->k < of_worker(&p->local_steps, w->id) ? STEP : SEND;
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    const struct params *p = params;
    predict_uneven(in, &p->local_steps, &p->overlap_steps, out);
}

static void pack(struct worker_state *w)
{
    vec_step_from(w->vector[AHEAD], w->model, 1, w->vector[REPLICA], w->n);
}

static void sent(struct worker_state *w, const float *const *decoded)
{
    vec_copy(w->vector[DECODED], decoded[0], w->n);
}

/* Outside the mask UPDATE and DECODED are both 0. */
static void accept(struct worker_state *w)
{
    vec_add(w->vector[REPLICA], w->vector[UPDATE], w->n);
    for (size_t i = 0; i < w->n; i++)
        w->model[i] += w->vector[UPDATE][i] - w->vector[DECODED][i];
}

static void combine(struct server_state *s)
{
    alg_mean(s, s->vector[CHANGE]);
}

static void apply(struct server_state *s)
{
    vec_add(s->model, s->vector[CHANGE], s->n);
}

static const struct config_key keys[] = {
    {"local_steps", KEY_REALS, offsetof(struct params, local_steps), "8", .min = 1, .max = 1e9,
     .help = "local iterations between two pushes; one value, or one a worker", .example = "8, 4, 8, 2"},
    {"overlap_steps", KEY_REALS, offsetof(struct params, overlap_steps), "4", .min = 0, .max = 1e9,
     .help = "local iterations of these from a push until its reply is merged; one value, or one a worker",
     .example = "4, 2, 4, 1"},
    {NULL}};

static const struct promises promises = {.most_steps = offsetof(struct params, local_steps)};

const struct algorithm alg_loscar = {
    .name = "loscar",
    .label = "LOSCAR",
    .summary = "local SGD that averages some coordinates while steps go on, and merges on these",
    .paper = "Maziane et al. 2026, arXiv:2605.20866",
    .keys = {alg_common_keys, alg_reply_codec_keys, keys},
    .presets = {{"codec", "randomk"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &promises,
    .check = check,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict,
    .step = alg_step,
    .pack = pack,
    .sent = sent,
    .accept = accept,
    .combine = combine,
    .apply = apply,
};
