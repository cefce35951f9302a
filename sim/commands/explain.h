/* --explain: what theory predicts for each algorithm, as a table. */
#ifndef SIM_COMMANDS_EXPLAIN_H
#define SIM_COMMANDS_EXPLAIN_H

#include "sim/runtime/run.h"

/* On stdout; prepared runs of one setting. Runs nothing, not even the conductor. */
void explain_print(const struct run *run, int n);

#endif
