/* A tensor in PyTorch's element order, whatever the operator made of it. */
#include <assert.h>
#include <stdlib.h>

#include "models/graph.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"

/* The operator says only where PyTorch's elements go (place); so numbers are placed, and read back as "this
 * one came from there". A float holds whole numbers up to 2^24. */
static void export_placed(const struct layer *l, int tensor, const float *own, float *out)
{
    size_t n = l->own[tensor].tensor.n;
    float *number = need(n * sizeof *number), *placed = need(n * sizeof *placed);
    assert(n <= 1 << 24);
    for (size_t i = 0; i < n; i++)
        number[i] = (float)i;
    l->row->op->place(l, tensor, placed, number);
    for (size_t i = 0; i < n; i++)
        out[(size_t)placed[i]] = own[i];
    free(number);
    free(placed);
}

void model_export(const struct model *m, int tensor, const float *params, float *out)
{
    const struct tensor *wanted = m->tensor[tensor];
    for (int i = 0; i < m->layers; i++)
        for (int t = 0; t < m->layer[i].tensors; t++) {
            const struct layer *l = &m->layer[i];
            if (&l->own[t].tensor != wanted)
                continue;
            if (l->row->op->place)
                export_placed(l, t, params + wanted->offset, out);
            else
                vec_copy(out, params + wanted->offset, wanted->n);
        }
}
