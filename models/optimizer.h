/* The contract of a worker's optimiser: it turns a gradient into the direction of a step, so that x -= rate *
 * direction is the only step there is, whatever algorithm makes it. One file in models/optimizers/, one exported
 * symbol `optimizer_NAME`, one line in list.c. */
#ifndef MODELS_OPTIMIZER_H
#define MODELS_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>

#define MAX_STATES 2

struct optimizing { /* what [train] says */
    float momentum, weight_decay;
    double beta1, beta2, epsilon;
};

struct optimizer {
    const char *name, *summary, *source;
    /* How many vectors, zero at the start, a worker keeps for it. */
    int (*states)(const struct optimizing *o);
    /* Replaces n floats of the gradient by the direction, element by element; called for parts of the vectors, in any order. x: the same
     * floats of the model, state[i]: of its vectors. steps: with this one, since its vectors were zero. */
    void (*turn)(const struct optimizing *o, int64_t steps, const float *x, float *const *state, float *g,
                 size_t n);
};

extern const struct optimizer *const optimizer_list[]; /* ended by NULL */
extern const char *const optimizer_words[];            /* their names, likewise */

/* g += weight_decay x, where there is one. */
void optimizer_decay(const struct optimizing *o, const float *x, float *g, size_t n);

/* A gradient that is longer than that is made as long; before the optimiser gets it. */
void optimizer_clip(float most, float *g, size_t n);

#endif
