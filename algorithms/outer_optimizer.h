/* Outer optimisers: the PS makes the step of an optimiser with the mean change D of the workers' models, made
 * by local epochs. D has the place of the gradient and the opposite sign.
 *
 *     momentum   u = beta1 u + D                             W = W + rate u
 *     adam       v = beta2 v + (1 - beta2) D^2
 *     yogi       v = v - (1 - beta2) D^2 sign(v - D^2)       W = W + rate m / (sqrt(v) + tau)
 *     adagrad    v = v + D^2
 *
 * with m = beta1 m + (1 - beta1) D, and u = m = 0 and v = tau^2 at first. The last three are FedAdam, FedYogi
 * and FedAdagrad, Reddi et al., ICLR 2021, arXiv:2003.00295, algorithm 2: it has no bias correction. The
 * first is FedAvgM, Hsu, Qi, Brown 2019, arXiv:1909.06335.
 *
 * An algorithm with an outer optimiser begins its parameter struct with struct outer. It declares outer_keys,
 * outer_first_value, outer_check and three protocols, each with one of the macros below. */
#ifndef ALGORITHMS_OUTER_OPTIMIZER_H
#define ALGORITHMS_OUTER_OPTIMIZER_H

#include "algorithms/epochs.h"
#include "algorithms/schedule.h"

enum outer_optimizer { OUTER_NONE, OUTER_MOMENTUM, OUTER_ADAM, OUTER_YOGI, OUTER_ADAGRAD };

struct outer {
    struct epochs epochs;
    enum outer_optimizer optimizer;
    struct schedule rate;
    double beta1, beta2, tau;
};

extern const struct config_key outer_keys[];

enum { OUTER_FIRST, OUTER_SECOND }; /* first vectors of the PS: u or m, and v */

/* Members of a protocol: these vectors. */
#define OUTER_NONE_VECTORS     .n_server_vectors = 0
#define OUTER_MOMENTUM_VECTORS .n_server_vectors = 1, .server = {FROM_ZERO}
#define OUTER_MOMENTS_VECTORS  .n_server_vectors = 2, .server = {FROM_ZERO, FROM_VALUE}

float outer_first_value(const void *params, int vector);
bool outer_check(const void *params, int workers, char *error, size_t error_size);

/* Called in combine, unless the optimiser is OUTER_NONE: the step of W. delta: D. */
void outer_step(struct server_state *s, const float *delta);

#endif
