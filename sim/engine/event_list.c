/* The event list of the simulation. Any file posts events; only the loop in conductor.c takes them out.
 *
 * Events are cancelled lazily, because a heap has no cheap removal from its middle. An event carries in id
 * the count of its worker's activities (of the PS's crashes, for a push being served) at the time of posting.
 * Once that count has gone on, the event is void: it stays where it is, and is discarded when it comes to the
 * front. */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

void engine_post(struct conductor *c, const struct event *e)
{
    queue_push(c->queue, e);
}

void engine_post_decision(struct conductor *c, const struct sim_worker *w, vtime t)
{
    engine_post(c, &(struct event){.at = t, .kind = EVENT_DECISION, .rank = w->view.id, .id = w->activity});
}

void engine_post_wake(struct conductor *c, const struct sim_worker *w)
{
    assert(w->doing == WAITING);
    engine_post_decision(c, w, c->now);
}

bool engine_is_crowded(const struct conductor *c, const struct sim_worker *w)
{
    return sim_worker_pushes_waiting(w) > MOST_WAITING || c->waiting > MOST_WAITING_ALL;
}

void engine_push_waits(struct conductor *c, const struct sim_worker *w)
{
    c->waiting++;
    c->crowded |= engine_is_crowded(c, w);
}

void engine_post_served(struct conductor *c, const struct sim_worker *w, vtime t)
{
    engine_post(
        c, &(struct event){
               .at = t, .kind = EVENT_SERVED, .rank = w->view.id, .id = c->totals.faults.server_crashes});
}

void engine_post_encoded(struct conductor *c, vtime t)
{
    engine_post(c, &(struct event){.at = t, .kind = EVENT_ENCODED, .id = c->totals.faults.server_crashes});
}

static bool is_void(const struct conductor *c, const struct event *e)
{
    if (e->kind == EVENT_SERVED || e->kind == EVENT_ENCODED)
        return e->id != c->totals.faults.server_crashes;
    if (e->kind == EVENT_DECISION || e->kind == EVENT_BUCKET || (e->kind == EVENT_CRASH && e->id >= 0))
        return e->id != c->worker[e->rank].activity;
    return false; /* faults look for themselves whether they still apply */
}

bool engine_next_event(struct conductor *c, struct event *e)
{
    while (queue_peek(c->queue, e)) {
        if (!is_void(c, e))
            return true;
        queue_cancel(c->queue);
    }
    return false;
}
