/* ASP, the asynchronous parameter server: the PS steps with every gradient as it comes and answers its sender
 * alone; nobody waits for anybody else. Recht et al., Hogwild, NIPS 2011; Dean et al., Downpour, NIPS 2012. */
#include "algorithms/asynchronous.h"

const struct algorithm alg_asp = {
    .name = "asp",
    .summary = "asynchronous SGD: a step of the PS with every gradient as it comes",
    .paper = "Recht et al., NIPS 2011; Dean et al., NIPS 2012",
    .keys = {alg_common_keys, asynchronous_keys},
    .params_size = sizeof(struct asynchronous_params),
    .choose = asynchronous_protocol,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_alone,
    .weight = asynchronous_weight,
    .amend = asynchronous_amend,
    .combine = alg_combine_mean_update, /* of one */
    .reply = asynchronous_reply,
};
