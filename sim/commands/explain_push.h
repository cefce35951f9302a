/* What --explain says about the pushes of one algorithm: their buckets, and the time that coding takes. Without
 * network.overlap and costs of coding: nothing. */
#ifndef SIM_COMMANDS_EXPLAIN_PUSH_H
#define SIM_COMMANDS_EXPLAIN_PUSH_H

#include "sim/runtime/run.h"

/* first: of the array in which `run` is, so that what one has in common with another before is not said again. */
void explain_push(const struct run *first, const struct run *run);

#endif
