/* Convolution tile by tile with a bilinear algorithm (bilinear.h): pixels and weights to points, one matrix
 * product a point, points to pixels. Tiles go in blocks whose points stay in cache from pass to pass. */
#include <string.h>

#include "models/ops/bilinear.h"
#include "models/ops/columns.h"
#include "models/ops/conv.h"
#include "models/ops/gemm.h"

/* Points of a block, in floats: 192 kB, or as many as the weights have, since each block reads those once. The
 * second cache of today's server cores, 1 MB, has room for both. */
enum { CACHED = 48 * 1024 };

/* Tiles go by so many: the rows of a product that a kernel likes. */
enum { TILES = 16 };

/* Channels of a part: enough to keep the products efficient. Between 64 and 256 it hardly matters. */
enum { PART = 128 };

/* One line between the matrices of two points: else they would all meet in one set of the first cache. */
enum { GAP = WIDE };

/* Backward takes the fewest products. Forward rounds no worse than a direct sum: where its output crosses 0 by
 * rounding, the ReLU behind it passes another gradient, which no accuracy of backward makes up for. */
static const struct pair {
    const struct scheme *forward, *backward;
} pairs[] = {{&scheme_k2x3, &scheme_k2x3}, {&scheme_k4x5, &scheme_k4x5}, {&scheme_t4x3, &scheme_f4x3}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static int tiles_along(const struct scheme *s, int outputs)
{
    return (outputs + s->outputs - 1) / s->outputs;
}

static bool scheme_fits(const struct scheme *s, const struct layer *l)
{
    const struct layer_row *r = l->row;
    if (s->taps != r->kernel || r->stride != 1 || l->in.c % WIDE || l->outputs % WIDE)
        return false;
    if (s->whole)
        return l->in.h == s->outputs && l->in.w == s->outputs && r->pad == r->kernel / 2;
    /* Tiles over the edge multiply in vain: three quarters of the direct products is the limit. */
    int products = tiles_along(s, l->out.h) * tiles_along(s, l->out.w) * s->products * s->products;
    return 4 * products <= 3 * l->out.h * l->out.w * r->kernel * r->kernel;
}

static const struct pair *pair_of(const struct layer *l)
{
    for (int i = 0; i < PAIRS; i++)
        if (scheme_fits(pairs[i].backward, l))
            return &pairs[i];
    return NULL;
}

static bool tiles_fit(const struct layer *l)
{
    return pair_of(l) != NULL;
}

/* One layer's work: tiles in blocks, output channels in parts, and where everything lies in the scratch. With few
 * tiles and many weights all tiles are one block; otherwise all channels are one part. So in
 *     for each block, for each part
 * nothing is spread twice. */
struct work {
    const struct scheme *scheme;
    struct tiling x, y;
    size_t inputs, outputs;    /* C, O */
    size_t points;             /* products of a tile */
    size_t tiles, block, part; /* of the batch, of a block; channels of a part */
    struct points u, du;       /* of the inputs, of their gradient */
    struct points v;           /* of the outputs, and of their gradient */
    struct points w, dw;       /* of the weights, of their gradient */
    size_t scratch;            /* floats in all */
};

static struct tiling tiling_of(const struct scheme *s, struct shape image, struct shape out, int before)
{
    return (struct tiling){.h = image.h,
                           .w = image.w,
                           .step = s->outputs,
                           .before = before,
                           .down = tiles_along(s, out.h),
                           .across = tiles_along(s, out.w),
                           .channels = (size_t)image.c};
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void divide(struct work *w)
{
    size_t weights = w->inputs * w->outputs * w->points, tile = (w->inputs + w->outputs) * w->points,
           most = (weights > CACHED ? weights : CACHED) / tile;
    w->block = w->tiles;
    w->part = w->outputs;
    if (w->tiles * w->inputs * w->points <= weights)
        w->part = smaller(w->outputs, PART);
    else
        w->block = smaller(w->tiles, (most + TILES - 1) / TILES * TILES);
}

/* Takes matrices of `floats` from the scratch; only counts when there is none yet. */
static struct points take(struct work *w, float *scratch, size_t floats)
{
    struct points p = {.at = scratch ? scratch + w->scratch : NULL, .step = floats + GAP};
    w->scratch += w->points * p.step;
    return p;
}

static struct work work_of(const struct layer *l, const struct scheme *s, int n, float *scratch)
{
    struct work w = {.scheme = s,
                     .x = tiling_of(s, l->in, l->out, s->whole ? 0 : l->row->pad),
                     .y = tiling_of(s, l->out, l->out, 0),
                     .inputs = (size_t)l->in.c,
                     .outputs = (size_t)l->outputs,
                     .points = (size_t)(s->products * s->products)};
    w.tiles = (size_t)(n * w.x.down * w.x.across);
    divide(&w);
    w.u = w.du = take(&w, scratch, w.block * w.inputs);
    w.w = w.dw = take(&w, scratch, w.inputs * w.part);
    w.v = take(&w, scratch, w.block * w.part);
    /* Those two can share, if the one is spent before the other is begun. */
    if (w.part < w.outputs)
        w.du = take(&w, scratch, w.block * w.inputs);
    if (w.block < w.tiles)
        w.dw = take(&w, scratch, w.inputs * w.part);
    return w;
}

static size_t tiles_scratch(const struct layer *l, int n)
{
    const struct pair *pair = pair_of(l);
    size_t forward = work_of(l, pair->forward, n, NULL).scratch,
           backward = work_of(l, pair->backward, n, NULL).scratch, sums = 2 * (size_t)l->outputs;
    return larger(larger(forward, backward), sums);
}

/* One product a point. */
static void multiply(const struct work *w, struct gemm g, struct points c, struct points a, struct points b)
{
    for (size_t p = 0; p < w->points; p++)
        gemm_run(&g, c.at + p * c.step, a.at + p * a.step, b.at + p * b.step);
}

static void forward_part(const struct layer_call *c, const struct work *w, struct tiles tiles)
{
    const struct scheme *s = w->scheme;
    size_t first = tiles.channels.first, count = smaller(w->part, w->outputs - first);
    const float *bias =
        c->layer->row->bias ? c->w + (size_t)(s->taps * s->taps) * w->inputs * w->outputs : NULL;
    struct weights weights = {w->inputs, w->outputs, {first, count}};
    tiles.channels.count = count;
    if (tiles.first == 0)
        s->spread_weights(w->w, &weights, c->w);
    multiply(w, gemm_plan(GEMM_NN, tiles.count, count, w->inputs, 0), w->v, w->u, w->w);
    s->gather_output(w->v, &tiles, c->y, bias);
}

static void tiles_forward(const struct layer_call *c)
{
    struct work w = work_of(c->layer, pair_of(c->layer)->forward, c->n, c->scratch);
    for (size_t first = 0; first < w.tiles; first += w.block) {
        struct tiles x = {&w.x, first, smaller(w.block, w.tiles - first), {0, w.inputs}}, y = x;
        w.scheme->spread_input(w.u, &x, c->x);
        y.tiling = &w.y;
        for (y.channels.first = 0; y.channels.first < w.outputs; y.channels.first += w.part)
            forward_part(c, &w, y);
    }
}

/* dw of the part, and its share of dx's points. */
static void backward_part(const struct layer_call *c, const struct work *w, struct tiles tiles)
{
    const struct scheme *s = w->scheme;
    size_t first = tiles.channels.first, count = smaller(w->part, w->outputs - first);
    struct weights weights = {w->inputs, w->outputs, {first, count}};
    tiles.channels.count = count;
    s->spread_output(w->v, &tiles, c->dy);
    multiply(w, gemm_plan(GEMM_TN, w->inputs, count, tiles.count, tiles.first > 0 ? 1 : 0), w->dw, w->u,
             w->v);
    if (tiles.first + tiles.count == w->tiles)
        s->gather_weights(w->dw, &weights, c->dw);
    if (!c->dx)
        return;
    if (tiles.first == 0)
        s->spread_turned(w->w, &weights, c->w);
    multiply(w, gemm_plan(GEMM_NN, tiles.count, w->inputs, count, first > 0 ? 1 : 0), w->du, w->v, w->w);
}

static void tiles_backward(const struct layer_call *c)
{
    struct work w = work_of(c->layer, pair_of(c->layer)->backward, c->n, c->scratch);
    const struct scheme *s = w.scheme;
    if (c->layer->row->bias)
        columns_sum(c->dw + (size_t)(s->taps * s->taps) * w.inputs * w.outputs, (double *)(void *)c->scratch,
                    c->dy, (size_t)c->n * (size_t)(w.y.h * w.y.w), w.outputs);
    if (c->dx)
        memset(c->dx, 0, (size_t)c->n * shape_size(c->layer->in) * sizeof(float));
    for (size_t first = 0; first < w.tiles; first += w.block) {
        struct tiles x = {&w.x, first, smaller(w.block, w.tiles - first), {0, w.inputs}}, y = x;
        s->spread_input(w.u, &x, c->x);
        y.tiling = &w.y;
        for (y.channels.first = 0; y.channels.first < w.outputs; y.channels.first += w.part)
            backward_part(c, &w, y);
        if (c->dx)
            s->add_input(w.du, &x, c->dx);
    }
}

const struct conv_method conv_tiles = {
    .fits = tiles_fit, .scratch = tiles_scratch, .forward = tiles_forward, .backward = tiles_backward};
