/* ASP, the asynchronous parameter server: the PS makes a step with every gradient when it arrives and
 * answers only its sender; no worker waits for another. Recht et al., Hogwild, NIPS 2011; Dean et al.,
 * Downpour, NIPS 2012. */
#include "algorithms/asynchronous.h"

const struct algorithm alg_asp = {
    .name = "asp",
    .label = "ASP",
    .summary = "asynchronous SGD: the PS makes a step with every gradient when it arrives",
    .paper = "Recht et al., NIPS 2011; Dean et al., NIPS 2012",
    .keys = {alg_common_keys, asynchronous_keys},
    .params_size = sizeof(struct asynchronous_params),
    .choose = asynchronous_protocol,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_alone,
    .weight = asynchronous_weight,
    .amend = asynchronous_amend,
    .mean = alg_mean_gradient, /* of one */
    .combine = alg_combine_step,
    .reply = asynchronous_reply,
};
