/* Convolution tile by tile with a bilinear algorithm (bilinear.h): pixels and weights to points, one matrix
 * product a point, points to pixels. Tiles go in blocks whose points stay in cache from pass to pass. */
#include <string.h>

#include "models/ops/bilinear.h"
#include "models/ops/columns.h"
#include "models/ops/conv.h"
#include "models/ops/gemm.h"

/* Points of a block, in floats: what fits into a core's second cache beside the weights' points, or as much as
 * those take, since each block reads them all. */
enum { BLOCK_POINTS = 96 * 1024 };

/* One line between the matrices of two points: else they would all meet in one set of the first cache. */
enum { GAP = WIDE };

static const struct scheme *const schemes[] = {&scheme_k2x3, &scheme_k4x5, &scheme_f4x3};
enum { SCHEMES = sizeof schemes / sizeof *schemes };

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

static const struct scheme *scheme_of(const struct layer *l)
{
    for (int i = 0; i < SCHEMES; i++)
        if (scheme_fits(schemes[i], l))
            return schemes[i];
    return NULL;
}

static bool tiles_fit(const struct layer *l)
{
    return scheme_of(l) != NULL;
}

/* One layer's work and where everything lies in the scratch. */
struct work {
    const struct scheme *scheme;
    struct tiling x, y;
    size_t inputs, outputs;    /* C, O */
    size_t points;             /* products of a tile */
    size_t tiles, block;       /* of the batch, of a block */
    struct points w, dw, u, v; /* of the weights, their gradient, the inputs, the outputs */
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

/* Takes matrices of `floats` from the scratch; sizes alone when there is none yet. */
static struct points take(struct work *w, float *scratch, size_t floats)
{
    struct points p = {.at = scratch ? scratch + w->scratch : NULL, .step = floats + GAP};
    w->scratch += w->points * p.step;
    return p;
}

static struct work work_of(const struct layer *l, int n, float *scratch)
{
    const struct scheme *s = scheme_of(l);
    struct work w = {.scheme = s,
                     .x = tiling_of(s, l->in, l->out, s->whole ? 0 : l->row->pad),
                     .y = tiling_of(s, l->out, l->out, 0),
                     .inputs = (size_t)l->in.c,
                     .outputs = (size_t)l->outputs,
                     .points = (size_t)(s->products * s->products)};
    w.tiles = (size_t)(n * w.x.down * w.x.across);
    size_t weights = w.inputs * w.outputs * w.points, most = weights > BLOCK_POINTS ? weights : BLOCK_POINTS;
    w.block = most / (w.points * (w.inputs + w.outputs)) + 1;
    if (w.block > w.tiles)
        w.block = w.tiles;
    w.u = take(&w, scratch, w.block * w.inputs);
    w.v = take(&w, scratch, w.block * w.outputs);
    w.w = w.dw = take(&w, scratch, w.inputs * w.outputs);
    if (w.block < w.tiles)
        w.dw = take(&w, scratch, w.inputs * w.outputs);
    return w;
}

static size_t tiles_scratch(const struct layer *l, int n)
{
    size_t need = work_of(l, n, NULL).scratch, sums = 2 * (size_t)l->outputs;
    return need > sums ? need : sums;
}

/* One product a point. */
static void multiply(const struct work *w, struct gemm g, struct points c, struct points a, struct points b)
{
    for (size_t p = 0; p < w->points; p++)
        gemm_run(&g, c.at + p * c.step, a.at + p * a.step, b.at + p * b.step);
}

static void tiles_forward(const struct layer_call *c)
{
    struct work w = work_of(c->layer, c->n, c->scratch);
    const struct scheme *s = w.scheme;
    const float *bias =
        c->layer->row->bias ? c->w + (size_t)(s->taps * s->taps) * w.inputs * w.outputs : NULL;
    s->spread_weights(w.w, c->w, w.inputs, w.outputs);
    for (size_t first = 0; first < w.tiles; first += w.block) {
        size_t tiles = first + w.block < w.tiles ? w.block : w.tiles - first;
        s->spread_input(&w.x, w.u, c->x, first, tiles);
        multiply(&w, gemm_plan(GEMM_NN, tiles, w.outputs, w.inputs, 0), w.v, w.u, w.w);
        s->gather_output(&w.y, w.v, c->y, bias, first, tiles);
    }
}

/* The weights' points are needed for dx, those of their gradient until the last block: a single block can use
 * one place for both, since it has done with the one before it starts with the other. */
static void tiles_backward(const struct layer_call *c)
{
    struct work w = work_of(c->layer, c->n, c->scratch);
    const struct scheme *s = w.scheme;
    if (c->layer->row->bias)
        columns_sum(c->dw + (size_t)(s->taps * s->taps) * w.inputs * w.outputs, (double *)(void *)c->scratch,
                    c->dy, (size_t)c->n * (size_t)(w.y.h * w.y.w), w.outputs);
    if (c->dx)
        memset(c->dx, 0, (size_t)c->n * shape_size(c->layer->in) * sizeof(float));
    for (size_t first = 0; first < w.tiles; first += w.block) {
        size_t tiles = first + w.block < w.tiles ? w.block : w.tiles - first;
        s->spread_input(&w.x, w.u, c->x, first, tiles);
        s->spread_output(&w.y, w.v, c->dy, first, tiles);
        multiply(&w, gemm_plan(GEMM_TN, w.inputs, w.outputs, tiles, first > 0), w.dw, w.u, w.v);
        if (first + tiles == w.tiles)
            s->gather_weights(w.dw, c->dw, w.inputs, w.outputs);
        if (!c->dx)
            continue;
        if (first == 0)
            s->spread_turned(w.w, c->w, w.inputs, w.outputs);
        multiply(&w, gemm_plan(GEMM_NN, tiles, w.inputs, w.outputs, 0), w.u, w.v, w.w);
        s->add_input(&w.x, w.u, c->dx, first, tiles);
    }
}

const struct conv_method conv_tiles = {
    .fits = tiles_fit, .scratch = tiles_scratch, .forward = tiles_forward, .backward = tiles_backward};
