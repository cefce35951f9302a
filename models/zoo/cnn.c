/* The MNIST network of PyTorch's examples: 1,199,882 parameters on images of 1x28x28. The second dropout is
 * Dropout2d on a flat input, where every element is a channel. */
#include "models/layers.h"

static const struct layer_row layers[] = {CONV_BIAS("conv1", 32, 3, 1, 0),
                                          RELU, /* 32x26x26 */
                                          CONV_BIAS("conv2", 64, 3, 1, 0),
                                          RELU,
                                          MAXPOOL(2),
                                          DROPOUT2D(0.25f), /* 64x24x24, 64x12x12 */
                                          LINEAR("fc1", 128),
                                          RELU,
                                          DROPOUT2D(0.5f), /* 9216 to 128 */
                                          LINEAR("fc2", CLASSES),
                                          END_OF_LAYERS};

extern const struct model_def model_cnn;
const struct model_def model_cnn = {.name = "cnn",
                                    .summary = "two convolutions, two linear layers, dropout (MNIST)",
                                    .source = "github.com/pytorch/examples, mnist/main.py",
                                    .layers = layers};
