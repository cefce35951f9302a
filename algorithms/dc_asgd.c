/* DC-ASGD: ASP that corrects a stale gradient by a Taylor term, as if it had been computed on the present
 * model W.
 *
 *     g + lambda g g (W - W_given)      W_given: the model that g was computed on
 *
 * Zheng et al., ICML 2017, arXiv:1609.08326, equation 10 (DC-ASGD-c). asp with delay_compensation = lambda
 * is the same. */
#include "algorithms/asynchronous.h"

static const struct config_key keys[] = {
    {"lambda", KEY_REAL, offsetof(struct asynchronous_params, delay_compensation), "0.04", .min = 0,
     .max = 1e6, .help = "weight of the correcting term (published: 0.04)"},
    {NULL}};

const struct algorithm alg_dc_asgd = {
    .name = "dc_asgd",
    .label = "DC-ASGD",
    .summary = "ASP that corrects stale gradients by a Taylor term",
    .paper = "Zheng et al., ICML 2017, arXiv:1609.08326",
    .keys = {alg_common_keys, keys},
    .params_size = sizeof(struct asynchronous_params),
    .choose = asynchronous_protocol,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_alone,
    .amend = asynchronous_amend,
    .mean = alg_mean_gradient, /* of one */
    .combine = alg_combine_step,
    .reply = asynchronous_reply,
};
