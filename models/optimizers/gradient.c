/* What is done to a gradient before the optimiser: weight decay and clipping. */
#include "models/optimizer.h"
#include "sim/base/norms.h"
#include "sim/base/vec.h"

void optimizer_decay(const struct hyperparameters *h, const float *restrict x, float *restrict g, size_t n)
{
    if (h->weight_decay == 0)
        return;
    for (size_t i = 0; i < n; i++)
        g[i] += h->weight_decay * x[i];
}

void optimizer_clip(float most, float *g, size_t n)
{
    double norm = norm_l2(g, n);
    if (norm > (double)most)
        vec_scale(g, (float)((double)most / norm), n);
}
