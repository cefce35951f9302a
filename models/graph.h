/* What model.c, workspace.c, run.c and diagnose.c share: a model laid over an image size, and the buffers of
 * one process. */
#ifndef MODELS_GRAPH_H
#define MODELS_GRAPH_H

#include "models/layers.h"

struct model {
    const struct model_def *def;
    struct shape image;
    int layers, values, tensors, buffers, output; /* output: the activation that holds the logits */
    size_t params, stats;
    struct layer *layer;          /* [layers] */
    struct shape *value;          /* [values] shapes of the activations */
    const struct tensor **tensor; /* [tensors] */
    const struct tensor **buffer; /* [buffers] */
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
    struct step *step;                                                 /* [layers] */
    void (*ready)(void *context, float *part, size_t first, size_t n); /* see workspace_on_ready */
    void *context;
    float *part; /* where each layer's gradient lies when nobody keeps them; else NULL */
};

/* The start of a pass (run.c): fills ws->input with n augmented training images; points every layer's call at
 * this run's vectors, where `run` holds whole vectors and a call holds its layer's part. */
void workspace_gather(struct workspace *ws, const struct dataset *ds, const uint32_t *sample, int n,
                      const struct draw_at *at);
void workspace_aim(struct workspace *ws, const struct layer_call *run);

#endif
