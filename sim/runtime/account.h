/* From a run and what its conductor counted to the plain values of its summary. */
#ifndef SIM_RUNTIME_ACCOUNT_H
#define SIM_RUNTIME_ACCOUNT_H

#include "sim/output/summary.h"
#include "sim/runtime/run.h"

/* What made the times of the run. */
enum clocked account_clocked(const struct run *run);

/* What is known before the start; results are NAN or "never". */
struct summary account_open(const struct run *run);

/* What the conductor knows at the end: everything but results of training. */
void account_close(struct summary *sum, const struct run *run, const struct totals *all);

#endif
