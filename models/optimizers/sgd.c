/* SGD, as torch.optim.SGD; with momentum (Polyak's heavy ball)
 *     u = m u + g          direction = u          (u: state vector)
 * Weight decay is part of the gradient g. Without momentum it has no state. */
#include "models/optimizer.h"
#include "sim/base/vec.h"

static int states(const struct hyperparameters *h)
{
    return h->momentum > 0;
}

static void direction(const struct hyperparameters *h, int64_t steps, const float *x, float *const *state,
                      float *g, size_t n)
{
    (void)steps;
    optimizer_decay(h, x, g, n);
    if (h->momentum > 0)
        vec_momentum(state[0], h->momentum, g, n);
}

extern const struct optimizer optimizer_sgd;
const struct optimizer optimizer_sgd = {
    .name = "sgd",
    .summary = "stochastic gradient descent, with momentum",
    .source = "Polyak, USSR Comput. Math. 4(5), 1964",
    .states = states,
    .direction = direction,
};
