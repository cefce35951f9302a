/* A convolution with stride s as one without, so that tiles can compute it: pixel (s Y + a, s X + b) of the padded
 * image becomes, with its C channels, channels (a, b) of pixel (Y, X), and tap (s q + a, s r + b) goes the same
 * way. The image shrinks by s each way and has s^2 C channels; taps beyond the kernel's edge are zeros. Each pixel
 * is copied once, not once a tap as im2col does. */
#include <string.h>

#include "models/ops/conv.h"
#include "models/ops/wide.h"

/* The layer without stride. */
struct folded {
    struct layer_row row;
    struct layer layer;
    size_t block;                /* weights of one tap of the layer itself: C x O */
    size_t image, weights, bias; /* floats of a folded image, of the folded weights, of the bias */
};

static void fold_layer(struct folded *f, const struct layer *l)
{
    const struct layer_row *r = l->row;
    int s = r->stride, taps = (r->kernel + s - 1) / s;
    struct shape in = {.h = l->out.h + taps - 1, .w = l->out.w + taps - 1, .c = s * s * l->in.c};
    f->row = (struct layer_row){
        .op = r->op, .name = r->name, .outputs = r->outputs, .kernel = taps, .stride = 1, .bias = r->bias};
    f->layer =
        (struct layer){.row = &f->row, .index = l->index, .outputs = l->outputs, .in = in, .out = l->out};
    f->block = (size_t)l->in.c * (size_t)l->outputs;
    f->image = shape_size(in);
    f->weights = (size_t)(taps * taps * in.c) * (size_t)l->outputs;
    f->bias = r->bias ? (size_t)l->outputs : 0;
}

static bool phases_fit(const struct layer *l)
{
    struct folded f;
    fold_layer(&f, l);
    return l->row->stride > 1 && l->row->kernel > l->row->stride && conv_tiles.fits(&f.layer);
}

/* Lines, so that every part starts on one. */
static size_t lines(size_t floats)
{
    return (floats + WIDE - 1) / WIDE * WIDE;
}

static size_t phases_scratch(const struct layer *l, int n)
{
    struct folded f;
    fold_layer(&f, l);
    return 2 * lines((size_t)n * f.image) + 2 * lines(f.weights + f.bias) + conv_tiles.scratch(&f.layer, n);
}

/* One line of one phase of an image: `pixels` as the layer has them, line y of its padded image; `folded` the first
 * pixel's channels (a, 0). */
struct line {
    const struct layer *layer;
    int y, width;
};

static bool line_inside(const struct line *line)
{
    int y = line->y - line->layer->row->pad;
    return y >= 0 && y < line->layer->in.h;
}

/* Calls copy(folded, pixel, floats) for the runs of the line inside the image. */
static inline __attribute__((always_inline)) void
each_run(const struct line *line, float *folded, float *image, void (*run)(float *, float *, size_t))
{
    const struct layer *l = line->layer;
    int s = l->row->stride, pad = l->row->pad, c = l->in.c;
    float *pixels = image + (ptrdiff_t)(line->y - pad) * l->in.w * c;
    for (int at = 0; at < line->width; at++) {
        int x = s * at - pad, from = x < 0 ? -x : 0, to = x + s > l->in.w ? l->in.w - x : s;
        if (from < to)
            run(folded + (ptrdiff_t)at * s * s * c + from * c, pixels + (ptrdiff_t)(x + from) * c,
                (size_t)((to - from) * c));
    }
}

static inline void run_in(float *folded, float *pixels, size_t n)
{
    copy_run(folded, pixels, n);
}

static inline void run_out(float *folded, float *pixels, size_t n)
{
    copy_run(pixels, folded, n);
}

/* Into folded images (full of zeros), or out of them. */
static inline __attribute__((always_inline)) void fold_images(const struct layer *l, const struct folded *f,
                                                              int n, float *folded, float *pixels,
                                                              void (*run)(float *, float *, size_t))
{
    int s = l->row->stride;
    for (int image = 0; image < n; image++)
        for (int y = 0; y < s * f->layer.in.h; y++) {
            struct line line = {.layer = l, .y = y, .width = f->layer.in.w};
            size_t row = ((size_t)image * (size_t)f->layer.in.h + (size_t)(y / s)) * (size_t)f->layer.in.w *
                         (size_t)f->layer.in.c;
            if (line_inside(&line))
                each_run(&line, folded + row + (size_t)(y % s * s * l->in.c),
                         pixels + (size_t)image * shape_size(l->in), run);
        }
}

/* Where the weights of tap (y, x) go. */
static size_t folded_tap(const struct layer *l, const struct folded *f, int y, int x)
{
    int s = l->row->stride;
    return (size_t)(((y / s * f->row.kernel + x / s) * s + y % s) * s + x % s) * f->block;
}

static void fold_weights(const struct layer *l, const struct folded *f, float *folded, const float *w)
{
    int k = l->row->kernel;
    memset(folded, 0, f->weights * sizeof *folded);
    for (int tap = 0; tap < k * k; tap++)
        memcpy(folded + folded_tap(l, f, tap / k, tap % k), w + (size_t)tap * f->block, f->block * sizeof *w);
    memcpy(folded + f->weights, w + (size_t)(k * k) * f->block, f->bias * sizeof *w);
}

static void unfold_weights(const struct layer *l, const struct folded *f, const float *folded, float *dw)
{
    int k = l->row->kernel;
    for (int tap = 0; tap < k * k; tap++)
        memcpy(dw + (size_t)tap * f->block, folded + folded_tap(l, f, tap / k, tap % k),
               f->block * sizeof *dw);
    memcpy(dw + (size_t)(k * k) * f->block, folded + f->weights, f->bias * sizeof *dw);
}

/* The call without stride: its images and weights lie in the scratch, before its own scratch. */
struct folded_call {
    struct layer_call call;
    float *x, *w;
};

static struct folded_call fold_call(const struct layer_call *c, const struct folded *f)
{
    size_t images = lines((size_t)c->n * f->image), weights = lines(f->weights + f->bias);
    struct folded_call folded = {.call = *c, .x = c->scratch, .w = c->scratch + 2 * images};
    folded.call.layer = &f->layer;
    folded.call.x = folded.x;
    folded.call.dx = c->dx ? folded.x + images : NULL;
    folded.call.w = folded.w;
    folded.call.dw = folded.w + weights;
    folded.call.scratch = folded.w + 2 * weights;
    memset(folded.x, 0, (size_t)c->n * f->image * sizeof(float));
    fold_images(c->layer, f, c->n, folded.x, (float *)c->x, run_in);
    fold_weights(c->layer, f, folded.w, c->w);
    return folded;
}

static void phases_forward(const struct layer_call *c)
{
    struct folded f;
    fold_layer(&f, c->layer);
    struct folded_call folded = fold_call(c, &f);
    conv_tiles.forward(&folded.call);
}

static void phases_backward(const struct layer_call *c)
{
    struct folded f;
    fold_layer(&f, c->layer);
    struct folded_call folded = fold_call(c, &f);
    conv_tiles.backward(&folded.call);
    unfold_weights(c->layer, &f, folded.call.dw, c->dw);
    if (!c->dx)
        return;
    memset(c->dx, 0,
           (size_t)c->n * shape_size(c->layer->in) * sizeof(float)); /* no tap may meet the last lines */
    fold_images(c->layer, &f, c->n, folded.call.dx, c->dx, run_out);
}

const struct conv_method conv_phases = {
    .fits = phases_fit, .scratch = phases_scratch, .forward = phases_forward, .backward = phases_backward};
