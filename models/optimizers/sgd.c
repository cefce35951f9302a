/* SGD: with momentum  u = m u + g, the direction is u.  Weight decay is part of the gradient. As torch.optim.SGD. */
#include "models/optimizer.h"
#include "sim/base/vec.h"

static int states(const struct optimizing *o)
{
    return o->momentum > 0;
}

static void turn(const struct optimizing *o, int64_t steps, const float *x, float *const *state, float *g,
                 size_t n)
{
    (void)steps;
    optimizer_decay(o, x, g, n);
    if (o->momentum > 0)
        vec_momentum(state[0], o->momentum, g, n);
}

extern const struct optimizer optimizer_sgd;
const struct optimizer optimizer_sgd = {
    .name = "sgd",
    .summary = "stochastic gradient descent, with momentum",
    .source = "Polyak, USSR Comput. Math. 4(5), 1964",
    .states = states,
    .turn = turn,
};
