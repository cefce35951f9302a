/* Post-local SGD: one local step a round for the first part of the run, then local SGD.
 *
 *     local steps of a round = 1 until switch_at of the run's iterations are in the model, then local_steps
 *
 * Lin, Stich, Patel, Jaggi, ICLR 2020, arXiv:1808.07217, section 3 and equation 4: they switch where the
 * learning rate falls for the first time, after half of the run. In both parts the PS averages models and
 * each worker keeps its own momentum. With switch_at = 0 it is Local SGD bit for bit, with switch_at = 1
 * Local SGD with local_steps = 1. */
#include "algorithms/periodic.h"

struct params {
    struct periodic periodic;
    double switch_at;
};

static const struct protocol protocol = {
    ALG_MODEL_FOR_MODEL,
    .stateless_workers = true,
    .all_workers = true,
};

/* All workers get the same reply, so all of them switch in the same round. */
static enum next decide(const struct worker_view *w)
{
    const struct params *p = w->params;
    if (w->inflight)
        return WAIT;
    return w->k < (w->progress < p->switch_at ? 1 : p->periodic.local_steps) ? STEP : SEND;
}

static const struct config_key keys[] = {
    {"switch_at", KEY_REAL, offsetof(struct params, switch_at), "0.5", .min = 0, .max = 1,
     .help = "fraction of the run's iterations before which a round has one local step (published: 0.5)"},
    {NULL}};

const struct algorithm alg_post_local_sgd = {
    .name = "post_local_sgd",
    .label = "Post-local SGD",
    .summary = "one local step a round, and local SGD only in the second part of the run",
    .paper = "Lin et al., ICLR 2020, arXiv:1808.07217",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &periodic_promises,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .step = alg_step,
    .combine = alg_combine_mean_model,
};
