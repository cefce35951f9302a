/* AdamW, Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101: weight decay is apart from the moments of the
 * gradient.
 *     m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2          (state vectors)
 *     direction = (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon) + decay x
 * Equal to torch.optim.AdamW up to rounding. The hyperparameter momentum is not used. */
#include <math.h>

#include "models/optimizer.h"

enum { FIRST, SECOND };

static int states(const struct hyperparameters *h)
{
    (void)h;
    return 2;
}

static void direction(const struct hyperparameters *h, int64_t steps, const float *restrict x,
                      float *const *state, float *restrict g, size_t n)
{
    double b1 = h->beta1, b2 = h->beta2; /* in float, b1 and 1 - b1 would not add up to 1 */
    float epsilon = (float)h->epsilon, decay = h->weight_decay;
    float per_first = (float)(1 / (1 - pow(h->beta1, (double)steps)));
    float per_second = (float)(1 / sqrt(1 - pow(h->beta2, (double)steps)));
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
    .direction = direction,
};
