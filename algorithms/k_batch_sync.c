/* K-batch-sync: workers compute one batch after the other on the model that they have; the first K
 * gradients on the newest model, from whichever workers, make the update. The family: k_gradients.h. */
#include "algorithms/k_gradients.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .reply_may_precede_update = true,
    .drops_pushes = true,
};

static enum next decide(const struct worker_view *w)
{
    return w->k == 0 ? STEP : SEND;
}

const struct algorithm alg_k_batch_sync = {
    .name = "k_batch_sync",
    .label = "K-batch-sync",
    .summary = "K-sync with workers that go on with fresh batches until the update",
    .paper = "Dutta et al., AISTATS 2018, arXiv:1803.01113",
    .keys = {alg_common_keys, k_keys},
    .params_size = sizeof(struct k_params),
    .protocol = &protocol,
    .promises = &k_promises,
    .check = k_check,
    .decide = decide,
    .admit = k_admit_sync,
    .on_worker_down = alg_worker_down_ignored,
    .mean = alg_mean_gradient,
    .combine = alg_combine_step,
};
