/* A model: a table of layers over flat vectors. Built once before fork, const after it.
 *
 * Vectors (all float, 64-byte aligned by their owner):
 *   params (model_params)   all parameters, tensor after tensor; `grad` has the same layout
 *   stats  (model_stats)    BatchNorm running means and variances; synchronised, not trained
 * Layout of activations and of a tensor's elements is the business of models/ops/ alone; everybody else sees
 * flat vectors, tensor sizes and names. Initial values are drawn by PyTorch's element index, so they do not
 * depend on the layout. */
#ifndef MODELS_MODEL_H
#define MODELS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/augment.h"
#include "models/data/dataset.h"

struct model;

struct tensor {
    char name[64]; /* PyTorch's name, for instance "features.0.weight" or "conv1.weight" */
    size_t offset, n;
    int dims, dim[4]; /* PyTorch's shape: (O, I, KH, KW), (O, I) or (n) */
};

/* A model of the zoo: one file, one exported symbol `model_NAME`, one line in zoo/list.c. */
struct layer_row;
struct model_def {
    const char *name, *summary, *source;
    bool
        idle; /* it is not trained: its gradients are zero and cost nothing but the time of the compute model */
    const struct layer_row *layers; /* the table; see models/layers.h */
};

extern const struct model_def *const model_list[]; /* ended by NULL */

/* Lays the table over images of channels x height x width. NULL, and one line in error (error_size), when
 * they do not fit. */
struct model *model_build(const struct model_def *def, int channels, int height, int width, int classes,
                          char *error, size_t error_size);
void model_destroy(struct model *m);

const char *model_name(const struct model *m);
bool model_is_idle(const struct model *m);
size_t model_params(const struct model *m); /* d */
size_t model_stats(const struct model *m);  /* BatchNorm floats; 0: none */
/* r of  stats = r stats + (1 - r) the batch's,  with which model_gradient moves them; 1: there are none. */
double model_stats_memory(const struct model *m);
int model_tensors(const struct model *m); /* T */
const struct tensor *model_tensor(const struct model *m, int i);
int model_buffers(const struct model *m); /* what stats consists of, by PyTorch's names: "bn1.running_mean" */
const struct tensor *model_buffer(const struct model *m, int i);
uint64_t model_macs(
    const struct model *m); /* multiply-accumulates of convolutions and linear layers, one image, forward */

/* PyTorch's default initialisation: weights and biases uniform in +-1/sqrt(fan_in), BatchNorm 1 and 0;
 * statistics 0 and 1. */
void model_init(const struct model *m, uint64_t seed, float *params, float *stats);

/* Tensor i of params in PyTorch's element order (model_tensor(m, i)->n floats). */
void model_export(const struct model *m, int i, const float *params, float *out);

/* Working memory of one process (activations, their gradients, column buffers) for batches up to `batch`
 * images. */
struct workspace;
struct workspace *workspace_create(const struct model *m, int batch, int training);
void workspace_destroy(struct workspace *ws);
size_t workspace_bytes(const struct workspace *ws);

/* From now on model_gradient says, while it still runs, that floats first .. first + n - 1 of the gradient are
 * final, where they lie, and that those parameters are read no more. Who takes a step at once finds them in the
 * cache. The parts cover everything once; there are none when the loss is not finite. Where `keeps` is false
 * nobody wants the gradient after that: all parts are written to one place of the workspace's own, which stays in
 * the cache, and model_gradient is given NULL. */
void workspace_on_ready(struct workspace *ws, bool keeps,
                        void (*ready)(void *context, float *part, size_t first, size_t n), void *context);

/* What one training iteration draws (dropout, augmentation), and where the draws come from. */
struct draw_at {
    uint64_t seed;
    int32_t worker;
    int64_t iteration;
    enum augment augment;
    bool no_dropout; /* dropout layers pass everything on, as in evaluation */
};

/* grad = gradient of the MEAN loss (cross-entropy) over the n training samples named by `sample`; returns
 * that loss. Runs in training mode: dropout on (see draw_at), BatchNorm normalises with the batch and updates stats.
 * grad is overwritten; it is undefined when the loss is not finite; NULL: see workspace_on_ready. */
double model_gradient(const struct model *m, struct workspace *ws, const float *params, float *stats,
                      const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                      float *grad);

/* For the end of a run: why did the loss of model_gradient, called with these arguments, come out as NaN or
 * infinity? Writes where the first such number of the forward pass is: "training image 17", "the parameters of
 * layer 4 (conv2.weight)", "the output of layer 4 (conv2)" or "the loss itself"; layers count from 1. Repeats
 * that pass, so the parameters must still be those it had; stats may have moved since, and are left alone.
 * Allocates. */
void model_diagnose(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                    const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                    char *text, size_t size);

/* Evaluation mode over images first .. first+n-1 of a split (n at most the workspace's batch): sum of losses;
 * *correct = number of right answers. */
double model_evaluate(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                      const struct dataset *ds, const struct split *split, uint32_t first, int n,
                      int *correct);

/* BatchNorm's precise statistics: those of these parameters, and not of all that training passed through (Wu and
 * Johnson 2021, arXiv:2105.07576).
 *
 * model_measure runs n training samples forward (n at most the workspace's batch). BatchNorm normalises with the
 * batch and adds its findings to moments (model_stats, zeros at first). There is no augmentation and no dropout.
 * model_settle turns the sums over `samples` samples into statistics: mean = E[mean], variance = E[variance + mean^2]
 * - E[mean]^2. A batch has the weight of its samples, its variance is the biased one. */
void model_measure(const struct model *m, struct workspace *ws, const float *params, const struct dataset *ds,
                   const uint32_t *sample, int n, double *moments);
void model_settle(const struct model *m, const double *moments, double samples, float *stats);

#endif
