/* K-async: the PS makes a step with every K gradients, whatever models they were computed on, and answers
 * their K senders. K = 1 is ASP. The family: k_gradients.h. */
#include "algorithms/k_gradients.h"

static const struct protocol protocol = {
    ALG_GRADIENT_FOR_MODEL,
    .answers = ANSWER_EACH,
};

/* A worker that has pushed waits for the update, so the K gradients have different senders. */
static void admit(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)push;
    v->combine = k_complete(s);
    if (v->combine)
        alg_answer_waiting(s, v);
}

const struct algorithm alg_k_async = {
    .name = "k_async",
    .label = "K-async",
    .summary = "the PS makes a step with every K gradients of different workers, however stale",
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
