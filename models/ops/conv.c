/* Convolution: shapes, the order of the weights, and which method computes it (conv.h).
 *
 * PyTorch keeps weights as (O, C, KH, KW). Here they are kept tap by tap, (KH, KW, C, O): sixteen output
 * channels of one tap are one vector, and the weights are the right factor of the matrix product as they
 * stand. */
#include "models/ops/conv.h"

#include <math.h>

static const char *conv_shape(struct layer *l)
{
    const struct layer_row *r = l->row;
    int k = r->kernel, h = l->in.h + 2 * r->pad - k, w = l->in.w + 2 * r->pad - k;
    if (h < 0 || w < 0)
        return "has a kernel larger than its input";
    l->out = (struct shape){.h = h / r->stride + 1, .w = w / r->stride + 1, .c = l->outputs};
    float bound = (float)(1 / sqrt(k * k * l->in.c)); /* PyTorch: 1 / sqrt(fan in) */
    layer_tensor(
        l, "weight",
        (struct parameter){.tensor = {.dims = 4, .dim = {l->outputs, l->in.c, k, k}}, .bound = bound});
    if (r->bias)
        layer_tensor(l, "bias",
                     (struct parameter){.tensor = {.dims = 1, .dim = {l->outputs}}, .bound = bound});
    l->macs = (uint64_t)shape_size(l->out) * (uint64_t)(k * k * l->in.c);
    return NULL;
}

static void conv_from_pytorch(const struct layer *l, int tensor, float *own, const float *pytorch)
{
    size_t outputs = (size_t)l->outputs, c = (size_t)l->in.c,
           area = (size_t)(l->row->kernel * l->row->kernel);
    if (tensor == 1) {
        for (size_t o = 0; o < outputs; o++)
            own[o] = pytorch[o];
        return;
    }
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < c * area; i++)
            own[i * outputs + o] = pytorch[(o * c + i % c) * area + i / c];
}

/* The fastest first. A few comparisons, so each call asks again. */
static const struct conv_method *method(const struct layer *l)
{
    if (conv_winograd.fits(l))
        return &conv_winograd;
    return conv_space_to_depth.fits(l) ? &conv_space_to_depth : &conv_im2col;
}

static size_t conv_scratch(const struct layer *l, int n)
{
    return method(l)->scratch(l, n);
}

static void conv_forward(const struct layer_call *c)
{
    method(c->layer)->forward(c);
}

static void conv_backward(const struct layer_call *c)
{
    method(c->layer)->backward(c);
}

static bool conv_gives(const struct layer *l, int n)
{
    return method(l)->gives && method(l)->gives(l, n);
}

const struct layer_op op_conv = {.name = "conv",
                                 .shape = conv_shape,
                                 .scratch = conv_scratch,
                                 .gives = conv_gives,
                                 .from_pytorch = conv_from_pytorch,
                                 .forward = conv_forward,
                                 .backward = conv_backward};
