/* Brings together what [train] and the algorithm's section say about the optimiser and the learning rate: a
 * key of the algorithm's section counts where it is given. Workers and the PS ask here what is theirs. */
#ifndef SIM_RUNTIME_TRAINING_H
#define SIM_RUNTIME_TRAINING_H

#include "sim/runtime/run.h"

/* Fills run->training, and in run->setup the momentum and weight decay that the algorithm does itself. Ends
 * the program if the algorithm refuses what the keys say. */
void training_prepare(struct run *run);
/* The schedule of the run's learning rate. params: the algorithm's. */
struct schedule training_rate(const struct config *cfg, const void *params);
/* Warns of error feedback beside an algorithm that keeps what is not sent. The codings are known by then. */
void training_say(const struct run *run);

/* What each worker (AT_WORKER) or the PS (AT_SERVER) does with a gradient. */
bool training_turns(const struct run *run, enum optimizer_at at); /* whether it has an optimiser */
int training_states(const struct run *run, enum optimizer_at at); /* vectors of the optimiser's state */
float training_clip(const struct run *run, enum optimizer_at at); /* largest l2 norm; 0: no bound */

struct piece {              /* the same piece of several vectors */
    size_t first, n;        /* floats first .. first + n - 1 */
    const float *model;     /* from float number `first` on */
    float *gradient;        /* likewise */
    float *const *state_of; /* (MAX_STATES) the whole vectors of the optimiser's state */
};

/* The optimiser turns the piece of the gradient into that of the direction. steps: number of steps since the
 * optimiser's state was zero, this one included. */
void training_turn(const struct run *run, int64_t steps, const struct piece *piece);

#endif
