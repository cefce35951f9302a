/* ResNet-18 for images of 3x32x32: 11,173,962 parameters. The shortcut of a strided block is a 1x1
 * convolution. */
#include "models/layers.h"

#define FIRST(name, out, s) RESIDUAL, CONV(name ".conv1", out, 3, s, 1), BATCHNORM(name ".bn1"), RELU
#define SECOND(name, out)   CONV(name ".conv2", out, 3, 1, 1), BATCHNORM(name ".bn2")
#define BLOCK(name, out)    FIRST(name, out, 1), SECOND(name, out), RESIDUAL_END, RELU
#define HALVING(name, out)                                                                    \
    FIRST(name, out, 2), SECOND(name, out), SHORTCUT, CONV(name ".shortcut.0", out, 1, 2, 0), \
        BATCHNORM(name ".shortcut.1"), RESIDUAL_END, RELU

static const struct layer_row layers[] = {CONV("conv1", 64, 3, 1, 1),
                                          BATCHNORM("bn1"),
                                          RELU,
                                          BLOCK("layer1.0", 64),
                                          BLOCK("layer1.1", 64),
                                          HALVING("layer2.0", 128),
                                          BLOCK("layer2.1", 128),
                                          HALVING("layer3.0", 256),
                                          BLOCK("layer3.1", 256),
                                          HALVING("layer4.0", 512),
                                          BLOCK("layer4.1", 512),
                                          AVGPOOL,
                                          LINEAR("linear", CLASSES),
                                          END_OF_LAYERS};

extern const struct model_def model_resnet18;
const struct model_def model_resnet18 = {.name = "resnet18",
                                         .summary = "ResNet-18, 64 to 512 channels (CIFAR-10)",
                                         .source = "He et al. 2016; github.com/kuangliu/pytorch-cifar",
                                         .layers = layers};
