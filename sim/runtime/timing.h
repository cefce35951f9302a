/* Control without numbers. With a modelled compute cost control never depends on gradients, so the
 * conductor may play to no process: the same times and bytes, some thousand rounds a second. */
#ifndef SIM_RUNTIME_TIMING_H
#define SIM_RUNTIME_TIMING_H

#include "sim/runtime/run.h"

/* Plays all of a run to `task`; orders to workers are dropped. stuck: as in conductor_survive(), or NULL. */
void timing_play(const struct run *run, void (*task)(void *context, const struct task *task), void *context,
                 bool *stuck);

#endif
