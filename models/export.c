/* A tensor in PyTorch's element order, whatever order its operator chose. */
#include <assert.h>
#include <stdlib.h>

#include "models/graph.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"

/* Inverts layer_op.from_pytorch, which only maps the other way: the elements' numbers 0, 1, 2, ... go through
 * it, and what arrives at own[i] says which of PyTorch's elements own[i] is. A float holds whole numbers up
 * to 2^24. */
static void to_pytorch(const struct layer *l, int tensor, const float *own, float *out)
{
    size_t n = l->own[tensor].tensor.n;
    float *number = need(n * sizeof *number), *placed = need(n * sizeof *placed);
    assert(n <= 1 << 24);
    for (size_t i = 0; i < n; i++)
        number[i] = (float)i;
    l->row->op->from_pytorch(l, tensor, placed, number);
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
            if (l->row->op->from_pytorch)
                to_pytorch(l, t, params + wanted->offset, out);
            else
                vec_copy(out, params + wanted->offset, wanted->n);
        }
}
