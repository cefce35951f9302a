/* Faults as they happen: workers crash and come back, messages are lost and sent again.
 *
 * A crash ends what the worker computes and forgets what it has not sent; a push that has left it arrives, unless the
 * network loses it, for then nobody sends it again. Replies under way arrive at nobody. The PS knows of it after
 * detection_time: until then it sends and waits as before. Back again, the worker is there at once as far as the PS is
 * concerned, and the PS's model leaves for it at that moment.
 *
 * A lost message has used its link like any other. It is sent again retransmit_timeout after the moment at which it would
 * have arrived; a message of the same link that comes meanwhile is taken after it. */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

void engine_faults_record(struct conductor *c, int worker, enum fault what, uint64_t bytes)
{
    c->sink.task(
        c->sink.context,
        &(struct task){
            .op = TASK_FAULT,
            .worker = worker,
            .fault = {.virtual_ns = c->now, .worker = worker, .what = what, .bytes = (int64_t)bytes}});
}

static void note_fault(struct conductor *c, const struct sim_worker *w, enum fault what, uint64_t bytes)
{
    engine_faults_record(c, w->view.id, what, bytes);
}

static void plan(struct conductor *c, const struct sim_worker *w, int kind, vtime after, int64_t id)
{
    queue_push(c->queue, &(struct event){.at = c->now + after, .kind = kind, .rank = w->view.id, .id = id});
}

void engine_faults_open(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    for (int i = 0; i < spec->crashes; i++)
        plan(c, &c->worker[spec->crash_worker[i]], EVENT_CRASH, spec->crash_at[i], -1);
}

void engine_faults_draw_crash(struct conductor *c, const struct sim_worker *w, vtime duration)
{
    vtime after;
    if (faults_crash(&c->spec->faults, w->view.id, w->iteration, duration, &after))
        plan(c, w, EVENT_CRASH, after, w->activity);
}

void engine_faults_skip_reply(struct conductor *c, const struct sim_worker *w, int64_t number)
{
    c->sink.order(c->sink.context, &(struct order){.op = ORDER_SKIP, .worker = w->view.id, .number = number});
}

int64_t engine_faults_wire_id(const struct delivery *d)
{
    return d->fetch ? -1 - d->number : d->number;
}

/* ---- crashes ---- */

void engine_faults_release(struct conductor *c, struct sim_worker *w, int64_t number)
{
    if (number >= w->before || w->doing == AWAY || w->doing == GONE || w->fetching)
        return;
    w->view.inflight = false;
    if (w->doing == WAITING)
        engine_worker_call(c, w);
}

/* Messages that nobody takes are off their link all the same. */
static void arrives_at_nobody(struct conductor *c, struct sim_worker *w)
{
    sim_worker_link_free(w, c->now);
    probe_reply_arrives(&c->probe, w->view.id, c->now);
}

static void push_arrives_at_nobody(struct conductor *c, struct sim_worker *w)
{
    sim_worker_link_free(w, c->now);
    probe_push_arrives(&c->probe, w->view.id, c->now);
}

/* Its sender has crashed: the PS will never have it. */
static void lose_for_good(struct conductor *c, struct sim_worker *w)
{
    int64_t number = w->arrived++;
    sim_worker_push(w, number)->lost = true;
    push_arrives_at_nobody(c, w);
    c->waiting++;
    queue_push(c->queue, &(struct event){.at = c->server_free > c->now ? c->server_free : c->now,
                                         .kind = EVENT_SERVED,
                                         .rank = w->view.id,
                                         .id = c->totals.faults.server_crashes});
}

static void learn(struct conductor *c, const struct sim_worker *w)
{
    c->peer[w->view.id].away = true;
    engine_server_reconsider(c);
}

static void crash(struct conductor *c, struct sim_worker *w)
{
    const struct faults_spec *spec = &c->spec->faults;
    if (w->doing == AWAY || w->doing == GONE)
        return;
    note_fault(c, w, FAULT_CRASH, 0);
    engine_worker_crash(c, w);
    w->crashed = true;
    w->crashes++;
    c->totals.faults.crashes++;
    c->idle.faults++;
    if (w->arrived < w->sent && sim_worker_push(w, w->arrived)->resent)
        lose_for_good(c, w);
    if (spec->down_time != VTIME_NEVER)
        plan(c, w, EVENT_BACK, spec->down_time, 0);
    if (spec->detection_time > 0)
        plan(c, w, EVENT_NOTICE, spec->detection_time, w->crashes);
    else
        learn(c, w);
}

/* The pushes of the one who has fewest, of those who are there. */
static int64_t fewest_pushes(const struct conductor *c, int worker)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < c->spec->workers; i++)
        if (i != worker && !c->peer[i].away && c->peer[i].pushes < least)
            least = c->peer[i].pushes;
    return least == INT64_MAX ? c->peer[worker].pushes : least;
}

static void fetch(struct conductor *c, struct sim_worker *w)
{
    struct delivery model = {.fetch = true,
                             .number = w->fetches++,
                             .version = c->server.version,
                             .rates = conductor_rates(c->spec, (double)c->totals.iterations, c->update_rate),
                             .depart = c->now,
                             .arrive = VTIME_NEVER};
    uint64_t bytes = c->spec->model_bytes;
    c->sink.task(c->sink.context,
                 &(struct task){.op = TASK_FETCH, .worker = w->view.id, .number = model.number});
    engine_worker_fetch(c, w, &model);
    probe_reply_departs(&c->probe, w->view.id, &model, bytes);
    net_depart(c->down, w->view.id, c->now, bytes, engine_faults_wire_id(&model));
    c->totals.faults.fetches++;
    c->totals.faults.bytes_fetched += (int64_t)bytes;
    c->totals.bytes_down += (int64_t)bytes;
}

void engine_faults_return(struct conductor *c, struct sim_worker *w)
{
    if (c->stopping)
        return;
    struct peer *peer = &c->peer[w->view.id];
    bool was_known = peer->away;
    note_fault(c, w, FAULT_BACK, c->spec->model_bytes);
    peer->away = false;
    peer->pushes = fewest_pushes(c, w->view.id);
    fetch(c, w);
    if (!was_known)
        engine_server_reconsider(c);
}

/* While the PS is down it waits, and comes back with it. */
static void recover(struct conductor *c, struct sim_worker *w)
{
    w->crashed = false;
    if (!c->server_down)
        engine_faults_return(c, w);
}

/* ---- losses ---- */

static bool is_lost(struct conductor *c, struct sim_worker *w, int direction)
{
    return faults_lose(&c->spec->faults, direction, w->view.id, w->carried[direction]++);
}

bool engine_faults_lose_push(struct conductor *c, struct sim_worker *w, int64_t number)
{
    bool lost = is_lost(c, w, NET_UP);
    if (number < w->orphans) {
        push_arrives_at_nobody(c, w);
        return true;
    }
    if (!lost)
        return false;
    assert(number == w->arrived);
    note_fault(c, w, FAULT_PUSH_LOST, 0);
    c->totals.faults.lost++;
    c->idle.faults++;
    if (number < w->before) {
        lose_for_good(c, w);
    } else {
        sim_worker_push(w, number)->resent = true;
        plan(c, w, EVENT_PUSH_RESENT, c->spec->faults.retransmit_timeout, number);
    }
    return true;
}

/* From the update that ends the run on no push departs; nor does one whose sender has crashed meanwhile. */
static void resend_push(struct conductor *c, struct sim_worker *w, int64_t number)
{
    uint64_t bytes = conductor_push_bytes(c->spec, number);
    if (number < w->arrived || conductor_nothing_departs(c))
        return;
    sim_worker_push(w, number)->resent = false;
    note_fault(c, w, FAULT_PUSH_RESENT, bytes);
    net_depart(c->up, w->view.id, c->now, bytes, number);
    c->totals.faults.bytes_resent_up += (int64_t)bytes;
    c->totals.bytes_up += (int64_t)bytes;
}

bool engine_faults_lose_delivery(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    bool lost = is_lost(c, w, NET_DOWN);
    if (!d) { /* it was for one that has crashed */
        arrives_at_nobody(c, w);
        return true;
    }
    if (!lost)
        return false;
    note_fault(c, w, d->fetch ? FAULT_MODEL_LOST : FAULT_REPLY_LOST, 0);
    c->totals.faults.lost++;
    c->idle.faults++;
    plan(c, w, d->fetch ? EVENT_MODEL_RESENT : EVENT_REPLY_RESENT, c->spec->faults.retransmit_timeout,
         d->number);
    return true;
}

/* Also when the run ends: its last reply may be behind this one. */
static void resend_delivery(struct conductor *c, struct sim_worker *w, bool model, int64_t number)
{
    const struct delivery *d = sim_worker_delivery(w, model, number);
    if (!d) {
        arrives_at_nobody(c, w);
        return;
    }
    uint64_t bytes = model ? c->spec->model_bytes : conductor_reply_bytes(c->spec, d->version);
    note_fault(c, w, model ? FAULT_MODEL_RESENT : FAULT_REPLY_RESENT, bytes);
    net_depart(c->down, w->view.id, c->now, bytes, engine_faults_wire_id(d));
    c->totals.faults.bytes_resent_down += (int64_t)bytes;
    c->totals.bytes_down += (int64_t)bytes;
}

void engine_faults_play(struct conductor *c, const struct event *e)
{
    struct sim_worker *w = &c->worker[e->rank];
    switch (e->kind) {
    case EVENT_CRASH:
        crash(c, w);
        break;
    case EVENT_BACK:
        recover(c, w);
        break;
    case EVENT_NOTICE:
        if (w->doing == AWAY && w->crashes == e->id && !c->peer[e->rank].away)
            learn(c, w);
        break;
    case EVENT_PUSH_RESENT:
        resend_push(c, w, e->id);
        break;
    default:
        assert(e->kind == EVENT_REPLY_RESENT || e->kind == EVENT_MODEL_RESENT);
        resend_delivery(c, w, e->kind == EVENT_MODEL_RESENT, e->id);
    }
}
