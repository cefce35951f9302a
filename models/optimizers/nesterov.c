/* SGD with Nesterov's momentum:  u = m u + g, the direction is g + m u.  Weight decay is part of the gradient. As
 * torch.optim.SGD with nesterov = True. Without momentum it is sgd. */
#include "models/optimizer.h"

static int states(const struct optimizing *o)
{
    return o->momentum > 0;
}

static void look_ahead(float *restrict u, float m, float *restrict g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        u[i] = m * u[i] + g[i];
        g[i] += m * u[i];
    }
}

static void turn(const struct optimizing *o, int64_t steps, const float *x, float *const *state, float *g,
                 size_t n)
{
    (void)steps;
    optimizer_decay(o, x, g, n);
    if (o->momentum > 0)
        look_ahead(state[0], o->momentum, g, n);
}

extern const struct optimizer optimizer_nesterov;
const struct optimizer optimizer_nesterov = {
    .name = "nesterov",
    .summary = "stochastic gradient descent with Nesterov's momentum",
    .source = "Sutskever et al., ICML 2013",
    .states = states,
    .turn = turn,
};
