/* y = max(x, 0), in place where allowed. The comparisons let a NaN pass, so that the loss shows it. */
#include <string.h>

#include "models/layers.h"

/* Loops over one array, or over two that `restrict` tells apart: only then the compiler vectorises them. So a
 * layer that is not in place copies first. */
static void clip(float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] < 0 ? 0 : y[i];
}

static void pass_where_positive(float *restrict d, const float *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        d[i] = y[i] > 0 ? d[i] : 0;
}

static void relu_forward(const struct layer_call *c)
{
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    if (c->y != c->x)
        memcpy(c->y, c->x, total * sizeof(float));
    clip(c->y, total);
}

static void relu_backward(const struct layer_call *c)
{
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    if (!c->dx)
        return;
    if (c->dx != c->dy)
        memcpy(c->dx, c->dy, total * sizeof(float));
    pass_where_positive(c->dx, c->y, total);
}

const struct layer_op op_relu = {
    .name = "relu", .in_place = true, .reads_y = true, .forward = relu_forward, .backward = relu_backward};
