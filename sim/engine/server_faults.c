/* The PS crashes and restarts from its restart point.
 *
 * Its crash ends the session of every worker: what a worker computes or has gathered is lost as in a crash of
 * its own, and the worker is down until it has the model again. Pushes that the PS holds, that wait there or
 * are in flight are dropped; what is on a link uses the link to its end and is ignored when it arrives. While
 * the PS is down no worker returns.
 *
 * After the restart the PS has the model and the vectors of its newest restart point and knows nothing else of
 * the past: control begins as at the start, and so does every worker that is not down by a crash of its own.
 * Versions count on, as they count the updates ever made; iterations are those in the model, and go back. */
#include "sim/engine/conductor_internal.h"

static void post(struct conductor *c, int kind, vtime at)
{
    engine_post(c, &(struct event){.at = at, .kind = kind});
}

void engine_outage_open(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    for (int i = 0; i < spec->server_crashes; i++)
        post(c, EVENT_SERVER_CRASH, spec->server_crash_at[i]);
}

/* A push that is lost and waits to be sent again is on no link, but counts as in flight: it ends here. One
 * that is really on the link ends when it comes through (engine_faults_lose_push()). */
static void lose_pushes(struct conductor *c, struct sim_worker *w)
{
    const struct push *on_link = push_queue_on_link(&w->pushes);
    if (on_link && on_link->resent) {
        sim_worker_link_free(w, c->now);
        probe_push_arrives(&c->probe, w->view.id, c->now);
    }
    engine_worker_drop_pushes(c, w);
    push_queue_mark_outage(&w->pushes);
}

static void crash(struct conductor *c)
{
    if (c->down_now || c->stopping)
        return;
    c->down_now = true;
    c->totals.faults.server_crashes++; /* voids every EVENT_SERVED */
    engine_record_fault(c, -1, FAULT_SERVER_CRASH, 0);
    for (int i = 0; i < c->spec->workers; i++) {
        struct sim_worker *w = &c->worker[i];
        if (w->doing != DOWN)
            engine_worker_crash(c, w);
        lose_pushes(c, w);
    }
    engine_server_forget(c);
    post(c, EVENT_SERVER_BACK, c->now + c->spec->faults.server_down_time);
}

static void restart(struct conductor *c)
{
    engine_record_fault(c, -1, FAULT_SERVER_BACK, 0);
    probe_outage(&c->probe, c->now - c->spec->faults.server_down_time, c->now, c->server.version);
    c->down_now = false;
    c->free_at = c->now;
    engine_restart_point_restore(c);
    engine_server_evaluate(c);
    for (int i = 0; i < c->spec->workers; i++)
        if (!c->worker[i].crash.down)
            engine_faults_return(c, &c->worker[i]);
}

void engine_outage_play(struct conductor *c, const struct event *e)
{
    if (e->kind == EVENT_SERVER_CRASH)
        crash(c);
    else
        restart(c);
}
