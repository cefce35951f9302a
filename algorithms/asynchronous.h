/* What ASP and SSP have in common: the PS steps with every push as it comes.
 *
 * The rate is that of one step: N workers make N steps where BSP makes one with the mean, so compare at
 * learning_rate / N. */
#ifndef ALGORITHMS_ASYNCHRONOUS_H
#define ALGORITHMS_ASYNCHRONOUS_H

#include "algorithms/algorithm.h"

struct asynchronous_params {
    struct alg_common common;
    bool staleness_scaling;
    double delay_compensation; /* lambda; 0: none */
    int64_t slack;             /* SSP */
};

#define ASYNCHRONOUS_KEYS                                                                              \
    {"staleness_scaling", KEY_BOOL, offsetof(struct asynchronous_params, staleness_scaling), "no",     \
     .help = "divide a gradient by 1 + its staleness (Zhang et al., arXiv:1511.05950)"},               \
    {                                                                                                  \
        "delay_compensation", KEY_REAL, offsetof(struct asynchronous_params, delay_compensation), "0", \
            .min = 0, .max = 1e6,                                                                      \
            .help = "lambda of g + lambda g g (W - the model that g was computed on) (published: "     \
                    "0.04 to 2; Zheng et al., arXiv:1609.08326); 0: none"                              \
    }

const struct protocol *asynchronous_protocol(const void *params);
float asynchronous_weight(const void *params, const struct push_header *push);
void asynchronous_amend(struct server_state *s, float *push);
void asynchronous_reply(struct server_state *s);

#endif
