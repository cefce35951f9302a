/* A convolution of stride s as one of stride 1, so that Winograd convolution can compute it: space-to-depth.
 * Pixel (s Y + a, s X + b) of the padded image moves, with its C channels, into the channels of phase (a, b)
 * of pixel (Y, X); filter tap (s q + a, s r + b) moves the same way into tap (q, r).
 *
 *     stride 2, padded image           space-to-depth image
 *     +---+---+---+---+                +---------+---------+     half as high and wide,
 *     |00 |01 |00'|01'|                | 00 01   | 00'01'  |     four times as many
 *     +---+---+---+---+      -->       | 10 11   | 10'11'  |     channels
 *     |10 |11 |10'|11'|                +---------+---------+
 *     +---+---+---+---+
 *
 * Where the size of the kernel is no multiple of s, the taps beyond its edge are zeros. Each pixel is copied
 * once; im2col copies it once for each tap. */
#include <string.h>

#include "models/ops/conv.h"
#include "models/ops/scratch.h"
#include "models/ops/wide.h"

/* The layer of stride 1. A few multiplications, so every call computes it: a copy in struct layer would need
 * an owner for its row. */
struct stride_one {
    struct layer_row row;
    struct layer layer;
    size_t tap;                  /* weights of one tap of the layer itself: C x O */
    size_t image, weights, bias; /* floats of a space-to-depth image, of its weights, of the bias */
};

static void make_stride_one(struct stride_one *one, const struct layer *l)
{
    const struct layer_row *r = l->row;
    int s = r->stride, taps = (r->kernel + s - 1) / s;
    struct shape in = {.h = l->out.h + taps - 1, .w = l->out.w + taps - 1, .c = s * s * l->in.c};
    one->row = (struct layer_row){
        .op = r->op, .name = r->name, .outputs = r->outputs, .kernel = taps, .stride = 1, .bias = r->bias};
    one->layer =
        (struct layer){.row = &one->row, .index = l->index, .outputs = l->outputs, .in = in, .out = l->out};
    one->tap = (size_t)l->in.c * (size_t)l->outputs;
    one->image = shape_size(in);
    one->weights = (size_t)(taps * taps * in.c) * (size_t)l->outputs;
    one->bias = r->bias ? (size_t)l->outputs : 0;
}

static bool space_to_depth_fits(const struct layer *l)
{
    struct stride_one one;
    make_stride_one(&one, l);
    return l->row->stride > 1 && l->row->kernel > l->row->stride && conv_winograd.fits(&one.layer);
}

/* ---- pixels ---- */

/* One line of a padded image, and as many pixels of the space-to-depth image as it fills. */
struct line {
    const struct layer *layer;
    int y, width;
};

static bool line_inside(const struct line *line)
{
    int y = line->y - line->layer->row->pad;
    return y >= 0 && y < line->layer->in.h;
}

/* Calls copy(deep, pixels, floats) for each run of the line that is inside the image. The s pixels of one
 * space-to-depth pixel lie side by side in both images: they are one run. deep: the channels of phase (a, 0)
 * of the line's first pixel; image: the first pixel of the image as the layer has it. */
static inline __attribute__((always_inline)) void each_run(const struct line *line, float *deep, float *image,
                                                           void (*copy)(float *, float *, size_t))
{
    const struct layer *l = line->layer;
    int s = l->row->stride, pad = l->row->pad, c = l->in.c;
    float *pixels = image + (ptrdiff_t)(line->y - pad) * l->in.w * c;
    for (int at = 0; at < line->width; at++) {
        int x = s * at - pad, from = x < 0 ? -x : 0, to = x + s > l->in.w ? l->in.w - x : s;
        if (from < to)
            copy(deep + (ptrdiff_t)at * s * s * c + from * c, pixels + (ptrdiff_t)(x + from) * c,
                 (size_t)((to - from) * c));
    }
}

static inline void copy_in(float *deep, float *pixels, size_t n)
{
    copy_run(deep, pixels, n);
}

static inline void copy_out(float *deep, float *pixels, size_t n)
{
    copy_run(pixels, deep, n);
}

/* Into space-to-depth images (full of zeros, which stay where the padding is), or out of them. */
static inline __attribute__((always_inline)) void each_image(const struct layer *l,
                                                             const struct stride_one *one, int n, float *deep,
                                                             float *pixels,
                                                             void (*copy)(float *, float *, size_t))
{
    int s = l->row->stride;
    for (int image = 0; image < n; image++)
        for (int y = 0; y < s * one->layer.in.h; y++) {
            struct line line = {.layer = l, .y = y, .width = one->layer.in.w};
            size_t row = ((size_t)image * (size_t)one->layer.in.h + (size_t)(y / s)) *
                         (size_t)one->layer.in.w * (size_t)one->layer.in.c;
            if (line_inside(&line))
                each_run(&line, deep + row + (size_t)(y % s * s * l->in.c),
                         pixels + (size_t)image * shape_size(l->in), copy);
        }
}

/* ---- filters ---- */

/* Where the weights of the layer's tap (y, x) lie among those of stride 1. */
static size_t tap_offset(const struct layer *l, const struct stride_one *one, int y, int x)
{
    int s = l->row->stride;
    return (size_t)(((y / s * one->row.kernel + x / s) * s + y % s) * s + x % s) * one->tap;
}

static void copy_weights_in(const struct layer *l, const struct stride_one *one, float *deep, const float *w)
{
    int k = l->row->kernel;
    memset(deep, 0, one->weights * sizeof *deep);
    for (int tap = 0; tap < k * k; tap++)
        memcpy(deep + tap_offset(l, one, tap / k, tap % k), w + (size_t)tap * one->tap, one->tap * sizeof *w);
    memcpy(deep + one->weights, w + (size_t)(k * k) * one->tap, one->bias * sizeof *w);
}

/* Gradients of the taps beyond the kernel's edge are dropped. */
static void copy_weights_out(const struct layer *l, const struct stride_one *one, const float *deep,
                             float *dw)
{
    int k = l->row->kernel;
    for (int tap = 0; tap < k * k; tap++)
        memcpy(dw + (size_t)tap * one->tap, deep + tap_offset(l, one, tap / k, tap % k),
               one->tap * sizeof *dw);
    memcpy(dw + (size_t)(k * k) * one->tap, deep + one->weights, one->bias * sizeof *dw);
}

/* ---- the operator ---- */

/* What lies in the scratch; each piece starts on a cache line. */
struct pieces {
    float *x, *dx, *w, *dw;
    float *rest; /* the scratch of the convolution of stride 1 */
};

static struct pieces carve_pieces(struct scratch *s, const struct stride_one *one, int n)
{
    struct pieces p;
    p.x = carve(s, whole_lines((size_t)n * one->image));
    p.dx = carve(s, whole_lines((size_t)n * one->image));
    p.w = carve(s, whole_lines(one->weights + one->bias));
    p.dw = carve(s, whole_lines(one->weights + one->bias));
    p.rest = carve(s, 0);
    return p;
}

static size_t space_to_depth_scratch(const struct layer *l, int n)
{
    struct stride_one one;
    struct scratch counted = {0};
    make_stride_one(&one, l);
    carve_pieces(&counted, &one, n);
    return counted.used + conv_winograd.scratch(&one.layer, n);
}

/* The call of stride 1. Backward makes its images and weights again: keeping them from forward would cost
 * memory for every layer at the same time, while the scratch is shared. */
static struct layer_call call_of(const struct layer_call *c, const struct stride_one *one)
{
    struct scratch scratch = {.memory = c->scratch};
    struct pieces p = carve_pieces(&scratch, one, c->n);
    struct layer_call call = *c;
    call.layer = &one->layer;
    call.x = p.x;
    call.dx = c->dx ? p.dx : NULL;
    call.w = p.w;
    call.dw = p.dw;
    call.scratch = p.rest;
    memset(p.x, 0, (size_t)c->n * one->image * sizeof(float));
    each_image(c->layer, one, c->n, p.x, (float *)c->x, copy_in); /* copy_in only reads c->x */
    copy_weights_in(c->layer, one, p.w, c->w);
    return call;
}

static void space_to_depth_forward(const struct layer_call *c)
{
    struct stride_one one;
    make_stride_one(&one, c->layer);
    struct layer_call call = call_of(c, &one);
    conv_winograd.forward(&call);
}

static void space_to_depth_backward(const struct layer_call *c)
{
    struct stride_one one;
    make_stride_one(&one, c->layer);
    struct layer_call call = call_of(c, &one);
    call.receiver = NULL; /* its weights lie in another order */
    conv_winograd.backward(&call);
    copy_weights_out(c->layer, &one, call.dw, c->dw);
    if (!c->dx)
        return;
    /* No tap may reach the last lines of the image: their gradient is 0. */
    memset(c->dx, 0, (size_t)c->n * shape_size(c->layer->in) * sizeof(float));
    each_image(c->layer, &one, c->n, call.dx, c->dx, copy_out);
}

const struct conv_method conv_space_to_depth = {.fits = space_to_depth_fits,
                                                .scratch = space_to_depth_scratch,
                                                .forward = space_to_depth_forward,
                                                .backward = space_to_depth_backward};
