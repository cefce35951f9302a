#include "models/optimizer.h"
#include "sim/base/norms.h"
#include "sim/base/vec.h"

extern const struct optimizer optimizer_sgd, optimizer_nesterov, optimizer_adamw;

const struct optimizer *const optimizer_list[] = {&optimizer_sgd, &optimizer_nesterov, &optimizer_adamw,
                                                  NULL};

void optimizer_decay(const struct optimizing *o, const float *restrict x, float *restrict g, size_t n)
{
    if (o->weight_decay == 0)
        return;
    for (size_t i = 0; i < n; i++)
        g[i] += o->weight_decay * x[i];
}

void optimizer_clip(float most, float *g, size_t n)
{
    double norm = norm_l2(g, n);
    if (norm > (double)most)
        vec_scale(g, (float)((double)most / norm), n);
}
