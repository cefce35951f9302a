/* SGD with Nesterov's momentum, as torch.optim.SGD with nesterov = True:
 *     u = m u + g          direction = g + m u          (u: state vector)
 * Weight decay is part of the gradient g. Without momentum it is plain SGD and has no state. */
#include "models/optimizer.h"

static int states(const struct hyperparameters *h)
{
    return h->momentum > 0;
}

static void look_ahead(float *restrict u, float m, float *restrict g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        u[i] = m * u[i] + g[i];
        g[i] += m * u[i];
    }
}

static void direction(const struct hyperparameters *h, int64_t steps, const float *x, float *const *state,
                      float *g, size_t n)
{
    (void)steps;
    optimizer_decay(h, x, g, n);
    if (h->momentum > 0)
        look_ahead(state[0], h->momentum, g, n);
}

extern const struct optimizer optimizer_nesterov;
const struct optimizer optimizer_nesterov = {
    .name = "nesterov",
    .summary = "stochastic gradient descent with Nesterov's momentum",
    .source = "Sutskever et al., ICML 2013",
    .states = states,
    .direction = direction,
};
