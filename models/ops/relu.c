/* y = max(x, 0), in place where it may. Written so that a NaN passes through and divergence shows in the
 * loss. */
#include "models/layers.h"

static void relu_forward(const struct layer_call *c)
{
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    for (size_t i = 0; i < total; i++)
        c->y[i] = c->x[i] < 0 ? 0 : c->x[i];
}

static void relu_backward(const struct layer_call *c)
{
    if (!c->dx)
        return;
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    for (size_t i = 0; i < total; i++)
        c->dx[i] = c->y[i] > 0 ? c->dy[i] : 0;
}

const struct layer_op op_relu = {
    .name = "relu", .in_place = true, .reads_y = true, .forward = relu_forward, .backward = relu_backward};
