/* A stand-in for DaSGD (Zhou et al. 2020, arXiv:2006.00441): only its abstract says how averages are
 * merged: Local SGD with an average that comes `delay` steps late and is mixed with the model that the
 * worker has reached by then.
 *
 *     x = merge mean + (1 - merge) x
 *
 * With merge = 1 and delay = 0 it is Local SGD. */
#include "algorithms/delayed.h"

struct params {
    struct delayed delayed;
    double merge;
};

static void accept(struct worker_state *w)
{
    float xi = (float)((const struct params *)w->params)->merge;
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = xi * w->vector[DELAYED_MEAN][i] + (1 - xi) * w->model[i];
}

static const struct config_key keys[] = {
    {"merge", KEY_REAL, offsetof(struct params, merge), "0.5", .min = 0, .above_min = 1, .max = 1,
     .help = "weight of the late average; the local model has the rest of 1"},
    {NULL}};

const struct algorithm alg_dasgd = {
    .name = "dasgd",
    .label = "DaSGD",
    .summary = "local SGD that mixes averages in some steps late (stand-in)",
    .paper = "after the abstract of Zhou et al. 2020, arXiv:2006.00441; its weights are not known",
    .keys = {alg_common_keys, periodic_keys, delayed_keys, keys},
    .params_size = sizeof(struct params),
    .protocol = &delayed_protocol,
    .promises = &periodic_promises,
    .check = delayed_check,
    .decide = delayed_decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = delayed_predict,
    .step = alg_step,
    .pack = delayed_pack,
    .accept = accept,
    .combine = alg_combine_mean_model,
};
