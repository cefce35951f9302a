/* --check: what a run will come to, as a table. */
#ifndef SIM_COMMANDS_CHECK_H
#define SIM_COMMANDS_CHECK_H

#include "sim/runtime/run.h"

/* On stdout; prepared runs of one setting. Plays control alone, exactly; computes one gradient, to tell how long
 * training takes here. Returns the exit status: EXIT_STUCK where one of them would come to no end. */
int check_print(const struct run *run, int n);

#endif
