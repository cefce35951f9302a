/* Winograd convolution (winograd.h):
 *
 *     forward                                      backward
 *     x --input transform--> V --+                 dy --output gradient transform--> dM
 *                                | t^2 products    dU = V' dM --filter gradient transform--> dw
 *     w --filter transform-> U --+                 dV = dM U' --input gradient transform---> dx
 *                                |
 *                                M --output transform--> y
 *
 * Tiles go in blocks that are small enough for the cache: a block's values in the transform domain are still
 * there when the next pass reads them. */
#include <stdint.h>
#include <string.h>

#include "models/ops/columns.h"
#include "models/ops/conv.h"
#include "models/ops/gemm.h"
#include "models/ops/scratch.h"
#include "models/ops/winograd.h"

/* Floats of a block in the transform domain: 192 kB, or as many as the filters have, since each block reads
 * all of those once. The second cache of today's server cores, 1 MB, has room for both. */
enum { CACHED = 48 * 1024 };

/* A block is a multiple of this number of tiles, the rows of a product that a kernel of libxsmm likes. */
enum { TILES = 16 };

/* Output channels at a time: enough to keep the products efficient. Between 64 and 256 it hardly matters. */
enum { CHANNELS = 128 };

/* One cache line between the matrices of two elements. Without it equal places in all t^2 matrices would lie
 * a power of two apart and meet in one set of the first cache. */
enum { GAP = WIDE };

/* Backward and evaluation take the algorithm with the fewest products. Forward in training takes one that
 * rounds no worse than a direct sum: where an output crosses 0 by rounding, the ReLU behind it passes another
 * gradient, and no accuracy of backward makes up for that. In evaluation no gradient follows. */
static const struct pair {
    const struct winograd *accurate, *fast;
} pairs[] = {{&winograd_k2x3, &winograd_k2x3},
             {&winograd_k4x5, &winograd_k4x5},
             {&winograd_s2x3, &winograd_s2x3},
             {&winograd_f4x3_accurate, &winograd_f4x3}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static int tiles_along(const struct winograd *algorithm, int outputs)
{
    return (outputs + algorithm->outputs - 1) / algorithm->outputs;
}

static bool algorithm_fits(const struct winograd *a, const struct layer *l)
{
    const struct layer_row *r = l->row;
    if (a->taps != r->kernel || r->stride != a->stride || l->in.c % WIDE || l->outputs % WIDE)
        return false;
    if (a->whole)
        return l->in.h == a->outputs && l->in.w == a->outputs && r->pad == r->kernel / 2;
    /* Outputs of a tile beyond the image's edge are computed in vain. With more than three quarters of the
     * direct products the transforms cost more than the rest saves. */
    int products = tiles_along(a, l->out.h) * tiles_along(a, l->out.w) * a->products * a->products;
    return 4 * products <= 3 * l->out.h * l->out.w * r->kernel * r->kernel;
}

static const struct pair *pair_of(const struct layer *l)
{
    for (int i = 0; i < PAIRS; i++)
        if (algorithm_fits(pairs[i].fast, l))
            return &pairs[i];
    return NULL;
}

static bool winograd_fits(const struct layer *l)
{
    return pair_of(l) != NULL;
}

/* One layer's work: tiles in blocks, output channels in groups, and where everything lies in the scratch.
 * With few tiles and many filters all tiles are one block; otherwise all channels are one group. So the loop
 *     for each block, for each group of output channels
 * transforms nothing twice. */
struct work {
    const struct winograd *algorithm;
    struct tiling x, y;
    size_t inputs, outputs;     /* C, O */
    size_t elements;            /* t^2 */
    size_t tiles, block, group; /* tiles of the batch, of a block; output channels of a group */
    struct transformed v, dv;   /* input and its gradient: (block x C) */
    struct transformed m;       /* output or, in backward, its gradient: (block x group) */
    struct transformed u, du;   /* filters and their gradient: (C x group) */
    size_t rows;                /* backward_by_rows: input channels of a block of filters */
};

/* The tiles of an image. stride: its pixels from one output to the next. */
static struct tiling tiling_of(const struct winograd *algorithm, struct shape image, int stride, int before)
{
    return (struct tiling){.h = image.h,
                           .w = image.w,
                           .step = algorithm->outputs * stride,
                           .before = before,
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
    size_t filters = w->inputs * w->outputs * w->elements, tile = (w->inputs + w->outputs) * w->elements,
           most = (filters > CACHED ? filters : CACHED) / tile;
    w->block = w->tiles;
    w->group = w->outputs;
    if (w->tiles * w->inputs * w->elements <= filters)
        w->group = smaller(w->outputs, CHANNELS);
    else
        w->block = smaller(w->tiles, (most + TILES - 1) / TILES * TILES);
}

/* One matrix of rows x columns for each of the t^2 elements. */
static struct transformed carve_matrices(struct scratch *s, const struct work *w, size_t rows, size_t columns)
{
    size_t step = rows * columns + GAP;
    return (struct transformed){.at = carve(s, w->elements * step),
                                .step = step,
                                .rows = rows,
                                .columns = columns,
                                .panel = gemm_panel()};
}

/* The same memory for matrices of this size, which must not be larger. */
static struct transformed resized(struct transformed t, size_t rows, size_t columns)
{
    t.rows = rows;
    t.columns = columns;
    return t;
}

static struct work sizes_of(const struct layer *l, const struct winograd *algorithm, int n)
{
    struct work w = {.algorithm = algorithm,
                     .x = tiling_of(algorithm, l->in, algorithm->stride, algorithm->whole ? 0 : l->row->pad),
                     .y = tiling_of(algorithm, l->out, 1, 0),
                     .inputs = (size_t)l->in.c,
                     .outputs = (size_t)l->outputs,
                     .elements = (size_t)(algorithm->products * algorithm->products)};
    w.x.down = w.y.down = tiles_along(algorithm, l->out.h);
    w.x.across = w.y.across = tiles_along(algorithm, l->out.w);
    w.tiles = (size_t)(n * w.x.down * w.x.across);
    divide(&w);
    return w;
}

static struct work work_of(const struct layer *l, const struct winograd *algorithm, int n, struct scratch *s)
{
    struct work w = sizes_of(l, algorithm, n);
    w.v = w.dv = carve_matrices(s, &w, w.block, w.inputs);
    w.u = w.du = carve_matrices(s, &w, w.inputs, w.group);
    w.m = carve_matrices(s, &w, w.block, w.group);
    /* V and dV share memory: V is read for the last time before dV is written. So do U and dU if there is one
     * block only. */
    if (w.block < w.tiles)
        w.du = carve_matrices(s, &w, w.inputs, w.group);
    return w;
}

/* ---- few tiles ----
 *
 * With few tiles the filters are most of the memory that backward touches. So it goes through them once, by
 * rows; a row is all taps of all filters from one input channel. Some rows are transformed for dx, their
 * gradient is made, and the receiver takes the step, all while the rows are in the second cache. dM, which is
 * small, is made before, and read again for each block of rows. */

static bool has_few_tiles(const struct layer *l, int n)
{
    struct work w = sizes_of(l, pair_of(l)->fast, n);
    return w.tiles <= w.outputs;
}

/* U and dU share memory: U is read for the last time before dU is written. dM and dU have panels of a group, so
 * that dV is the sum over groups, as in every build. OpenBLAS divides large products by itself, so there all
 * rows are one block. */
static struct work work_by_rows(const struct layer *l, int n, struct scratch *s)
{
    struct work w = sizes_of(l, pair_of(l)->fast, n);
    size_t rows = CACHED / (w.elements * w.outputs) / WIDE * WIDE;
    w.rows = gemm_panel() == SIZE_MAX ? w.inputs : smaller(larger(rows, WIDE), w.inputs);
    w.group = smaller(w.outputs, CHANNELS);
    w.v = carve_matrices(s, &w, w.tiles, w.rows);
    w.dv = carve_matrices(s, &w, w.tiles, w.rows);
    w.m = carve_matrices(s, &w, w.tiles, w.outputs);
    w.u = w.du = carve_matrices(s, &w, w.rows, w.outputs);
    w.m.panel = w.du.panel = w.group;
    return w;
}

/* The largest batch with few tiles; n images may be more. */
static int few(const struct layer *l, int n)
{
    while (n > 1 && !has_few_tiles(l, n))
        n--;
    return n;
}

static size_t scratch_of(const struct layer *l, int n)
{
    const struct pair *pair = pair_of(l);
    struct scratch accurate = {0}, fast = {0};
    work_of(l, pair->accurate, n, &accurate);
    work_of(l, pair->fast, n, &fast);
    return larger(accurate.used, fast.used);
}

/* Also for fewer images: all tiles of a smaller batch may be one block, and take more than the blocks of n. */
static size_t winograd_scratch(const struct layer *l, int n)
{
    struct scratch by_rows = {0};
    size_t bias_sums = 2 * (size_t)l->outputs; /* doubles */
    work_by_rows(l, few(l, n), &by_rows);
    return larger(larger(scratch_of(l, n), scratch_of(l, few(l, n))), larger(by_rows.used, bias_sums));
}

/* One product for each element: c = a b + beta c, panel by panel. Only some rows of a and c hold tiles. */
static void multiply(const struct work *w, struct transformed c, struct transformed a, struct transformed b,
                     size_t rows, float beta)
{
    for (size_t n = 0; n < c.columns; n += c.panel)
        for (size_t k = 0; k < a.columns; k += a.panel) {
            struct gemm g =
                gemm_prepare(GEMM_NN, rows, panel_width(&c, n), panel_width(&a, k), k > 0 ? 1 : beta);
            float *to = c.at + panel_row(&c, n, 0);
            const float *left = a.at + panel_row(&a, k, 0), *right = b.at + panel_row(&b, n, k);
            for (size_t e = 0; e < w->elements; e++)
                gemm_run(&g, to + e * c.step, left + e * a.step, right + e * b.step);
        }
}

/* c = a' b + beta c: the sum over the rows of a and b that hold tiles. */
static void multiply_transposed(const struct work *w, struct transformed c, struct transformed a,
                                struct transformed b, size_t rows, float beta)
{
    for (size_t n = 0; n < c.columns; n += c.panel)
        for (size_t m = 0; m < a.columns; m += a.panel) {
            struct gemm g = gemm_prepare(GEMM_TN, panel_width(&a, m), panel_width(&c, n), rows, beta);
            float *to = c.at + panel_row(&c, n, m);
            const float *left = a.at + panel_row(&a, m, 0), *right = b.at + panel_row(&b, n, 0);
            for (size_t e = 0; e < w->elements; e++)
                gemm_run(&g, to + e * c.step, left + e * a.step, right + e * b.step);
        }
}

/* y of `count` output channels. */
static void forward_group(const struct layer_call *c, const struct work *w, const struct tiles *tiles,
                          size_t count)
{
    const struct winograd_passes *pass = w->algorithm->passes;
    int taps = w->algorithm->taps;
    const float *bias = c->layer->row->bias ? c->w + (size_t)(taps * taps) * w->inputs * w->outputs : NULL;
    struct transformed u = resized(w->u, w->inputs, count), m = resized(w->m, w->block, count);
    if (tiles->first == 0) /* the later blocks find U made: they have one group only */
        pass->filter_transform(
            u, &(struct filters){w->inputs * w->outputs, w->inputs, w->outputs, tiles->channel}, c->w);
    multiply(w, m, w->v, u, tiles->count, 0);
    pass->output_transform(c->y, tiles, m, bias);
}

static void winograd_forward(const struct layer_call *c)
{
    struct scratch scratch = {.memory = c->scratch};
    const struct pair *pair = pair_of(c->layer);
    struct work w = work_of(c->layer, c->training ? pair->accurate : pair->fast, c->n, &scratch);
    for (size_t first = 0; first < w.tiles; first += w.block) {
        struct tiles x = {&w.x, first, smaller(w.block, w.tiles - first), 0}, y = x;
        w.algorithm->passes->input_transform(w.v, &x, c->x);
        y.tiling = &w.y;
        for (; y.channel < w.outputs; y.channel += w.group)
            forward_group(c, &w, &y, smaller(w.group, w.outputs - y.channel));
    }
}

/* dx of the block, and dw, summed over the blocks. All output channels are one group. */
static void backward_block(const struct layer_call *c, const struct work *w, const struct tiles *x)
{
    const struct winograd_passes *pass = w->algorithm->passes;
    struct tiles y = {&w->y, x->first, x->count, 0};
    struct filters filters = {w->inputs * w->outputs, w->inputs, w->outputs, 0};
    pass->input_transform(w->v, x, c->x);
    pass->output_gradient_transform(w->m, &y, c->dy);
    multiply_transposed(w, w->du, w->v, w->m, x->count, x->first > 0 ? 1 : 0);
    if (x->first + x->count == w->tiles)
        pass->filter_gradient_transform(c->dw, &filters, w->du);
    if (!c->dx)
        return;
    struct transformed u = resized(w->u, w->outputs, w->inputs);
    if (x->first == 0)
        pass->filter_transform_transposed(u, &filters, c->w);
    multiply(w, w->dv, w->m, u, x->count, 0);
    pass->input_gradient_transform(c->dx, x, w->dv);
}

static void backward_by_blocks(const struct layer_call *c)
{
    struct scratch scratch = {.memory = c->scratch};
    struct work w = work_of(c->layer, pair_of(c->layer)->fast, c->n, &scratch);
    for (size_t first = 0; first < w.tiles; first += w.block)
        backward_block(c, &w, &(struct tiles){&w.x, first, smaller(w.block, w.tiles - first), 0});
}

/* Gives the rows' part of dw to the receiver, tap by tap. If it stores nothing, all blocks make their part at the
 * same place, which stays in the cache. */
static void backward_rows(const struct layer_call *c, const struct work *w, const struct tiles *x,
                          size_t rows)
{
    const struct winograd_passes *pass = w->algorithm->passes;
    size_t taps = (size_t)(w->algorithm->taps * w->algorithm->taps), all = w->inputs * w->outputs,
           first = x->channel * w->outputs, n = rows * w->outputs, tap = layer_stores(c) ? all : n;
    float *dw = c->dw + (layer_stores(c) ? first : 0);
    struct transformed v = resized(w->v, w->tiles, rows), dv = resized(w->dv, w->tiles, rows),
                       u = resized(w->u, w->outputs, rows), du = resized(w->du, rows, w->outputs);
    pass->input_transform(v, x, c->x);
    if (c->dx) {
        u.panel = gemm_panel();
        pass->filter_transform_transposed(u, &(struct filters){all, rows, w->outputs, 0}, c->w + first);
        multiply(w, dv, w->m, u, w->tiles, 0);
        pass->input_gradient_transform(c->dx, x, dv);
    }
    multiply_transposed(w, du, v, w->m, w->tiles, 0);
    pass->filter_gradient_transform(dw, &(struct filters){tap, rows, w->outputs, 0}, du);
    for (size_t i = 0; i < taps; i++)
        layer_give(c, dw + i * tap, i * all + first, n);
}

static void backward_by_rows(const struct layer_call *c)
{
    struct scratch scratch = {.memory = c->scratch};
    struct work w = work_by_rows(c->layer, c->n, &scratch);
    w.algorithm->passes->output_gradient_transform(w.m, &(struct tiles){&w.y, 0, w.tiles, 0}, c->dy);
    for (size_t first = 0; first < w.inputs; first += w.rows)
        backward_rows(c, &w, &(struct tiles){&w.x, 0, w.tiles, first}, smaller(w.rows, w.inputs - first));
}

static void winograd_backward(const struct layer_call *c)
{
    const struct layer *l = c->layer;
    size_t outputs = (size_t)l->outputs, taps = (size_t)(l->row->kernel * l->row->kernel),
           weights = taps * (size_t)l->in.c * outputs;
    /* First, since its sums lie where other values are going to be. */
    if (l->row->bias)
        columns_sum(c->dw + weights, scratch_doubles(c->scratch), c->dy, (size_t)(c->n * l->out.h * l->out.w),
                    outputs);
    if (c->dx)
        memset(c->dx, 0, (size_t)c->n * shape_size(l->in) * sizeof(float));
    if (!has_few_tiles(l, c->n)) {
        backward_by_blocks(c);
        return;
    }
    backward_by_rows(c);
    if (l->row->bias)
        layer_give(c, c->dw + weights, weights, outputs);
}

const struct conv_method conv_winograd = {.fits = winograd_fits,
                                          .scratch = winograd_scratch,
                                          .forward = winograd_forward,
                                          .backward = winograd_backward,
                                          .gives = has_few_tiles};
