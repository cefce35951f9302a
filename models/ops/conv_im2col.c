/* Convolution by im2col: for each block of output lines one matrix product, col (pixels x KKC) times W (KKC x
 * O).
 *
 *              image                       col, one row for each output pixel
 *     +---+---+---+---+
 *     |a a|a  |   |   |      pixel 0   | window: line 0, line 1, ... | each line K C floats,
 *     |a a|a  |   |   |      pixel 1   | window ...                  | channels innermost
 *     +---+---+---+---+      ...
 *
 * The column matrix is made block by block, small enough to stay in cache until its product reads it.
 * Backward makes it again: that costs less than keeping it, at KK times the size of the input. */
#include "models/ops/columns.h"
#include "models/ops/conv.h"
#include "models/ops/gemm.h"
#include "models/ops/im2col.h"
#include "models/ops/scratch.h"

/* Output pixels in a block: enough rows to keep the product efficient. The fastest of 256 to 4096 over all
 * models of the zoo. */
enum { BLOCK_PIXELS = 1024 };

/* The sizes of the products. */
struct sizes {
    size_t taps, outputs, line; /* KKC, O, pixels of an output line */
    size_t lines, block;        /* output lines of the batch, of a block */
    bool plain;                 /* 1 x 1, stride 1: the input is its own column matrix */
};

static struct sizes sizes_of(const struct layer *l, int n)
{
    const struct layer_row *r = l->row;
    struct sizes s = {.taps = (size_t)(r->kernel * r->kernel * l->in.c),
                      .outputs = (size_t)l->outputs,
                      .line = (size_t)l->out.w,
                      .lines = (size_t)(n * l->out.h),
                      .plain = r->kernel == 1 && r->stride == 1 && r->pad == 0};
    s.block = BLOCK_PIXELS / s.line > 0 ? BLOCK_PIXELS / s.line : 1;
    if (s.block > s.lines)
        s.block = s.lines;
    return s;
}

static bool any_shape(const struct layer *l)
{
    (void)l;
    return true;
}

/* The column matrix of a block. Backward uses the same memory first for the sums of the bias, in double. */
static size_t im2col_scratch(const struct layer *l, int n)
{
    struct sizes s = sizes_of(l, n);
    size_t col = s.block * s.line * s.taps;
    return col > 2 * s.outputs ? col : 2 * s.outputs;
}

static const float *columns_of(const struct layer_call *c, const struct sizes *s, size_t first, size_t lines)
{
    if (s->plain)
        return c->x + first * s->line * s->taps;
    im2col(c->scratch, c->x, c->layer, first, lines);
    return c->scratch;
}

static void im2col_forward(const struct layer_call *c)
{
    struct sizes s = sizes_of(c->layer, c->n);
    for (size_t first = 0; first < s.lines; first += s.block) {
        size_t lines = first + s.block < s.lines ? s.block : s.lines - first, pixels = lines * s.line;
        const float *col = columns_of(c, &s, first, lines);
        float *y = c->y + first * s.line * s.outputs;
        if (c->layer->row->bias)
            columns_fill(y, c->w + s.taps * s.outputs, pixels, s.outputs);
        gemm(GEMM_NN, y, col, c->w, c->layer->row->bias ? 1 : 0, pixels, s.outputs, s.taps);
    }
}

/* dx of these lines: the gradient of the column matrix, added back to the pixels it was copied from. */
static void input_gradient(const struct layer_call *c, const struct sizes *s, size_t first, size_t lines)
{
    const float *dy = c->dy + first * s->line * s->outputs;
    float *col = s->plain ? c->dx + first * s->line * s->taps : c->scratch;
    gemm(GEMM_NT, col, dy, c->w, 0, lines * s->line, s->taps, s->outputs);
    if (!s->plain)
        col2im_add(c->dx, col, c->layer, first, lines);
}

static void im2col_backward(const struct layer_call *c)
{
    struct sizes s = sizes_of(c->layer, c->n);
    size_t inputs = (size_t)c->n * shape_size(c->layer->in);
    if (c->layer->row->bias)
        columns_sum(c->dw + s.taps * s.outputs, scratch_doubles(c->scratch), c->dy, s.lines * s.line,
                    s.outputs);
    for (size_t i = 0; c->dx && i < inputs; i++)
        c->dx[i] = 0;
    for (size_t first = 0; first < s.lines; first += s.block) {
        size_t lines = first + s.block < s.lines ? s.block : s.lines - first;
        const float *col = columns_of(c, &s, first, lines);
        gemm(GEMM_TN, c->dw, col, c->dy + first * s.line * s.outputs, first > 0 ? 1 : 0, s.taps, s.outputs,
             lines * s.line);
        if (c->dx)
            input_gradient(c, &s, first, lines);
    }
}

const struct conv_method conv_im2col = {
    .fits = any_shape, .scratch = im2col_scratch, .forward = im2col_forward, .backward = im2col_backward};
