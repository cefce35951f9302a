/* K-batch-async: the PS answers every gradient at once with the newest model; every K-th gradient makes an
 * update first. K = 1 is ASP. The family: k_gradients.h. */
#include "algorithms/k_gradients.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .answers = ANSWER_EACH,
    .reply_may_precede_update = true,
};

static void admit(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    v->combine = k_complete(s);
    alg_answer(v, push->worker);
}

const struct algorithm alg_k_batch_async = {
    .name = "k_batch_async",
    .label = "K-batch-async",
    .summary = "the PS makes a step with every K gradients and answers each sender at once",
    .paper = "Dutta et al., AISTATS 2018, arXiv:1803.01113",
    .keys = {alg_common_keys, k_keys},
    .params_size = sizeof(struct k_params),
    .protocol = &protocol,
    .promises = &k_promises,
    .check = k_check,
    .decide = alg_decide_one_gradient,
    .admit = admit,
    .on_worker_down = alg_worker_down_ignored,
    .mean = alg_mean_gradient,
    .combine = alg_combine_step,
};
