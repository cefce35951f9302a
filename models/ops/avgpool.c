/* Average over the whole image, channel by channel: (h, w, c) to (1, 1, c). */
#include "models/layers.h"

static const char *avgpool_shape(struct layer *l)
{
    l->out = (struct shape){.h = 1, .w = 1, .c = l->in.c};
    return NULL;
}

static void avgpool_forward(const struct layer_call *c)
{
    size_t channels = (size_t)c->layer->in.c, area = shape_size(c->layer->in) / channels;
    float share = 1.0f / (float)area;
    for (size_t image = 0; image < (size_t)c->n; image++) {
        const float *x = c->x + image * area * channels;
        float *y = c->y + image * channels;
        for (size_t j = 0; j < channels; j++)
            y[j] = 0;
        for (size_t p = 0; p < area; p++)
            for (size_t j = 0; j < channels; j++)
                y[j] += x[p * channels + j] * share;
    }
}

static void avgpool_backward(const struct layer_call *c)
{
    if (!c->dx)
        return;
    size_t channels = (size_t)c->layer->in.c, area = shape_size(c->layer->in) / channels;
    float share = 1.0f / (float)area;
    for (size_t image = 0; image < (size_t)c->n; image++)
        for (size_t p = 0; p < area; p++)
            for (size_t j = 0; j < channels; j++)
                c->dx[(image * area + p) * channels + j] = c->dy[image * channels + j] * share;
}

const struct layer_op op_avgpool = {
    .name = "avgpool", .shape = avgpool_shape, .forward = avgpool_forward, .backward = avgpool_backward};
