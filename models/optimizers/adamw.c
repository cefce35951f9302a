/* AdamW: moments of the gradient, weight decay apart from them:  m = b1 m + (1 - b1) g ;  v = b2 v + (1 - b2) g^2 ;
 * the direction is (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon) + decay x.  Loshchilov, Hutter, ICLR 2019,
 * arXiv:1711.05101; torch.optim.AdamW to rounding. momentum has no part in it. */
#include <math.h>

#include "models/optimizer.h"

enum { FIRST, SECOND };

static int states(const struct optimizing *o)
{
    (void)o;
    return 2;
}

static void turn(const struct optimizing *o, int64_t steps, const float *restrict x, float *const *state,
                 float *restrict g, size_t n)
{
    double b1 = o->beta1, b2 = o->beta2; /* as floats they and what they lack to 1 do not add up to 1 */
    float epsilon = (float)o->epsilon, decay = o->weight_decay;
    float per_first = (float)(1 / (1 - pow(o->beta1, (double)steps)));
    float per_second = (float)(1 / sqrt(1 - pow(o->beta2, (double)steps)));
    float *restrict m = state[FIRST], *restrict v = state[SECOND];
    for (size_t i = 0; i < n; i++) {
        m[i] = (float)(b1 * m[i] + (1 - b1) * g[i]);
        v[i] = (float)(b2 * v[i] + (1 - b2) * g[i] * g[i]);
        g[i] = per_first * m[i] / (per_second * sqrtf(v[i]) + epsilon) + decay * x[i];
    }
}

extern const struct optimizer optimizer_adamw;
const struct optimizer optimizer_adamw = {
    .name = "adamw",
    .summary = "Adam with weight decay apart from its moments",
    .source = "Loshchilov, Hutter, ICLR 2019, arXiv:1711.05101",
    .states = states,
    .turn = turn,
};
