/* The small residual network that published code of this field calls ResNet18: 14 weight layers on the main
 * path, 195,738 parameters. The shortcut of a strided block is a 3x3 convolution, not the usual 1x1. */
#include "models/layers.h"

#define FIRST(name, out, s) RESIDUAL, CONV(name ".conv1", out, 3, s, 1), BATCHNORM(name ".bn1"), RELU
#define SECOND(name, out)   CONV(name ".conv2", out, 3, 1, 1), BATCHNORM(name ".bn2")
#define BLOCK(name, out)    FIRST(name, out, 1), SECOND(name, out), RESIDUAL_END, RELU
#define HALVING(name, out)                                                                      \
    FIRST(name, out, 2), SECOND(name, out), SHORTCUT, CONV(name ".downsample.0", out, 3, 2, 1), \
        BATCHNORM(name ".downsample.1"), RESIDUAL_END, RELU

static const struct layer_row layers[] = {CONV("conv", 16, 3, 1, 1),
                                          BATCHNORM("bn"),
                                          RELU,
                                          BLOCK("layer1.0", 16),
                                          BLOCK("layer1.1", 16),
                                          HALVING("layer2.0", 32),
                                          BLOCK("layer2.1", 32),
                                          HALVING("layer3.0", 64),
                                          BLOCK("layer3.1", 64),
                                          AVGPOOL,
                                          LINEAR("fc", CLASSES),
                                          END_OF_LAYERS};

extern const struct model_def model_resnet14;
const struct model_def model_resnet14 = {.name = "resnet14",
                                         .summary = "small residual network, 16/32/64 channels (CIFAR-10)",
                                         .source =
                                             "github.com/yunjey/pytorch-tutorial, deep_residual_network",
                                         .layers = layers};
