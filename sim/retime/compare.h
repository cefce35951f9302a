/* Whether a run would have the numbers of another one: plays the conductors of both, without training, and compares
 * their streams (steps.h) process by process as they come. Equal streams are equal numbers, whatever the algorithm. */
#ifndef SIM_RETIME_COMPARE_H
#define SIM_RETIME_COMPARE_H

#include "sim/runtime/run.h"

/* The tasks of the run that has trained; may be {0}. */
struct listener {
    void (*task)(void *context, const struct task *task);
    void *context;
};

/* there: the run that has trained; here: the other one, with the same algorithm, workers and iterations. false: the
 * first difference is in why. Both runs have an end. */
bool compare_streams(const struct run *there, const struct run *here, const struct listener *listener,
                     char *why, size_t size);

/* The same for the first `updates` updates alone. true: no difference so far. */
bool compare_begins_alike(const struct run *there, const struct run *here, int64_t updates);

#endif
