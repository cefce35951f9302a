/* Linear layer, y = x W + b. PyTorch keeps W as (outputs, inputs) and counts inputs in (C, H, W) order. Here
 * W is (inputs, outputs), so that forward and the gradient of the weights are products as they stand, and
 * inputs are in the (H, W, C) order in which the activation lies (linear_from_pytorch).
 *
 * A batch is a few long rows. A product that walks down their columns would jump by a whole row from float to
 * float, and such jumps meet in few sets of the cache. So the products run on transposed activations,
 * (inputs, n): rows as short as the batch. */
#include <math.h>
#include <stdint.h>

#include "models/layers.h"
#include "models/ops/columns.h"
#include "models/ops/gemm.h"
#include "models/ops/scratch.h"
#include "models/ops/wide.h"

/* Inputs of one product in forward: their weights stay in the second cache while the product reads them
 * several times. */
enum { SLICE = 256 };

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

/* Forward saves the transposed input: backward multiplies with it. */
static size_t linear_saved(const struct layer *l, int n)
{
    return (size_t)n * shape_size(l->in);
}

/* The transposed gradients, of the output and of the input. The same memory holds the sums of the bias
 * first. */
static size_t linear_scratch(const struct layer *l, int n)
{
    size_t outputs = (size_t)l->outputs, gradients = (size_t)n * (outputs + shape_size(l->in));
    return gradients > 2 * outputs ? gradients : 2 * outputs;
}

static void linear_from_pytorch(const struct layer *l, int tensor, float *own, const float *pytorch)
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
    transpose(c->saved, c->x, n, inputs);
    columns_fill(c->y, c->w + inputs * outputs, n, outputs);
    for (size_t i = 0, some; i < inputs; i += some) {
        some = inputs - i < SLICE ? inputs - i : SLICE;
        gemm(GEMM_TN, c->y, c->saved + i * n, c->w + i * outputs, 1, n, outputs, some);
    }
}

/* The next inputs that backward goes through: dx of the part, dW of the part, the receiver's step of the part's
 * weights, all while they are in the second cache. For OpenBLAS all inputs are one part, since its large
 * products are its fast ones. */
static size_t part_of_inputs(size_t left)
{
    return gemm_panel() < SIZE_MAX && left > SLICE ? SLICE : left;
}

static void linear_backward(const struct layer_call *c)
{
    size_t n = (size_t)c->n, inputs = shape_size(c->layer->in), outputs = (size_t)c->layer->outputs;
    float *dy = c->scratch, *dx = c->scratch + n * outputs;
    columns_sum(c->dw + inputs * outputs, scratch_doubles(c->scratch), c->dy, n, outputs);
    layer_give(c, c->dw + inputs * outputs, inputs * outputs, outputs);
    if (c->dx)
        transpose(dy, c->dy, n, outputs);
    for (size_t i = 0, some; i < inputs; i += some) {
        some = part_of_inputs(inputs - i);
        if (c->dx)
            gemm(GEMM_NN, dx + i * n, c->w + i * outputs, dy, 0, some, n, outputs);
        float *dw = layer_stores(c) ? c->dw + i * outputs : c->dw;
        gemm(GEMM_NN, dw, c->saved + i * n, c->dy, 0, some, outputs, n);
        layer_give(c, dw, i * outputs, some * outputs);
    }
    if (c->dx)
        transpose(c->dx, dx, inputs, n);
}

static bool linear_gives(const struct layer *l, int n)
{
    (void)l, (void)n;
    return true;
}

const struct layer_op op_linear = {.name = "linear",
                                   .shape = linear_shape,
                                   .saved = linear_saved,
                                   .scratch = linear_scratch,
                                   .gives = linear_gives,
                                   .from_pytorch = linear_from_pytorch,
                                   .forward = linear_forward,
                                   .backward = linear_backward};
