/* The processes of a run: their main loops, and the launcher that forks, watches and reaps them. */
#ifndef SIM_RUNTIME_PROCESSES_H
#define SIM_RUNTIME_PROCESSES_H

#include "sim/output/summary.h"
#include "sim/runtime/run.h"

/* The main loop of each process; returns at the end of the run. */
void server_run(const struct run *run);
void worker_run(const struct run *run, int process);
void evaluator_run(const struct run *run);
void timing_run(const struct run *run); /* without training: the only process */

int evaluator_batch(const struct run *run); /* the largest batch of the evaluator */

/* Runs all processes of a run, and returns the PS's summary. status and exit_status say whether the run
 * failed. Creates and destroys run->shared. */
struct summary launch(struct run *run);

#endif
