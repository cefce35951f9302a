/* AlexNet cut down to images of 3x32x32: 2,472,266 parameters. Every convolution is followed by Dropout2d,
 * then ReLU. */
#include "models/layers.h"

#define BLOCK(name, out, k, s, p) CONV_BIAS(name, out, k, s, p), DROPOUT2D(0.3f), RELU

static const struct layer_row layers[] = {BLOCK("features.0", 64, 11, 4, 5),  /* 64x8x8 */
                                          MAXPOOL(2),                         /* 64x4x4 */
                                          BLOCK("features.4", 192, 5, 1, 2),  /* 192x4x4 */
                                          MAXPOOL(2),                         /* 192x2x2 */
                                          BLOCK("features.8", 384, 3, 1, 1),  /* 384x2x2 */
                                          BLOCK("features.11", 256, 3, 1, 1), /* 256x2x2 */
                                          BLOCK("features.14", 256, 3, 1, 1), /* 256x2x2 */
                                          MAXPOOL(2),                         /* 256x1x1 */
                                          LINEAR("classifier", CLASSES),
                                          END_OF_LAYERS};

extern const struct model_def model_alexnet;
const struct model_def model_alexnet = {
    .name = "alexnet",
    .summary = "AlexNet for small images: five convolutions, dropout (CIFAR-10)",
    .source = "Krizhevsky et al. 2012; github.com/bearpaw/pytorch-classification",
    .layers = layers};
