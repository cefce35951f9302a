/* CoCoD-SGD: the models of the last boundary are averaged while the workers walk on from them; then each adds to
 * the average what it has walked meanwhile:  x = mean + (y - s),  s the model that it sent, y the one that it has
 * reached. Shen et al., IJCAI 2019, DOI 10.24963/ijcai.2019/637, arXiv:1906.12043. With LOSP's compensation 1 and
 * as many steps in every push it is LOSP to rounding. The first exchange of the paper, of equal models, is left
 * out. */
#include "algorithms/periodic.h"

#include "sim/base/vec.h"

enum { SENT, MEAN };

static const struct protocol protocol = {
    .workers_own = 2,
    .worker = {FROM_MODEL, FROM_MODEL},
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = MEAN, .fixed = true}},
    .replica = NO_REPLICA,
    .on_waiting = true,
};

static void pack(struct worker_state *w)
{
    vec_copy(w->vector[SENT], w->model, w->n);
}

static void accept(struct worker_state *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->model[i] = w->vector[MEAN][i] + (w->model[i] - w->vector[SENT][i]);
}

static const struct config_key keys[] = {PERIODIC_KEYS, {NULL}};

const struct algorithm alg_cocod = {
    .name = "cocod",
    .summary = "averages the last models while local steps go on, and adds those to the average",
    .paper = "Shen et al., IJCAI 2019, arXiv:1906.12043",
    .keys = keys,
    .params_size = sizeof(struct periodic),
    .protocol = &protocol,
    .decide = periodic_decide_overlapped,
    .admit = alg_admit_round,
    .notice = alg_notice_round,
    .predict = periodic_predict_overlapped,
    .step = alg_step,
    .pack = pack,
    .accept = accept,
    .combine = alg_combine_mean_model,
};
