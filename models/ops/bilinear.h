/* Fast convolution algorithms of one tile, as tables.
 *
 * A bilinear algorithm computes the m outputs y of a convolution of n inputs x with r taps w by t products:
 *     y = A' ((G w) * (B x))           * is element by element
 * with three small constant matrices A (t x m), G (t x r), B (t x n). Turned by 90 degrees and applied to rows
 * and columns it takes t^2 products for a tile of m x m outputs; with many channels every product is a matrix
 * product over them (tiles x C times C x O), and those are nearly all of the work. The gradients are the same
 * program transposed, with the same three tables:
 *     dx = B' ((G w) * (A dy))         dw = G' ((B x) * (A dy))
 *
 * What follows are the two operations on such tables, evaluate (a table times pixels or weights) and combine (a
 * transposed table times products), between images (NHWC, so that sixteen channels are one vector) or weights
 * and "points": t^2 matrices, one for each product, `step` floats apart. */
#ifndef MODELS_OPS_BILINEAR_H
#define MODELS_OPS_BILINEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "models/ops/wide.h"

/* Images cut into tiles: the tile of number i starts at (y * step - before, x * step - before), where i counts
 * through image, y, x. Pixels outside are zeros, or nowhere. */
struct tiling {
    int h, w, step, before;
    int down, across; /* tiles in an image */
    size_t channels;
};

/* Some of a layer's output channels, or all of its input channels. Multiples of WIDE. */
struct part {
    size_t first, count;
};

struct points {
    float *at;
    size_t step; /* from one product's matrix to the next one's */
};

/* Tiles first .. first + count - 1 become rows 0 .. count - 1 of the points, or come from them. */
struct tiles {
    const struct tiling *tiling;
    size_t first, count;
    struct part channels;
};

/* Weights (r r, inputs, outputs); `part` of the outputs has the points (inputs x part) or, turned, (part x
 * inputs). */
struct weights {
    size_t inputs, outputs;
    struct part part;
};

/* One algorithm: its sizes and passes. */
struct scheme {
    const char *name;
    int taps, outputs, inputs, products; /* r, m, n, t */
    bool whole; /* for an image of m x m alone: a tile is all of it, padding included */
    void (*spread_input)(struct points, const struct tiles *, const float *x);
    void (*spread_output)(struct points, const struct tiles *, const float *dy);
    void (*gather_output)(struct points, const struct tiles *, float *y,
                          const float *bias);                          /* bias: or NULL */
    void (*add_input)(struct points, const struct tiles *, float *dx); /* dx += */
    void (*spread_weights)(struct points, const struct weights *, const float *w);
    void (*spread_turned)(struct points, const struct weights *, const float *w);
    void (*gather_weights)(struct points, const struct weights *, float *dw);
};

extern const struct scheme scheme_f4x3; /* any image, 3 x 3: tiles of 4 x 4 outputs, 36 products */
extern const struct scheme scheme_t4x3; /* the same with 49 products and a third of the error */
extern const struct scheme scheme_k2x3; /* 2 x 2 pixels, 3 x 3, padding 1: 9 products */
extern const struct scheme scheme_k4x5; /* 4 x 4 pixels, 5 x 5, padding 2: 81 products */

#endif
