/* A model: a table of layers over flat vectors. It is built once before fork and constant after it, so all
 * processes share one copy.
 *
 * Vectors of floats, which belong to the caller and start on a cache line (64 bytes):
 *   params (model_params)   all parameters, tensor after tensor; a gradient has the same layout
 *   stats  (model_stats)    running means and variances of BatchNorm: exchanged, but not trained
 * Only models/ops/ knows the layout of activations and of the elements of a tensor; everything else sees flat
 * vectors, sizes of tensors and names. Initial values are drawn by PyTorch's index of an element, so they do
 * not depend on the layout.
 *
 * A process that computes has a workspace (below). Calls on the same workspace must not overlap; calls on two
 * workspaces, in one process or in two, are independent. */
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
    size_t offset; /* in params or stats, in floats */
    size_t n;
    int dims, dim[4]; /* PyTorch's shape: (O, I, KH, KW), (O, I) or (n) */
};

/* A model of the zoo: one file, one exported symbol `model_NAME`, one line in zoo/list.c. */
struct layer_row;
struct model_def {
    const char *name, *summary, *source;
    /* The model is not trained: its gradients are zero, and cost only the time that the compute model
     * says. */
    bool idle;
    /* The model is only a list of sizes (model_of_sizes): it has no values, no layers and no workspace. */
    bool sizes;
    const struct layer_row *layers; /* the table; see models/layers.h. NULL where there are only sizes */
};

extern const struct model_def *const model_list[]; /* ended by NULL */

/* Lays the table over images of channels x height x width, before fork. NULL, and one line in error
 * (error_size), if they do not fit. model_destroy frees what it returns. */
struct model *model_build(const struct model_def *def, int channels, int height, int width, int classes,
                          char *error, size_t error_size);
/* A model of `tensors` tensors. Nothing of their size is allocated; of the functions below only those up to
 * model_macs may be called. The names are copied. */
struct sized_tensor {
    const char *name;
    size_t n;
    int dims, dim[4]; /* dims 0: a vector */
    uint64_t macs;    /* multiply-accumulates for one sample, forward; 0: not known */
};
struct model *model_of_sizes(const struct model_def *def, const struct sized_tensor *tensor, int tensors);
void model_destroy(struct model *m);

const char *model_name(const struct model *m);
bool model_is_idle(const struct model *m);
bool model_has_only_sizes(const struct model *m);
size_t model_params(const struct model *m); /* floats */
size_t model_stats(const struct model *m);  /* floats of BatchNorm; 0: it has none */
/* r of  stats = r stats + (1 - r) the batch's,  with which model_gradient moves them; 1: there are none. */
double model_stats_memory(const struct model *m);
/* The tensors of params, in order. */
int model_tensors(const struct model *m);
const struct tensor *model_tensor(const struct model *m, int i);
/* The first tensor behind those of tensor i's layer, which follow each other and have the layer's name before their
 * last dot. */
int model_next_layer(const struct model *m, int i);
/* The buffers that stats consists of, in order, as PyTorch calls and names them: "bn1.running_mean". */
int model_buffers(const struct model *m);
const struct tensor *model_buffer(const struct model *m, int i);
/* Multiply-accumulates of convolutions and linear layers in the forward pass of one image; 0 where they are not
 * known. */
uint64_t model_macs(const struct model *m);

/* macs (tensors): of the layers from tensor i's to the last one, which back-propagation has gone through when it has the
 * gradient of tensor i. Not where only sizes are known. */
void model_macs_from(const struct model *m, uint64_t *macs);

/* PyTorch's default initialisation: weights and biases uniform in +-1/sqrt(fan_in), BatchNorm 1 and 0;
 * statistics 0 and 1. */
void model_init(const struct model *m, uint64_t seed, float *params, float *stats);

/* out = tensor i of params in PyTorch's element order (model_tensor(m, i)->n floats). Allocates. */
void model_export(const struct model *m, int i, const float *params, float *out);

/* The working memory of one process: activations, their gradients, scratch. For batches of at most `batch`
 * images. training: 0 for a process that only evaluates. No memory for it: the program ends. After
 * workspace_create nothing is allocated but where it says so. */
struct workspace;
struct workspace *workspace_create(const struct model *m, int batch, int training);
void workspace_destroy(struct workspace *ws);
size_t workspace_bytes(const struct workspace *ws);

/* From now on model_gradient calls ready(context, gradient, first, n) during backward, each time floats first
 * .. first + n - 1 of the gradient are final:
 *
 *     params     [ conv1 | conv2 | fc1 | fc2 ]
 *     backward                           <-- ready(fc2)
 *                                  <-- ready(fc1)
 *                          <-- ready(conv2)          first and n: the layer's place in params
 *                  <-- ready(conv1)
 *
 * A large layer gives its gradient in several such parts, in any order.
 * gradient points to the first of them. They are in the cache, and backward reads those parameters no more,
 * so `ready` may take the step at once (as DistributedDataParallel's buckets, Li et al., VLDB 2020, overlap
 * communication with backward). The calls cover each parameter once; there are none if the loss is not
 * finite. stores false: the caller needs no gradient after that. Then all layers, and all parts of a layer, write to
 * one buffer of the workspace, which stays in the cache, and model_gradient is given grad = NULL. */
void workspace_on_ready(struct workspace *ws, bool stores,
                        void (*ready)(void *context, float *gradient, size_t first, size_t n), void *context);

/* What one training iteration draws at random (dropout, augmentation). Each draw is a pure function of these
 * values, so an iteration that is computed again draws the same. */
struct draw_at {
    uint64_t seed;
    int32_t worker;
    int64_t iteration;
    enum augment augment;
    bool no_dropout; /* dropout layers pass their input on, as in evaluation */
};

/* grad = the gradient of the MEAN loss (cross-entropy) over the n training samples of ds with the numbers in
 * `sample`; returns that loss. n is at most the workspace's batch. Training mode: dropout draws (see
 * draw_at), BatchNorm normalises with the batch and updates stats. grad is overwritten, and undefined if the
 * loss is not finite; NULL: see workspace_on_ready. */
double model_gradient(const struct model *m, struct workspace *ws, const float *params, float *stats,
                      const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                      float *grad);

/* For the message at the end of a run that diverged: where is the first NaN or infinity in the forward pass
 * of model_gradient with these arguments? Writes "training image 17", "the parameters of layer 4
 * (conv2.weight)", "the output of layer 4 (conv2)" or "the loss itself" to text (size bytes); layers count
 * from 1. It repeats the pass, so the parameters must still be those of that call. stats may have moved
 * since: in training mode no output depends on them. This call does not change them. Allocates. */
void model_diagnose(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                    const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                    char *text, size_t size);

enum { MOST_LABELS = 256 }; /* a label is a byte */

struct tally { /* of images, by their label */
    uint32_t samples[MOST_LABELS], right[MOST_LABELS];
    uint32_t top5; /* images for which at most four classes come before the label: loss_rank() */
};

struct score {
    double loss;         /* the sum over images */
    int64_t right;       /* images for which the largest logit is that of the label */
    struct tally *tally; /* NULL: not asked for */
};

/* Evaluation mode over images first .. first + n - 1 of a split (n at most the workspace's batch). Adds to
 * score, image after image. */
void model_evaluate(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                    const struct dataset *ds, const struct split *split, uint32_t first, int n,
                    struct score *score);
/* A batch with which evaluation is fast: LEAST_TEST_BATCH .. MOST_TEST_BATCH images, and a divisor of the
 * latter. Small batches stay in the cache; large ones use each weight more often once a convolution has
 * prepared it. Where kernels_ignore_batch(), results do not depend on the batch. */
enum { LEAST_TEST_BATCH = 20, MOST_TEST_BATCH = 100 };
int model_test_batch(const struct model *m);

/* Precise statistics of BatchNorm: measured for these parameters, while running statistics mix those of all
 * models that training passed through (Wu and Johnson 2021, arXiv:2105.07576).
 *
 * model_measure runs n training samples forward (n at most the workspace's batch), without augmentation and
 * dropout. BatchNorm normalises with the batch and adds what it finds to moments (model_stats doubles, zeros
 * at first). model_settle turns the sums over `samples` samples into statistics: mean = E[mean], variance =
 * E[variance + mean^2] - E[mean]^2. A batch has the weight of its samples; its variance is the biased one. */
void model_measure(const struct model *m, struct workspace *ws, const float *params, const struct dataset *ds,
                   const uint32_t *sample, int n, double *moments);
void model_settle(const struct model *m, const double *moments, double samples, float *stats);

#endif
