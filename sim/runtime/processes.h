/* The processes of a run: their main loops, and the launcher that forks, watches and reaps them. */
#ifndef SIM_RUNTIME_PROCESSES_H
#define SIM_RUNTIME_PROCESSES_H

#include "sim/output/summary.h"
#include "sim/runtime/run.h"

/* Each returns when its part is played. */
void server_run(const struct run *run);
void worker_run(const struct run *run, int process);
void evaluator_run(const struct run *run);
void timing_run(const struct run *run); /* in the place of all of them where nothing is trained */

#define TEST_BATCH 100 /* images that the evaluator takes at a time; divides the usual test sets of 10,000 */
int evaluator_batch(const struct run *run); /* the most that it ever takes */

/* Returns the PS's summary, or ends the program when anything went wrong. Creates and destroys run->shared. */
struct summary launch(struct run *run);

#endif
