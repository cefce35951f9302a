/* What model.c, workspace.c and run.c share: a model laid over an image size, and the buffers of one process. */
#ifndef MODELS_GRAPH_H
#define MODELS_GRAPH_H

#include "models/layers.h"

struct model {
    const struct model_def *def;
    struct shape image;
    int layers, values, tensors, output; /* output: the activation that holds the logits */
    size_t params, stats;
    struct layer *layer;          /* [layers] */
    struct shape *value;          /* [values] shapes of the activations */
    const struct tensor **tensor; /* [tensors] */
};

/* Per layer: its call with every pointer set, but for what changes from run to run. */
struct step {
    struct layer_call call;
    float *sum; /* not NULL: its input was read by a later layer too, add dx here */
};

struct workspace {
    const struct model *model;
    int batch;
    bool training;
    size_t bytes;
    float *memory;
    float *input, *logits, *dlogits;
    struct step *step; /* [layers] */
};

#endif
