/* The contract of an optimiser, of a worker or of the PS. It replaces a gradient by the direction of a step,
 * so that every algorithm makes the same step, x -= rate * direction. One file in models/optimizers/, one
 * exported symbol `optimizer_NAME`, one line in list.c. An optimiser allocates nothing and cannot fail; its
 * numbers depend on its arguments alone. */
#ifndef MODELS_OPTIMIZER_H
#define MODELS_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>

#define MAX_STATES 2

/* Which process turns gradients into directions. AT_AUTO: the PS, where workers push the gradient of each
 * iteration; otherwise the worker. */
enum optimizer_at { AT_AUTO, AT_WORKER, AT_SERVER };
extern const char *const optimizer_at_words[];

/* What becomes of a worker's state vectors when the worker accepts a reply. */
enum state_on_reset { STATE_KEEP, STATE_ZERO };
extern const char *const state_on_reset_words[];

/* Which tensors weight decay applies to. MATRICES: tensors of two or more dimensions, so neither biases nor
 * BatchNorm's scales and shifts. */
enum weight_decay_on { DECAY_ALL, DECAY_MATRICES };
extern const char *const weight_decay_on_words[];

struct hyperparameters { /* the keys of section [train] with these names */
    float momentum, weight_decay;
    double beta1, beta2, epsilon;
};

struct optimizer {
    const char *name, *summary, *source;
    /* How many state vectors (0 .. MAX_STATES), each as long as the model, a worker or the PS has for it.
     * They start as zeros and are part of the run's checkpoint; the PS's are part of its restart point, too.
     * Called once, before fork. */
    int (*states)(const struct hyperparameters *h);
    /* Called in a worker, in each local step, or in the PS, in each update: replaces n floats of the gradient
     * g by the direction, element by element, and advances the state. It is called for slices of the vectors,
     * in a worker as backward finishes them, in any order; x, g and all state[i] point to the same slice. x:
     * the model before the step, only read. steps: the number of steps since the state was zero, this one
     * included (1 at first). */
    void (*direction)(const struct hyperparameters *h, int64_t steps, const float *x, float *const *state,
                      float *g, size_t n);
};

extern const struct optimizer *const optimizer_list[]; /* ended by NULL */
extern const char *const optimizer_words[];            /* their names, likewise */

/* For optimisers: g += weight_decay x, an L2 penalty; nothing if weight_decay is 0. */
void optimizer_decay(const struct hyperparameters *h, const float *x, float *g, size_t n);

/* Gradient clipping by norm (Pascanu et al., 2013): scales a gradient of L2 norm above `most` to that norm.
 * Clipping comes before the optimiser. A NaN stays. */
void optimizer_clip(float most, float *g, size_t n);

#endif
