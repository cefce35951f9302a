/* A few thousand parameters for tests and demonstrations: trains within seconds, needs neither BatchNorm nor
 * dropout. */
#include "models/layers.h"

static const struct layer_row layers[] = {
    CONV_BIAS("conv1", 8, 3, 2, 1),  RELU,         MAXPOOL(2), /* 28x28: 14x14, 7x7; 32x32: 16x16, 8x8 */
    CONV_BIAS("conv2", 16, 3, 1, 1), RELU,         MAXPOOL(2), /* 3x3; 4x4 */
    LINEAR("fc", CLASSES),           END_OF_LAYERS};

extern const struct model_def model_tiny;
const struct model_def model_tiny = {.name = "tiny",
                                     .summary = "two small convolutions, for tests",
                                     .source = "made for this program",
                                     .layers = layers};
