/* Dropout: in training, zeroes elements or whole channels with probability p and scales the others by 1 / (1
 * - p). Draws are numbered in PyTorch's order, (image, channel) or (image, channel, row, column), whatever
 * the layout is. */
#include "models/layers.h"
#include "sim/base/rng.h"

static size_t draws_per_image(const struct layer *l)
{
    return l->row->channels ? (size_t)l->in.c : shape_size(l->in);
}

static size_t dropout_keep(const struct layer *l, int n)
{
    return (size_t)n * draws_per_image(l);
}

static void draw_factors(const struct layer_call *c)
{
    const struct layer *l = c->layer;
    struct draw_key key = {.seed = c->at->seed,
                           .purpose = DRAW_DROPOUT,
                           .rank = c->at->worker,
                           .round = (uint64_t)l->index,
                           .iteration = (uint64_t)c->at->iteration};
    size_t total = dropout_keep(l, c->n);
    float p = l->row->p, scale = 1 / (1 - p);
    draw_uniform_fill(&key, c->keep, total);
    for (size_t i = 0; i < total; i++)
        c->keep[i] = c->keep[i] < p ? 0 : scale;
}

/* out = in times each element's factor; one image */
static void scale_image(float *out, const float *in, const float *factor, const struct layer *l)
{
    size_t channels = (size_t)l->in.c, area = shape_size(l->in) / channels;
    if (l->row->channels || area == 1) {
        for (size_t i = 0; i < area; i++)
            for (size_t j = 0; j < channels; j++)
                out[i * channels + j] = in[i * channels + j] * factor[j];
        return;
    }
    for (size_t i = 0; i < area; i++)
        for (size_t j = 0; j < channels; j++)
            out[i * channels + j] = in[i * channels + j] * factor[j * area + i];
}

static void scale_batch(float *out, const float *in, const struct layer_call *c)
{
    const struct layer *l = c->layer;
    size_t size = shape_size(l->in), draws = draws_per_image(l);
    for (size_t i = 0; i < (size_t)c->n; i++)
        scale_image(out + i * size, in + i * size, c->keep + i * draws, l);
}

static void dropout_forward(const struct layer_call *c)
{
    if (c->training) {
        draw_factors(c);
        scale_batch(c->y, c->x, c);
        return;
    }
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    for (size_t i = 0; c->y != c->x && i < total; i++)
        c->y[i] = c->x[i];
}

static void dropout_backward(const struct layer_call *c)
{
    if (c->dx)
        scale_batch(c->dx, c->dy, c);
}

const struct layer_op op_dropout = {.name = "dropout",
                                    .in_place = true,
                                    .keep = dropout_keep,
                                    .forward = dropout_forward,
                                    .backward = dropout_backward};
