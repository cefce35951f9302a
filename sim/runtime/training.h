/* What [train] and the algorithm's own keys say about optimiser and learning rate, brought together: the own
 * key counts where it is given. */
#ifndef SIM_RUNTIME_TRAINING_H
#define SIM_RUNTIME_TRAINING_H

#include "sim/runtime/run.h"

/* Fills run->training, and in run->setup what the algorithm does itself; ends the program if the algorithm
 * cannot have what the keys say. */
void training_prepare(struct run *run);
/* params: of the algorithm. */
struct schedule training_rate(const struct config *cfg, const void *params);
/* Says which settings have no effect in this run; called once the codings are known. */
void training_say(const struct run *run);

/* What the workers (AT_WORKER) or the PS (AT_SERVER) have of it. */
bool training_turns(const struct run *run, enum optimizer_at at); /* an optimiser */
int training_states(const struct run *run, enum optimizer_at at); /* vectors of the optimiser */
float training_clip(const struct run *run, enum optimizer_at at); /* largest length of a gradient; 0: none */

struct piece {    /* of whole vectors */
    size_t first; /* where it begins in them; the pointers point there */
    size_t n;
    const float *model;
    float *gradient;
    float *const *state_of; /* (MAX_STATES) whole vectors of the optimiser */
};

/* The optimiser replaces the piece of the gradient by that of the direction. steps: since the optimiser's
 * vectors were zero, this one included. */
void training_turn(const struct run *run, int64_t steps, const struct piece *piece);

#endif
