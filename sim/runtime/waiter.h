/* A process of a run, as seen by the rings: its bell, the flag that says the run is being broken off, and
 * what it does before it sleeps. Every wait in a run is one of the calls here; both look at the flag at
 * least five times a second and leave the process (EXIT_ABORTED) when it is up. */
#ifndef SIM_RUNTIME_WAITER_H
#define SIM_RUNTIME_WAITER_H

#include "sim/transport/ring.h"

struct waiter {
    struct bell *bell;
    _Atomic int *abort;
    _Atomic uint64_t
        *progress; /* counts everything that anybody in the run has finished: the hang detector's food */
    void (*idle)(void *context);        /* may be NULL; runs before every sleep, must not block */
    int64_t (*patience)(void *context); /* may be NULL; how many ns to sleep at most */
    void *context;
};

/* true for the first process that finds a reason to break the run off: it says why, the others leave
 * silently. */
bool waiter_first_to_fail(const struct waiter *p);

void waiter_progress(const struct waiter *p);

/* Waits until done(context) is true, which idle, too, may bring about. */
void waiter_wait(const struct waiter *p, bool (*done)(void *context), void *context);

/* Waits for a slot of a ring that idle does not read. */
const void *waiter_peek(const struct waiter *p, struct ring *ring, uint32_t reader, uint32_t *bytes);
void *waiter_reserve(const struct waiter *p, struct ring *ring); /* waits for room */

#endif
