/* The ways to convolve; conv.c takes the first that fits the shape. All take the weights as (KH KW, C, O), then the bias. */
#ifndef MODELS_OPS_CONV_H
#define MODELS_OPS_CONV_H

#include "models/layers.h"

struct conv_method {
    bool (*fits)(const struct layer *l);
    size_t (*scratch)(const struct layer *l, int n);
    void (*forward)(const struct layer_call *c);
    void (*backward)(const struct layer_call *c);
};

extern const struct conv_method conv_tiles;   /* bilinear algorithms: Winograd, Karatsuba */
extern const struct conv_method conv_phases;  /* with a stride: by tiles, after sorting pixels by phase */
extern const struct conv_method conv_columns; /* im2col: any shape */

#endif
