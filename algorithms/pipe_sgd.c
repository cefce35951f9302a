/* Pipe-SGD: synchronous SGD with gradients that are one update late, so every exchange is hidden behind an
 * iteration.
 *
 *     W[t+1] = W[t] - rate * mean of g(W[t-1])
 *
 * The first two gradients are both taken at W[0]. Li et al., NeurIPS 2018, arXiv:1811.03619. OSP with
 * max_local_steps = 1 is the same bit for bit. */
#include "algorithms/pieces.h"

#include "algorithms/predict.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .accepts_only_when_waiting = true,
    .all_workers = true,
    .hides_exchanges = true,
};

static enum next decide(const struct worker_view *w)
{
    if (w->k == 0)
        return STEP;
    return w->inflight ? WAIT : SEND;
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    (void)params;
    predict_overlap(in, &(struct overlap_steps){1, 1, false}, out);
}

const struct algorithm alg_pipe_sgd = {
    .name = "pipe_sgd",
    .label = "Pipe-SGD",
    .summary = "synchronous SGD with gradients that are one update late",
    .paper = "Li et al., NeurIPS 2018, arXiv:1811.03619",
    .keys = {alg_common_keys},
    .params_size = sizeof(struct alg_common),
    .protocol = &protocol,
    .decide = decide,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict,
    .mean = alg_mean_gradient,
    .combine = alg_combine_step,
};
