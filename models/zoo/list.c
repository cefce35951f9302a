/* The models that can be named in a configuration. */
#include "models/model.h"

extern const struct model_def model_logreg, model_tiny, model_tiny_bn, model_cnn, model_alexnet,
    model_resnet14, model_resnet18, model_sleep;

const struct model_def *const model_list[] = {&model_logreg,   &model_tiny,    &model_tiny_bn,
                                              &model_cnn,      &model_alexnet, &model_resnet14,
                                              &model_resnet18, &model_sleep,   NULL};
