/* The largest of each window of k x k, stride k. Rows and columns that are left over at the end are ignored,
 * as in PyTorch. The first of equals wins. Forward saves the number 0 .. k k - 1 of the winner, as a float,
 * so that the loops run over vectors of one width. */
#include "models/layers.h"

static const char *maxpool_shape(struct layer *l)
{
    int k = l->row->kernel;
    l->out = (struct shape){.h = l->in.h / k, .w = l->in.w / k, .c = l->in.c};
    return l->out.h && l->out.w ? NULL : "has a window larger than its input";
}

static size_t maxpool_saved(const struct layer *l, int n)
{
    return (size_t)n * shape_size(l->out);
}

static void first_of_window(float *y, float *winner, const float *x, size_t channels)
{
    for (size_t j = 0; j < channels; j++) {
        y[j] = x[j];
        winner[j] = 0;
    }
}

/* A comparison with a NaN is false: a NaN stays if it is the first of its window, and loses otherwise. */
static void compare(float *y, float *winner, const float *x, float number, size_t channels)
{
    for (size_t j = 0; j < channels; j++) {
        winner[j] = x[j] > y[j] ? number : winner[j];
        y[j] = x[j] > y[j] ? x[j] : y[j];
    }
}

static void route_gradient(float *dx, const float *winner, float number, const float *dy, size_t channels)
{
    for (size_t j = 0; j < channels; j++)
        dx[j] = winner[j] == number ? dy[j] : 0;
}

/* Where the window of output (image, oy, ox) starts in the input. */
static size_t window(const struct layer *l, int image, int oy, int ox)
{
    size_t row = (size_t)image * (size_t)l->in.h + (size_t)(oy * l->row->kernel);
    return (row * (size_t)l->in.w + (size_t)(ox * l->row->kernel)) * (size_t)l->in.c;
}

/* How far element `number` of a window is from the window's start. */
static size_t tap(const struct layer *l, int number)
{
    int k = l->row->kernel;
    return (size_t)(number / k * l->in.w + number % k) * (size_t)l->in.c;
}

static void maxpool_forward(const struct layer_call *c)
{
    const struct layer *l = c->layer;
    size_t channels = (size_t)l->in.c;
    float *y = c->y, *winner = c->saved;
    for (int image = 0; image < c->n; image++)
        for (int oy = 0; oy < l->out.h; oy++)
            for (int ox = 0; ox < l->out.w; ox++, y += channels, winner += channels) {
                const float *x = c->x + window(l, image, oy, ox);
                first_of_window(y, winner, x, channels);
                for (int i = 1; i < l->row->kernel * l->row->kernel; i++)
                    compare(y, winner, x + tap(l, i), (float)i, channels);
            }
}

/* Windows do not overlap, so every input inside one is written exactly once. Those left over are zeroed
 * first. */
static void maxpool_backward(const struct layer_call *c)
{
    const struct layer *l = c->layer;
    size_t channels = (size_t)l->in.c, total = (size_t)c->n * shape_size(l->in);
    const float *dy = c->dy, *winner = c->saved;
    if (!c->dx)
        return;
    if (l->in.h % l->row->kernel || l->in.w % l->row->kernel)
        for (size_t i = 0; i < total; i++)
            c->dx[i] = 0;
    for (int image = 0; image < c->n; image++)
        for (int oy = 0; oy < l->out.h; oy++)
            for (int ox = 0; ox < l->out.w; ox++, dy += channels, winner += channels)
                for (int i = 0; i < l->row->kernel * l->row->kernel; i++)
                    route_gradient(c->dx + window(l, image, oy, ox) + tap(l, i), winner, (float)i, dy,
                                   channels);
}

const struct layer_op op_maxpool = {.name = "maxpool",
                                    .shape = maxpool_shape,
                                    .saved = maxpool_saved,
                                    .forward = maxpool_forward,
                                    .backward = maxpool_backward};
