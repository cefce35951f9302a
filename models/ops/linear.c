/* y = x W + b. W is stored (inputs, outputs), so that forward and the weights' gradient are products as they
 * stand. The input is taken as flattened: its numbers lie in (H, W, C) order, while PyTorch counts a weight's
 * inputs in (C, H, W) order; `place` translates. */
#include <math.h>

#include "models/layers.h"
#include "models/ops/columns.h"
#include "models/ops/gemm.h"

static const char *linear_shape(struct layer *l)
{
    int inputs = (int)shape_size(l->in);
    float bound = (float)(1 / sqrt(inputs));
    l->out = (struct shape){.h = 1, .w = 1, .c = l->outputs};
    l->macs = (uint64_t)inputs * (uint64_t)l->outputs;
    layer_tensor(l, "weight",
                 (struct parameter){.tensor = {.dims = 2, .dim = {l->outputs, inputs}}, .bound = bound});
    layer_tensor(l, "bias", (struct parameter){.tensor = {.dims = 1, .dim = {l->outputs}}, .bound = bound});
    return NULL;
}

static size_t linear_scratch(const struct layer *l, int n)
{
    (void)n;
    return 2 * (size_t)l->outputs; /* doubles */
}

static void linear_place(const struct layer *l, int tensor, float *own, const float *pytorch)
{
    size_t outputs = (size_t)l->outputs, channels = (size_t)l->in.c, inputs = shape_size(l->in),
           area = inputs / channels;
    if (tensor == 1) {
        for (size_t o = 0; o < outputs; o++)
            own[o] = pytorch[o];
        return;
    }
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            own[i * outputs + o] = pytorch[o * inputs + i % channels * area + i / channels];
}

static void linear_forward(const struct layer_call *c)
{
    size_t n = (size_t)c->n, inputs = shape_size(c->layer->in), outputs = (size_t)c->layer->outputs;
    columns_fill(c->y, c->w + inputs * outputs, n, outputs);
    gemm(GEMM_NN, c->y, c->x, c->w, 1, n, outputs, inputs);
}

static void linear_backward(const struct layer_call *c)
{
    size_t n = (size_t)c->n, inputs = shape_size(c->layer->in), outputs = (size_t)c->layer->outputs;
    gemm(GEMM_TN, c->dw, c->x, c->dy, 0, inputs, outputs, n);
    columns_sum(c->dw + inputs * outputs, (double *)(void *)c->scratch, c->dy, n, outputs);
    if (c->dx)
        gemm(GEMM_NT, c->dx, c->dy, c->w, 0, n, inputs, outputs);
}

const struct layer_op op_linear = {.name = "linear",
                                   .shape = linear_shape,
                                   .scratch = linear_scratch,
                                   .place = linear_place,
                                   .forward = linear_forward,
                                   .backward = linear_backward};
