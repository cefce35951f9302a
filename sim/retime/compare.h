/* Whether a run would have the numbers of another one: plays the conductors of both, without training, and compares
 * their streams (steps.h) process by process as they come. Equal streams are equal numbers, whatever the algorithm. */
#ifndef SIM_RETIME_COMPARE_H
#define SIM_RETIME_COMPARE_H

#include "sim/retime/steps.h"
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

/* How the run's streams are written down. */
struct steps_rule compare_rule(const struct run *run);

/* The beginning of a run's streams, to tell at once that two runs have other numbers. It takes little memory. */
struct beginning;

struct beginning *beginning_of(const struct run *run);
void beginning_free(struct beginning *b);
/* false: the runs have other numbers. true: they may have the same. Of runs with as many workers. */
bool beginnings_agree(const struct beginning *one, const struct beginning *other);

#endif
