/* The smallest network with BatchNorm, for tests of what algorithms do with its statistics. It has neither ReLU nor
 * maxima: its gradient has no jumps, so two programs that round differently stay as close as they round. */
#include "models/layers.h"

static const struct layer_row layers[] = {
    CONV("conv1", 6, 5, 4, 2), BATCHNORM("bn1"), /* 28x28: 7x7; 32x32: 8x8 */
    CONV("conv2", 8, 3, 2, 1), BATCHNORM("bn2"), /* 4x4 */
    LINEAR("fc", CLASSES),     END_OF_LAYERS};

extern const struct model_def model_tiny_bn;
const struct model_def model_tiny_bn = {.name = "tiny_bn",
                                        .summary = "two small convolutions with BatchNorm, for tests",
                                        .source = "made for this program",
                                        .layers = layers};
