/* Streaming DiLoCo: the parameters are split into `fragments` fragments. Every local_steps / fragments inner
 * steps the next fragment is pushed, in a message of its own, so each fragment is exchanged, and gets an
 * outer step, every local_steps:
 *
 *     local_steps = 8, fragments = 3      steps  | o o o | o o o | o o | o o o | ...
 *                                      fragment          0       1     2       0
 *
 * Where fragments do not divide local_steps, the last ones get a step less. While a fragment travels the worker
 * goes on for `delay` steps, in which it may push the next fragments. Then it merges that fragment:
 *
 *     x = mixing x + (1 - mixing) W
 *
 * Douillard et al. 2025, arXiv:2501.18512, where a fragment has whole layers, with strides between them (layout =
 * strided) or side by side; with layout = runs fragments are equal runs of the parameter vector. With one fragment,
 * no delay and no mixing it is DiLoCo bit for bit. In W, which is evaluated, each fragment is as old as its last
 * exchange. */
#include "algorithms/diloco.h"

#include <inttypes.h>
#include <stdio.h>

#include "algorithms/predict.h"

enum layout { RUNS, STRIDED };
static const char *const layout_words[] = {[RUNS] = "runs", [STRIDED] = "strided", NULL};

struct params {
    struct diloco diloco;
    int64_t fragments, delay;
    double mixing;
    enum layout layout;
};

static const struct protocol protocol = {
    DILOCO_DELTA_FOR_MODEL,
    .accepts_only_when_waiting = true,
    .all_workers = true,
};

/* Local iterations in pushes 0 .. pushes - 1 of a worker. */
static int64_t steps_in(const struct params *p, int64_t pushes)
{
    int64_t each = p->diloco.periodic.local_steps / p->fragments,
            longer = p->diloco.periodic.local_steps % p->fragments, last = pushes % p->fragments;
    return pushes / p->fragments * p->diloco.periodic.local_steps + last * each +
           (last < longer ? last : longer);
}

static bool check(const void *params, int workers, char *error, size_t error_size)
{
    const struct params *p = params;
    if (!diloco_check(params, workers, error, error_size))
        return false;
    if (p->fragments > p->diloco.periodic.local_steps)
        snprintf(error, error_size,
                 "fragments: expected at most local_steps = %" PRId64 ", got %" PRId64
                 ": each takes a step or more",
                 p->diloco.periodic.local_steps, p->fragments);
    else if (p->delay > p->diloco.periodic.local_steps)
        snprintf(error, error_size, "delay: expected at most local_steps = %" PRId64 ", got %" PRId64,
                 p->diloco.periodic.local_steps, p->delay);
    else
        return true;
    return false;
}

static int64_t fragments(const void *params)
{
    const struct params *p = params;
    return p->fragments;
}

static bool strided(const void *params)
{
    return ((const struct params *)params)->layout == STRIDED;
}

/* Every update contains one push of each worker, so the version that a worker has accepted is the number of its
 * pushes that are answered. */
static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    int64_t pushes = w->version + w->unanswered, before = steps_in(p, pushes);
    int64_t since_oldest = w->k + before - steps_in(p, w->version + 1); /* that has no merged reply */
    if (w->unanswered > 0 && since_oldest >= p->delay)
        return WAIT;
    return w->k < steps_in(p, pushes + 1) - before ? STEP : SEND;
}

/* Pushes of unequal numbers of steps have no closed form. */
static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    const struct params *p = params;
    int64_t steps = p->diloco.periodic.local_steps;
    if (steps % p->fragments == 0)
        predict_delayed(in, steps / p->fragments, p->delay, out);
}

static void accept(struct worker_state *w)
{
    const struct params *p = w->params;
    float own = (float)p->mixing;
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = own * w->model[i] + (1 - own) * w->vector[DILOCO_START][i];
}

static const struct config_key keys[] = {
    {"fragments", KEY_INT, offsetof(struct params, fragments), "4", .min = 1, .max = 1e6,
     .help =
         "fragments of the model that are exchanged in turn, each once in local_steps, a push every "
         "local_steps / fragments steps; if they do not divide local_steps, the last fragments get a step "
         "less; at most local_steps"},
    {"delay", KEY_INT, offsetof(struct params, delay), "1", .min = 0, .max = 1e9,
     .help =
         "local iterations from a push until its reply is merged; at most local_steps. If it is more than "
         "local_steps / fragments: several fragments are in flight at a time"},
    {"mixing", KEY_REAL, offsetof(struct params, mixing), "0.5", .min = 0, .max = 1,
     .help = "weight of the local model when the reply is merged (published: 0.5)"},
    {"layout", KEY_CHOICE, offsetof(struct params, layout), "runs", .choices = layout_words,
     .help =
         "what a fragment is; runs: equal runs of the parameter vector; strided: fragment p has the layers "
         "p, p + fragments, p + 2 fragments, ... (published)"},
    {NULL}};

static const struct promises promises = {.most_steps = offsetof(struct params, diloco.periodic.local_steps),
                                         .fragments = offsetof(struct params, fragments),
                                         .delay = offsetof(struct params, delay),
                                         .layout = offsetof(struct params, layout)};

const struct algorithm alg_streaming_diloco = {
    .name = "streaming_diloco",
    .label = "Streaming DiLoCo",
    .summary = "DiLoCo that exchanges one fragment of the model after the other while steps go on",
    .paper = "Douillard et al. 2025, arXiv:2501.18512",
    .keys = {alg_common_keys, periodic_keys, diloco_keys, keys},
    .presets = {{"outer_rate", "0.4"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &promises,
    .check = check,
    .fragments = fragments,
    .strided = strided,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict,
    .step = alg_step,
    .pack = diloco_pack,
    .accept = accept,
    .combine = diloco_combine,
};
