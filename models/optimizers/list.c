/* All optimisers, in the order of --list, and what they share. */
#include "models/optimizer.h"
#include "sim/base/norms.h"
#include "sim/base/vec.h"

/* Every optimiser the program knows. A new one is one file and one line here. */
#define OPTIMIZERS(X) \
    X(sgd)            \
    X(nesterov)       \
    X(adamw)

#define DECLARE(name) extern const struct optimizer optimizer_##name;
#define ENTRY(name)   &optimizer_##name,
#define WORD(name)    #name,

OPTIMIZERS(DECLARE)

const struct optimizer *const optimizer_list[] = {OPTIMIZERS(ENTRY) NULL};
const char *const optimizer_words[] = {OPTIMIZERS(WORD) NULL};

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
