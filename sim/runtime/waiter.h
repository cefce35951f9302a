/* How a process of a run waits: its bell, the abort flag of the run, and what the process does before it
 * sleeps. Every wait in a run is one of the calls here. Each call looks at the abort flag at least five
 * times a second, and ends the process (EXIT_ABORTED) when the flag is set. */
#ifndef SIM_RUNTIME_WAITER_H
#define SIM_RUNTIME_WAITER_H

#include "sim/transport/gate.h"
#include "sim/transport/ring.h"

struct waiter {
    struct bell *bell;
    _Atomic int *abort;
    _Atomic uint64_t *progress;  /* rises with every finished step of any process; launcher.c watches it */
    void (*idle)(void *context); /* may be NULL; runs before every sleep, must not block */
    int64_t (*patience)(void *context); /* may be NULL; the longest sleep in ns */
    void *context;
    struct gate *gate; /* NULL: the process computes whenever it likes */
    int member;        /* of the gate */
    int64_t turn;      /* when the present turn began */
};

/* true for the first process that finds a reason to break the run off. This process prints the reason; the
 * others end silently. */
bool waiter_first_to_fail(const struct waiter *p);

void waiter_progress(const struct waiter *p);

/* Waits until done(context) is true. idle may make it true. */
void waiter_wait(const struct waiter *p, bool (*done)(void *context), void *context);

/* Waits until the process may compute, if it may not. It may until it waits, or longer than a turn of 100 ms
 * while other processes want to: then the next call makes it queue again. */
void waiter_turn(struct waiter *p);

/* Waits for a slot of the ring. idle must not read this ring. */
const void *waiter_peek(const struct waiter *p, struct ring *ring, uint32_t reader, uint32_t *bytes);
void *waiter_reserve(const struct waiter *p, struct ring *ring); /* waits for room */

#endif
