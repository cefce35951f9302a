/* Dropout (Srivastava et al. 2014): in training, zeroes elements or whole channels with probability p and
 * scales the others by 1 / (1 - p), so that their expectation stays. Draws are numbered in PyTorch's order,
 * (image, channel) or (image, channel, row, column), so they do not depend on the layout. Forward saves the
 * factors. Where the iteration is without dropout (struct draw_at), nothing is drawn. */
#include <string.h>

#include "models/layers.h"
#include "sim/base/rng.h"

static size_t draws_per_image(const struct layer *l)
{
    return l->row->channels ? (size_t)l->in.c : shape_size(l->in);
}

static size_t dropout_saved(const struct layer *l, int n)
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
    size_t total = dropout_saved(l, c->n);
    float p = l->row->p, scale = 1 / (1 - p);
    draw_uniform_fill(&key, c->saved, total);
    for (size_t i = 0; i < total; i++)
        c->saved[i] = c->saved[i] < p ? 0 : scale;
}

/* x *= each element's factor; one image. Factors lie as (channel, pixel), or one for each channel, and x as
 * (pixel, channel). */
static void scale_image(float *restrict x, const float *restrict factor, const struct layer *l)
{
    size_t channels = (size_t)l->in.c, area = shape_size(l->in) / channels;
    size_t across = l->row->channels ? 1 : area,
           along = l->row->channels ? 0 : 1; /* strides of factors: channels, pixels */
    for (size_t i = 0; i < area; i++)
        for (size_t j = 0; j < channels; j++)
            x[i * channels + j] *= factor[j * across + i * along];
}

static void scale_batch(float *out, const float *in, const struct layer_call *c)
{
    const struct layer *l = c->layer;
    size_t size = shape_size(l->in), draws = draws_per_image(l);
    if (out != in)
        memcpy(out, in, (size_t)c->n * size * sizeof(float));
    for (size_t i = 0; i < (size_t)c->n; i++)
        scale_image(out + i * size, c->saved + i * draws, l);
}

static bool drops(const struct layer_call *c)
{
    return c->training && !c->at->no_dropout;
}

static void dropout_forward(const struct layer_call *c)
{
    if (drops(c)) {
        draw_factors(c);
        scale_batch(c->y, c->x, c);
    } else if (c->y != c->x) {
        memcpy(c->y, c->x, (size_t)c->n * shape_size(c->layer->in) * sizeof(float));
    }
}

static void dropout_backward(const struct layer_call *c)
{
    if (!c->dx)
        return;
    if (drops(c))
        scale_batch(c->dx, c->dy, c);
    else if (c->dx != c->dy)
        memcpy(c->dx, c->dy, (size_t)c->n * shape_size(c->layer->in) * sizeof(float));
}

const struct layer_op op_dropout = {.name = "dropout",
                                    .in_place = true,
                                    .saved = dropout_saved,
                                    .forward = dropout_forward,
                                    .backward = dropout_backward};
