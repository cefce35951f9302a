/* The ways to compute a convolution. conv.c takes the first of the three that fits the layer.
 *
 * All three read the weights as (KH KW, C, O), the bias (O) behind them, and images as (image, y, x,
 * channel). They give the same sums in another order, so a layer must not change its method between two
 * processes: fits depends on the layer alone. */
#ifndef MODELS_OPS_CONV_H
#define MODELS_OPS_CONV_H

#include "models/layers.h"

/* scratch, forward and backward as in struct layer_op; only called for a layer that fits. */
struct conv_method {
    bool (*fits)(const struct layer *l);
    size_t (*scratch)(const struct layer *l, int n);
    void (*forward)(const struct layer_call *c);
    void (*backward)(const struct layer_call *c);
    bool (*gives)(const struct layer *l, int n); /* optional, as in struct layer_op */
};

extern const struct conv_method conv_winograd;       /* 3 x 3 and a few more: tiles in the transform domain */
extern const struct conv_method conv_space_to_depth; /* stride > 1, made stride 1 for conv_winograd */
extern const struct conv_method conv_im2col;         /* any shape: one matrix product */

#endif
