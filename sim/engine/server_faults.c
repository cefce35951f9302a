/* The PS crashes and restarts from its checkpoint.
 *
 * Its crash ends every worker's session: what a worker computes or has gathered is lost as in a crash of its own, and it
 * is away until it has the model again. Pushes that the PS holds, that wait there or are under way are dropped; what is on
 * a link uses it to its end and arrives at nobody. While the PS is down nobody comes back.
 *
 * Back again, the PS has the model and vectors of its newest checkpoint and knows nothing else of the past: control begins as at the
 * start, and with it every worker who does not suffer from a crash of its own. Versions count on, as they count the updates
 * ever made; iterations are those in the model, and go back. */
#include <string.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

static void plan(struct conductor *c, int kind, vtime at)
{
    queue_push(c->queue, &(struct event){.at = at, .kind = kind});
}

void engine_outage_open(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    c->kept.consumed = need((size_t)c->spec->workers * sizeof *c->kept.consumed);
    for (int i = 0; i < spec->server_crashes; i++)
        plan(c, EVENT_SERVER_CRASH, spec->server_crash_at[i]);
}

void engine_outage_checkpoint(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    if (spec->server_crashes == 0 || c->server.version % spec->server_checkpoint_every != 0)
        return;
    c->kept.iterations = c->totals.iterations;
    c->kept.update_rate = c->update_rate;
    for (int i = 0; i < c->spec->workers; i++)
        c->kept.consumed[i] = c->worker[i].consumed;
    c->sink.task(c->sink.context, &(struct task){.op = TASK_CHECKPOINT, .number = c->server.version});
}

/* One that was lost on its way would have been sent again: it is off its link now. */
static void lose_pushes(struct conductor *c, struct sim_worker *w)
{
    if (w->arrived < w->sent && sim_worker_push(w, w->arrived)->resent) {
        sim_worker_link_free(w, c->now);
        probe_push_arrives(&c->probe, w->view.id, c->now);
    }
    engine_worker_drop_pushes(c, w);
    w->orphans = w->arrived = w->served = w->sent;
}

static void crash(struct conductor *c)
{
    if (c->server_down || c->stopping)
        return;
    c->server_down = true;
    c->totals.faults.server_crashes++;
    engine_faults_record(c, -1, FAULT_SERVER_CRASH, 0);
    for (int i = 0; i < c->spec->workers; i++) {
        struct sim_worker *w = &c->worker[i];
        if (w->doing != AWAY)
            engine_worker_crash(c, w);
        lose_pushes(c, w);
        c->peer[i] = (struct peer){.away = true};
    }
    c->server.held = 0;
    c->waiting = 0;
    memset(c->server.control, 0, c->spec->alg->control_size);
    plan(c, EVENT_SERVER_BACK, c->now + c->spec->faults.server_down_time);
}

static void restore(struct conductor *c)
{
    int64_t undone = c->totals.iterations - c->kept.iterations;
    c->totals.faults.undone += undone;
    c->totals.iterations = c->kept.iterations;
    c->update_rate = c->kept.update_rate;
    for (int i = 0; i < c->spec->workers; i++)
        c->worker[i].consumed = c->kept.consumed[i];
    c->sink.task(c->sink.context,
                 &(struct task){.op = TASK_RESTORE, .number = c->server.version, .k = undone});
}

static void restart(struct conductor *c)
{
    engine_faults_record(c, -1, FAULT_SERVER_BACK, 0);
    probe_outage(&c->probe, c->now - c->spec->faults.server_down_time, c->now, c->server.version);
    c->server_down = false;
    c->server_free = c->now;
    restore(c);
    engine_server_evaluate(c);
    for (int i = 0; i < c->spec->workers; i++)
        if (!c->worker[i].crashed)
            engine_faults_return(c, &c->worker[i]);
}

void engine_outage_play(struct conductor *c, const struct event *e)
{
    if (e->kind == EVENT_SERVER_CRASH)
        crash(c);
    else
        restart(c);
}
