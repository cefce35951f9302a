/* What ASP, SSP and DC-ASGD have in common: the PS makes a step with every push when it arrives.
 *
 * The learning rate is that of one step. N workers make N steps where BSP makes one with the mean, so
 * compare at learning_rate / N. */
#ifndef ALGORITHMS_ASYNCHRONOUS_H
#define ALGORITHMS_ASYNCHRONOUS_H

#include "algorithms/pieces.h"

struct asynchronous_params {
    struct alg_common common;
    bool staleness_scaling;
    double delay_compensation; /* lambda; 0: none */
    int64_t slack;             /* SSP */
};

extern const struct config_key asynchronous_keys[];

const struct protocol *asynchronous_protocol(const void *params);
float asynchronous_weight(const void *params, const struct push_header *push);
void asynchronous_amend(struct server_state *s, float *push);
void asynchronous_reply(struct server_state *s);

#endif
