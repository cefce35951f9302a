/* Every wait has the same loop: take a ticket of the bell, look at the condition, sleep until the bell
 * rings again. The ticket comes before the look, so that a bell that rings between the two is not missed.
 *
 *   ticket --> condition? --yes--> return
 *      ^          | no
 *      +-- rest: idle(), abort flag, sleep <--+ */
#include "sim/runtime/waiter.h"

#include <unistd.h>

#include "sim/base/fail.h"

bool waiter_first_to_fail(const struct waiter *p)
{
    return atomic_exchange(p->abort, 1) == 0;
}

void waiter_progress(const struct waiter *p)
{
    atomic_fetch_add_explicit(p->progress, 1, memory_order_relaxed);
}

/* Sleeps until the bell rings. ticket: taken before the condition was looked at. */
static void rest(const struct waiter *p, uint32_t ticket)
{
    if (p->idle)
        p->idle(p->context);
    if (atomic_load(p->abort))
        _exit(EXIT_ABORTED);
    int64_t ns = p->patience ? p->patience(p->context) : BELL_NAP;
    if (ns > 0)
        bell_wait_for(p->bell, ticket, ns);
}

void waiter_wait(const struct waiter *p, bool (*done)(void *context), void *context)
{
    for (;;) {
        uint32_t ticket = bell_ticket(p->bell);
        if (done(context))
            return;
        rest(p, ticket);
    }
}

const void *waiter_peek(const struct waiter *p, struct ring *ring, uint32_t reader, uint32_t *bytes)
{
    for (;;) {
        uint32_t ticket = bell_ticket(p->bell);
        const void *slot = ring_peek(ring, reader, bytes);
        if (slot) {
            waiter_progress(p);
            return slot;
        }
        rest(p, ticket);
    }
}

void *waiter_reserve(const struct waiter *p, struct ring *ring)
{
    for (;;) {
        uint32_t ticket = bell_ticket(p->bell);
        void *slot = ring_reserve(ring);
        if (slot) {
            waiter_progress(p);
            return slot;
        }
        ring_notify(ring);
        rest(p, ticket);
    }
}
