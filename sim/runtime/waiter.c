/* Every wait has the same loop: take a ticket of the bell, look at the condition, sleep until the bell
 * rings again. The ticket comes before the look, so that a bell that rings between the two is not missed.
 *
 * idle() may make the condition true itself: the PS takes a result there, for which the bell has rung before the
 * ticket and will not ring again. So waiter_wait looks once more before it sleeps. What idle() must not touch
 * (waiter_peek, waiter_reserve) needs no second look.
 *
 *   ticket --> condition? --no--> idle() --> condition? --no--> abort flag, sleep
 *      ^            | yes                         | yes               |
 *      |            +----------> return <---------+                   |
 *      +--------------------------------------------------------------+ */
#include "sim/runtime/waiter.h"

#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/fail.h"

/* A turn is long beside the time in which a process fills a cold cache (some milliseconds), and short beside
 * a round: the processes that the PS waits for should be done at about the same time. */
enum { TURN = 100 * 1000 * 1000, MOMENT = 1000 * 1000 }; /* ns */

bool waiter_first_to_fail(const struct waiter *p)
{
    return atomic_exchange(p->abort, 1) == 0;
}

void waiter_progress(const struct waiter *p)
{
    atomic_fetch_add_explicit(p->progress, 1, memory_order_relaxed);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void idle(const struct waiter *p)
{
    if (p->gate)
        gate_leave(p->gate, p->member);
    if (p->idle)
        p->idle(p->context);
}

/* Sleeps until the bell rings, for at most `most` ns. ticket: taken before the condition was looked at. */
static void sleep_for(const struct waiter *p, uint32_t ticket, int64_t most)
{
    if (atomic_load(p->abort))
        _exit(EXIT_ABORTED);
    int64_t ns = p->patience ? least(most, p->patience(p->context)) : most;
    if (ns > 0)
        bell_wait_for(p->bell, ticket, ns);
}

static void rest_for(const struct waiter *p, uint32_t ticket, int64_t most)
{
    idle(p);
    sleep_for(p, ticket, most);
}

static void rest(const struct waiter *p, uint32_t ticket)
{
    rest_for(p, ticket, BELL_NAP);
}

static void queue(const struct waiter *p)
{
    bool last = false;
    gate_queue(p->gate, p->member);
    for (;;) {
        uint32_t ticket = bell_ticket(p->bell);
        if (gate_enter(p->gate, p->member, last))
            return;
        last = gate_has_room(p->gate);
        rest_for(p, ticket, last ? MOMENT : BELL_NAP);
    }
}

void waiter_turn(struct waiter *p)
{
    if (!p->gate)
        return;
    if (gate_inside(p->gate, p->member)) {
        if (!gate_wanted(p->gate) || clock_ns() - p->turn < TURN)
            return;
        gate_leave(p->gate, p->member);
    }
    queue(p);
    p->turn = clock_ns();
}

void waiter_wait(const struct waiter *p, bool (*done)(void *context), void *context)
{
    for (;;) {
        uint32_t ticket = bell_ticket(p->bell);
        if (done(context))
            return;
        idle(p);
        if (p->idle && done(context))
            return;
        sleep_for(p, ticket, BELL_NAP);
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
