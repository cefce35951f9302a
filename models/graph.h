/* What model.c, workspace.c, passes.c and diagnose.c share: a model laid over images of one size (constant after
 * model_build), and the buffers of one process. */
#ifndef MODELS_GRAPH_H
#define MODELS_GRAPH_H

#include "models/layers.h"

struct model {
    const struct model_def *def;
    struct shape image;
    int layers, values, tensors, buffers;
    int output; /* the activation that holds the logits */
    size_t params, stats;
    struct layer *layer;          /* [layers] */
    struct shape *value;          /* [values] shapes of the activations */
    const struct tensor **tensor; /* [tensors] */
    struct tensor *sized;         /* [tensors] of a model of sizes; else NULL, and the layers have them */
    uint64_t sized_macs;          /* of a model of sizes: the multiply-accumulates that it is given */
    const struct tensor **buffer; /* [buffers] */
};

/* One layer's call with every pointer set, but for those that workspace_aim sets for each pass. */
struct step {
    struct layer_call call;
    /* Not NULL: a later layer has written the gradient of this layer's input already, to sum. This layer
     * writes its own to call.dx, which backward adds to sum. */
    float *sum;
};

struct workspace {
    const struct model *model;
    int batch;
    bool training;
    size_t bytes;
    float *memory;
    float *input, *logits, *dlogits;
    struct step *step;        /* [layers] */
    struct receiver receiver; /* see workspace_on_ready; ready = NULL: there is none */
    float *layer_gradient;    /* where every layer's dw goes if the caller stores none; else NULL */
};

/* The start of a training pass: ws->input = the n training images named by sample, augmented as `at` says. */
void workspace_gather(struct workspace *ws, const struct dataset *ds, const uint32_t *sample, int n,
                      const struct draw_at *at);
/* Points the calls of all layers at the vectors of this pass. `run` is a call over the whole model: its w,
 * dw, stats, new_stats and moments are whole vectors, of which each layer gets its slice; its n, training and
 * at are copied. */
void workspace_aim(struct workspace *ws, const struct layer_call *run);

#endif
