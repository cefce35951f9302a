/* Faults of workers and messages.
 *
 * A crash ends what the worker computes and takes the iterations that the worker has not pushed. A push that
 * has left it arrives, unless the network loses the push: no worker is there to send it again. Replies in
 * flight to the worker are ignored when they arrive. The PS learns of the crash after detection_time, and
 * sends and waits as before until then.
 *
 *   worker   ...computes   X crash              down            back |  fetches the model  | computes...
 *   PS                     |--detection_time--> learns of it         | sends the model to it
 *
 * A lost message has used its link like any other. It is sent again retransmit_timeout after the moment at
 * which it would have arrived; a younger message of the same link waits for it at the receiver. */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

static void record(const struct conductor *c, const struct sim_worker *w, enum fault what, uint64_t bytes)
{
    engine_record_fault(c, w->view.id, what, bytes);
}

static void post_after(struct conductor *c, const struct sim_worker *w, int kind, vtime after, int64_t id)
{
    engine_post(c, &(struct event){.at = c->now + after, .kind = kind, .rank = w->view.id, .id = id});
}

void engine_faults_open(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    for (int i = 0; i < spec->crashes; i++)
        post_after(c, &c->worker[spec->crash_worker[i]], EVENT_CRASH, spec->crash_at[i], -1);
}

/* ---- messages that come to nothing: they are off their link all the same ---- */

static void delivery_is_ignored(struct conductor *c, struct sim_worker *w)
{
    sim_worker_link_free(w, c->now);
    probe_reply_arrives(&c->probe, w->view.id, c->now);
}

static void push_is_ignored(struct conductor *c, struct sim_worker *w)
{
    sim_worker_link_free(w, c->now);
    probe_push_arrives(&c->probe, w->view.id, c->now);
}

/* The push on the link is lost and its sender has crashed. It is posted as served without any service, so
 * that the PS drops it after the pushes that have arrived before it: a worker's pushes keep their order. */
static void lose_for_good(struct conductor *c, struct sim_worker *w)
{
    push_queue_arrive(&w->pushes)->lost = true;
    push_is_ignored(c, w);
    engine_push_waits(c, w);
    engine_server_pass(c, w);
}

/* ---- crashes ---- */

static void learn(struct conductor *c, struct sim_worker *w)
{
    w->crash.news++;
    peers_leave(&c->peers, w->view.id);
    engine_server_reconsider(c);
}

static void crash(struct conductor *c, struct sim_worker *w)
{
    const struct faults_spec *spec = &c->spec->faults;
    if (w->doing == DOWN || w->doing == STOPPED)
        return;
    record(c, w, FAULT_CRASH, 0);
    engine_worker_crash(c, w);
    w->crash.down = true;
    w->crash.crashes++;
    c->totals.faults.crashes++;
    c->since_update.faults++;
    const struct push *on_link = push_queue_on_link(&w->pushes);
    if (on_link && on_link->resent)
        lose_for_good(c, w);
    if (spec->down_time != VTIME_NEVER)
        post_after(c, w, EVENT_BACK, spec->down_time, 0);
    if (spec->detection_time > 0)
        post_after(c, w, EVENT_NOTICE, spec->detection_time, w->crash.crashes);
    else
        learn(c, w);
}

static void send_model(struct conductor *c, struct sim_worker *w)
{
    struct delivery model = {.fetch = true,
                             .number = w->crash.fetches++,
                             .version = c->server.version,
                             .rates = engine_rates(c->spec, c->place, c->update_rate),
                             .done = c->totals.iterations,
                             .progress = engine_progress(c->spec, c->place),
                             .depart = c->now,
                             .arrive = VTIME_NEVER};
    uint64_t bytes = c->spec->model_bytes;
    engine_task(c, &(struct task){.op = TASK_FETCH, .worker = w->view.id, .number = model.number});
    engine_worker_fetch(c, w, &model);
    probe_reply_departs(&c->probe, w->view.id, &model, bytes);
    exchange_reply(c->exchange, w->view.id, c->now, bytes, engine_wire_id(&model));
    c->totals.faults.fetches++;
    c->totals.faults.bytes_fetched += (int64_t)bytes;
    c->totals.bytes_down += (int64_t)bytes;
}

/* If the PS never learned of the crash, it may be waiting for a push that the crash has taken: it
 * reconsiders. */
void engine_faults_return(struct conductor *c, struct sim_worker *w)
{
    if (c->stopping)
        return;
    bool was_known = c->server.peer[w->view.id].away;
    w->crash.news++;
    record(c, w, FAULT_BACK, c->spec->model_bytes);
    peers_rejoin(&c->peers, w->view.id);
    send_model(c, w);
    if (!was_known)
        engine_server_reconsider(c);
}

/* While the PS is down the worker waits, and returns with it. */
static void recover(struct conductor *c, struct sim_worker *w)
{
    w->crash.down = false;
    if (!c->down_now)
        engine_faults_return(c, w);
}

/* ---- losses ---- */

/* Each message that a link carries draws once, whether or not it still matters: what happens to others shifts
 * no draw. */
static bool draw_loss(struct conductor *c, struct sim_worker *w, int direction)
{
    return faults_lose(&c->spec->faults, direction, w->view.id, w->link.carried[direction]++);
}

static void count_loss(struct conductor *c, const struct sim_worker *w, enum fault what)
{
    record(c, w, what, 0);
    c->totals.faults.lost++;
    c->since_update.faults++;
}

bool engine_faults_lose_push(struct conductor *c, struct sim_worker *w, int64_t number)
{
    bool lost = draw_loss(c, w, NET_UP);
    if (number < w->pushes.sent_before_outage) {
        push_is_ignored(c, w);
        return true;
    }
    assert(number == w->pushes.arrived);
    if (!lost)
        return false;
    count_loss(c, w, FAULT_PUSH_LOST);
    if (number < w->pushes.sent_before_crash) {
        lose_for_good(c, w);
    } else {
        push_queue_on_link(&w->pushes)->resent = true;
        post_after(c, w, EVENT_PUSH_RESENT, c->spec->faults.retransmit_timeout, number);
    }
    return true;
}

/* From the update that ends the run on no push departs; nor does one that has been lost for good since. */
static void resend_push(struct conductor *c, struct sim_worker *w, int64_t number)
{
    uint64_t bytes = conductor_push_bytes(c->spec, number);
    if (number < w->pushes.arrived || engine_nothing_departs(c))
        return;
    push_queue_on_link(&w->pushes)->resent = false;
    record(c, w, FAULT_PUSH_RESENT, bytes);
    exchange_push(c->exchange, w->view.id, c->now, bytes, number);
    c->totals.faults.bytes_resent_up += (int64_t)bytes;
    c->totals.bytes_up += (int64_t)bytes;
}

bool engine_faults_lose_delivery(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    bool lost = draw_loss(c, w, NET_DOWN);
    if (!d) {
        delivery_is_ignored(c, w);
        return true;
    }
    if (!lost)
        return false;
    count_loss(c, w, d->fetch ? FAULT_MODEL_LOST : FAULT_REPLY_LOST);
    post_after(c, w, d->fetch ? EVENT_MODEL_RESENT : EVENT_REPLY_RESENT, c->spec->faults.retransmit_timeout,
               d->number);
    return true;
}

/* Also when the run ends: its last reply may wait for this one. */
static void resend_delivery(struct conductor *c, struct sim_worker *w, bool model, int64_t number)
{
    const struct delivery *d = delivery_queue_find(&w->deliveries, model, number);
    if (!d) {
        delivery_is_ignored(c, w);
        return;
    }
    uint64_t bytes = model ? c->spec->model_bytes : conductor_reply_bytes(c->spec, d->version);
    record(c, w, model ? FAULT_MODEL_RESENT : FAULT_REPLY_RESENT, bytes);
    exchange_reply(c->exchange, w->view.id, c->now, bytes, engine_wire_id(d));
    c->totals.faults.bytes_resent_down += (int64_t)bytes;
    c->totals.bytes_down += (int64_t)bytes;
}

/* A notice is void if the worker has returned since, or if the PS's own crash has told the PS. */
static bool is_news(const struct conductor *c, const struct sim_worker *w, int64_t crash_number)
{
    return w->doing == DOWN && w->crash.crashes == crash_number && !c->server.peer[w->view.id].away;
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
        if (is_news(c, w, e->id))
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
