/* The control plane without the data plane. With a modelled compute cost, control never depends on
 * gradients. So the conductor can run without worker processes: the same times and bytes, at some thousand
 * rounds per second. */
#ifndef SIM_RUNTIME_TIMING_H
#define SIM_RUNTIME_TIMING_H

#include "sim/runtime/run.h"

/* Runs the conductor to the end, and gives every task to `task`. Orders to workers are dropped. stuck: as in
 * conductor_survive(), or NULL. */
void timing_play(const struct run *run, void (*task)(void *context, const struct task *task), void *context,
                 bool *stuck);

#endif
