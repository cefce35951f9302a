/* What the contract of algorithms requires (algorithms/algorithm.h, protocol.h). Each function ends the
 * program with one line if the requirement is not met. */
#ifndef SIM_RUNTIME_REQUIREMENTS_H
#define SIM_RUNTIME_REQUIREMENTS_H

#include "sim/runtime/run.h"

/* Requirements on the code of an algorithm: its author gets a message and not the crash of a child. */
void require_callbacks(const struct algorithm *alg);
void require_protocol(const struct algorithm *alg, const struct protocol *p);

/* Requirements on the user's settings. Where workers may be away the algorithm must have on_worker_down:
 * without it the PS goes on waiting for a worker that is down, for ever if the worker does not return. */
void require_on_worker_down(const struct run *run);
/* A protocol that sends the optimiser's state needs an optimiser with one vector of it. Called after the
 * algorithm's check_setup(), which may have a better line. */
void require_one_state(const struct run *run);

#endif
