/* Winograd convolution: the minimal filtering algorithms F(m x m, r x r) of one tile, as constant matrices.
 *
 * Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, arXiv:1509.09308. Their
 * letters are used here, but t for the number of products in one dimension (they have t = m + r - 1 always).
 * In one dimension an algorithm computes m outputs y of r taps w and n inputs x with t multiplications, their
 * (6):
 *     y = A' ((G w) * (B' x))                     ' transposes, * multiplies element by element
 * with constant matrices A (t x m), G (t x r) and B' (t x n). Nested with itself it computes a tile of m x m
 * outputs with t^2 multiplications, their (8):
 *     y = A' (U * V) A,    U = G w G'  (filter transform),    V = B' x B  (input transform)
 * A layer sums over its C input channels. The sum moves into the transform domain, since A' ... A is linear:
 * for each of the t^2 elements of a tile the tiles and channels form one matrix product (their section 4.1),
 *     M[e] (tiles x O) = V[e] (tiles x C)  U[e] (C x O),    e = 0 .. t^2 - 1
 * and those products are nearly all of the work.
 *
 *      image, cut into tiles                 transform domain: t^2 matrices
 *     +----+----+----+                      e = 0:  tile 0 | C channels |
 *     | 0  | 1  | 2  |   input transform            tile 1 | C channels |
 *     +----+----+----+   -------------->            ...                    one gap, then
 *     | 3  | 4  | 5  |                      e = 1:  tile 0 | C channels |
 *     +----+----+----+                              ...
 *
 * Backward is the same program transposed, with the same three matrices:
 *     dx = B (U * dM) B',    dw = G' (V * dM) G,    dM = A dy A'
 *
 * Images are (image, y, x, channel), so that LANES neighbouring channels are one vector: every pass below
 * transforms the same tile of LANES channels at once. */
#ifndef MODELS_OPS_WINOGRAD_H
#define MODELS_OPS_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>

#include "models/ops/wide.h"

enum { MOST_PRODUCTS = 9, MOST_PIXELS = 6 }; /* t, and n, m or r, in one dimension */

/* A, G or B': products x pixels (or taps). Of the first 2 * pairs rows behind row 0, rows 1 and 2, 3 and 4,
 * ... differ in signs alone: interpolation at a point and at its negative. What the two rows share is
 * computed once. */
struct table {
    int products, pixels, pairs;
    float at[MOST_PRODUCTS][MOST_PIXELS];
};

/* How an image is cut into tiles: tile i starts at pixel (y * step - before, x * step - before), where i
 * counts through image, y, x. A pass reads zeros for pixels outside the image, and writes none there. */
struct tiling {
    int h, w, step, before;
    int down, across; /* tiles in an image */
    size_t channels;
};

/* Values in the transform domain: the matrix of element e starts at at + e * step. It lies in panels, which its
 * products read one at a time: first the leftmost `panel` columns of all rows, row by row, then the next ones;
 * the last panel may be narrower. */
struct transformed {
    float *at;
    size_t step;
    size_t rows, columns, panel;
};

/* The width of the panel that begins at this column. */
static inline size_t panel_width(const struct transformed *t, size_t column)
{
    return t->columns - column < t->panel ? t->columns - column : t->panel;
}

/* Where a row of that panel starts in each matrix. */
static inline size_t panel_row(const struct transformed *t, size_t column, size_t row)
{
    return column * t->rows + row * panel_width(t, column);
}

/* Tiles first .. first + count - 1, which are rows 0 .. count - 1 of the matrices in the transform domain. The
 * columns are the channels of the image from `channel` on: some of a layer's output channels, or all of its
 * input channels. Both numbers are multiples of WIDE. */
struct tiles {
    const struct tiling *tiling;
    size_t first, count, channel;
};

/* Filters (r r, inputs, outputs), or their gradient; `tap` floats lie from one tap to the next. Transformed are
 * those of some outputs from `output` on, each matrix as (inputs x some outputs) or, transposed, as (some outputs
 * x inputs). */
struct filters {
    size_t tap, inputs, outputs, output;
};

/* The passes of one algorithm. Output first. They allocate nothing and know nothing of each other. */
struct winograd_passes {
    void (*input_transform)(struct transformed v, const struct tiles *tiles, const float *x); /* V = B' x B */
    void (*filter_transform)(struct transformed u, const struct filters *f, const float *w);  /* U = G w G' */
    /* The inverse transform: y = A' M A, plus the bias of each channel where bias is not NULL. */
    void (*output_transform)(float *y, const struct tiles *tiles, struct transformed m, const float *bias);

    void (*output_gradient_transform)(struct transformed dm, const struct tiles *tiles, const float *dy);
    /* U with every matrix transposed, for the product that makes dV. */
    void (*filter_transform_transposed)(struct transformed u, const struct filters *f, const float *w);
    /* dx += B dV B': tiles overlap in the input, so their gradients are added up. */
    void (*input_gradient_transform)(float *dx, const struct tiles *tiles, struct transformed dv);
    void (*filter_gradient_transform)(float *dw, const struct filters *f, struct transformed du);
};

struct winograd {
    const char *name;
    int taps, outputs, inputs, products; /* r, m, n, t */
    int stride;
    /* Only for an image of m x m pixels: one tile is all of it, and its padding is in the matrices. */
    bool whole;
    const struct winograd_passes *passes;
};

/* F(4 x 4, 3 x 3), any image: tiles of 4 x 4 outputs. 36 products, or 49 with a third of the error. */
extern const struct winograd winograd_f4x3, winograd_f4x3_accurate;
/* Whole images, after Karatsuba: 2 x 2 pixels, 3 x 3, padding 1 (9 products); 4 x 4, 5 x 5, padding 2
 * (81). */
extern const struct winograd winograd_k2x3, winograd_k4x5;
/* Stride 2, any image: tiles of 2 x 2 outputs, 25 products. */
extern const struct winograd winograd_s2x3;

#endif
