/* Cutting up an operator's scratch, which models/passes.c hands out as one block of floats (struct layer_call). */
#ifndef MODELS_OPS_SCRATCH_H
#define MODELS_OPS_SCRATCH_H

#include <stddef.h>

#include "models/ops/wide.h"

/* One function of an operator carves its pieces in a fixed order. layer_op.scratch calls that function
 * without memory, to count; forward and backward call the same function with memory. So the two cannot
 * disagree. */
struct scratch {
    float *memory; /* NULL: only count; the pieces are NULL then */
    size_t used;   /* floats */
};

static inline float *carve(struct scratch *s, size_t floats)
{
    float *piece = s->memory ? s->memory + s->used : NULL;
    s->used += floats;
    return piece;
}

/* Floats rounded up to whole cache lines: the piece behind them starts on a line. */
static inline size_t whole_lines(size_t floats)
{
    return (floats + WIDE - 1) / WIDE * WIDE;
}

/* The start of the scratch as doubles, two floats each: sums over many floats need the digits. Aligned for
 * doubles, since the scratch starts on a cache line (plan.h). Memory from the heap has the type of what was
 * last stored there, so writing doubles and then floats into the same bytes is sound; reading one as the
 * other is not. */
static inline double *scratch_doubles(float *scratch)
{
    return (double *)(void *)scratch;
}

#endif
