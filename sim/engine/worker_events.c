/* Workers at their boundaries: accept, then send, compute or wait. */
#include <assert.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

/* Ends what the worker was doing, and begins `next`. */
static void change(struct conductor *c, struct sim_worker *w, enum doing next)
{
    probe_activity(&c->probe, w, c->now);
    sim_worker_change(w, c->now, next);
}

static void order(struct conductor *c, const struct sim_worker *w, enum order_op op, int64_t number)
{
    c->sink.order(c->sink.context, &(struct order){.op = op, .worker = w->view.id, .number = number});
}

static void write_row(struct conductor *c)
{
    if (c->has_row)
        c->sink.task(c->sink.context, &c->last_row);
    c->has_row = false;
}

void engine_worker_write_rows(struct conductor *c, struct sim_worker *w)
{
    struct push push;
    int64_t number;
    while (sim_worker_settled(w, &push, &number)) {
        write_row(c);
        c->last_row = (struct task){.op = TASK_ROW, .worker = w->view.id, .number = number, .row = push.row};
        c->has_row = true;
    }
}

void engine_write_last_row(struct conductor *c)
{
    c->last_row.row.bytes_down += c->unlisted_bytes;
    write_row(c);
}

/* At its next decision, which is now. */
void engine_worker_call(struct conductor *c, const struct sim_worker *w)
{
    assert(w->doing == WAITING);
    queue_push(c->queue,
               &(struct event){.at = c->now, .kind = EVENT_DECISION, .rank = w->view.id, .id = w->activity});
}

/* An iteration that is complete is ordered once nothing can cancel it any more. */
static void issue(struct conductor *c, struct sim_worker *w)
{
    if (w->unissued)
        order(c, w, ORDER_STEP, w->iteration++);
    w->unissued = false;
}

/* Its iterations since the last push are forgotten; each keeps its number. */
static void forget(struct sim_worker *w)
{
    w->iteration += w->unissued;
    w->unissued = w->wants_link = false;
    w->view.k = 0;
}

/* The model is complete: a worker that takes a reply or a model now, an older one, begins nothing more. */
static void rest(const struct conductor *c, struct sim_worker *w)
{
    w->resting |= conductor_nothing_departs(c);
}

/* A push from before the crash: under way, held, or its reply is. */
static bool is_to_be_answered(const struct conductor *c, const struct sim_worker *w)
{
    return w->served < w->sent || c->peer[w->view.id].unanswered || w->delivery.count > 0;
}

/* The conductor keeps the clients of one round: workers mostly ask for the same round one after the other. */
static int client_of(struct conductor *c, const struct sim_worker *w)
{
    if (!c->spec->sampling)
        return w->view.id;
    if (c->cohort.round != w->view.version) {
        sampling_round(c->spec->sampling, w->view.version, c->cohort.client);
        c->cohort.round = w->view.version;
    }
    return c->cohort.client[w->view.id];
}

void engine_worker_take_share(struct conductor *c, struct sim_worker *w)
{
    const struct conductor_spec *spec = c->spec;
    int client = client_of(c, w);
    w->view.samples = spec->samples ? spec->samples[client] : 1;
    w->view.epoch = spec->samples ? (w->view.samples + spec->batch - 1) / spec->batch : 1;
}

static void accept(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    rest(c, w);
    if (d->fetch) {
        sim_worker_fetched(w, d, is_to_be_answered(c, w));
        engine_worker_take_share(c, w);
        return;
    }
    if (d->cancel)
        forget(w);
    else
        issue(c, w);
    c->sink.order(c->sink.context, &(struct order){.op = ORDER_ACCEPT,
                                                   .worker = w->view.id,
                                                   .number = d->number,
                                                   .version = d->version,
                                                   .answers = sim_worker_answered(w, d),
                                                   .served = d->answers,
                                                   .cancel = d->cancel,
                                                   .rates = d->rates});
    sim_worker_accept(w, d, c->now, conductor_reply_bytes(c->spec, d->version));
    engine_worker_take_share(c, w);
    engine_worker_write_rows(c, w);
}

static void send_push(struct conductor *c, struct sim_worker *w)
{
    int64_t exchange = w->sent % c->exchanges;
    if (exchange > 0)
        w->base = w->view.version;
    if (w->view.k == 0)
        die(EXIT_FAILED, "algorithm %s: decide of worker %d says SEND when there is nothing to send (k = 0)",
            c->spec->alg->name, w->view.id);
    issue(c, w);
    order(c, w, ORDER_PUSH, w->sent);
    uint64_t bytes = conductor_push_bytes(c->spec, w->sent);
    net_depart(c->up, w->view.id, c->now, bytes, w->sent);
    const struct push *push = sim_worker_send(w, c->now, bytes, exchange + 1 == c->exchanges);
    probe_push_departs(&c->probe, &push->header, c->now, bytes);
    c->totals.pushes++;
    c->totals.bytes_up += (int64_t)bytes;
}

void engine_worker_end_at(struct conductor *c, const struct sim_worker *w, vtime t)
{
    queue_push(c->queue,
               &(struct event){.at = t, .kind = EVENT_DECISION, .rank = w->view.id, .id = w->activity});
}

static void begin_step(struct conductor *c, struct sim_worker *w)
{
    issue(c, w);
    if (w->view.k == 0)
        w->base = w->view.version;
    change(c, w, COMPUTING);
    w->begun++;
    c->idle.begun++;
    vtime duration = compute_duration(&c->spec->compute, w->view.id, w->iteration, c->now);
    if (c->spec->pace == PACE_MODEL) {
        engine_worker_end_at(c, w, c->now + duration);
        engine_faults_draw_crash(c, w, duration);
        return;
    }
    c->unplaced++;
    c->sink.order(c->sink.context, &(struct order){.op = ORDER_STEP,
                                                   .worker = w->view.id,
                                                   .number = w->iteration,
                                                   .end = c->now + duration,
                                                   .report = true});
}

/* A worker that has taken STOP: its last gradients are pushed once more, or dropped. */
static void stop(struct conductor *c, struct sim_worker *w)
{
    bool pushes = conductor_draining(c) && w->view.k > 0;
    if (pushes)
        send_push(c, w);
    change(c, w, GONE);
    c->peer[w->view.id].away = !pushes;
    if (!pushes)
        engine_server_reconsider(c);
}

/* The oldest reply that has arrived; false: none has. */
static bool accept_next(struct conductor *c, struct sim_worker *w)
{
    struct delivery d;
    bool any = sim_worker_take(w, &d);
    if (any)
        accept(c, w, &d);
    return any;
}

static bool accept_all(struct conductor *c, struct sim_worker *w)
{
    bool any = accept_next(c, w);
    while (accept_next(c, w))
        ;
    return any;
}

/* Sends, then computes or waits. */
static enum next act(struct conductor *c, struct sim_worker *w)
{
    enum next next;
    w->wants_link = false;
    while ((next = c->spec->alg->decide(&w->view)) == SEND) {
        w->wants_link = w->arrived < w->sent;
        if (w->wants_link || conductor_nothing_departs(c))
            return SEND;
        send_push(c, w);
    }
    if (next == STEP && !w->resting) {
        begin_step(c, w);
        return STEP;
    }
    issue(c, w);
    return WAIT;
}

/* A boundary, or the arrival that a waiting worker waited for: accept, then act. */
void engine_worker_decide(struct conductor *c, struct sim_worker *w)
{
    if (w->doing == COMPUTING) {
        w->unissued = c->spec->pace == PACE_MODEL;
        w->iteration += !w->unissued; /* ordered when it began */
        w->view.k++;
    }
    change(c, w, WAITING);
    if (!c->protocol->accepts_only_when_waiting)
        accept_all(c, w);
    while (!w->told_to_stop && act(c, w) == WAIT && accept_next(c, w))
        ;
    if (w->told_to_stop)
        stop(c, w);
}

/* Replies that it will never take are read and forgotten; their bytes have been on its link. */
static void skip_deliveries(struct conductor *c, struct sim_worker *w)
{
    struct delivery d;
    while (fifo_take(&w->delivery, &d)) {
        if (d.fetch)
            continue;
        w->reply_bytes += (int64_t)conductor_reply_bytes(c->spec, d.version);
        order(c, w, ORDER_SKIP, d.number);
    }
}

/* ---- crashes ---- */

/* What has been sent is on its way, and what arrives from now on is for nobody. */
static void give_up_messages(struct conductor *c, struct sim_worker *w)
{
    for (size_t i = w->deliveries_there; i < w->delivery.count; i++)
        c->replies_under_way -= !((const struct delivery *)fifo_at(&w->delivery, i))->fetch;
    skip_deliveries(c, w);
    w->deliveries_there = 0;
    for (int64_t i = w->done; i < w->sent; i++)
        sim_worker_forgo(w, sim_worker_push(w, i));
    engine_worker_write_rows(c, w);
}

void engine_worker_crash(struct conductor *c, struct sim_worker *w)
{
    c->idle.forgotten += w->view.k + (w->doing == COMPUTING);
    if (w->doing == COMPUTING)
        engine_worker_cut(c, w);
    change(c, w, AWAY);
    forget(w);
    w->fetching = false;
    w->before = w->sent;
    give_up_messages(c, w);
}

void engine_worker_fetch(struct conductor *c, struct sim_worker *w, const struct delivery *model)
{
    change(c, w, WAITING);
    w->fetching = true;
    sim_worker_expect(w, model);
    c->sink.order(c->sink.context, &(struct order){.op = ORDER_FETCH,
                                                   .worker = w->view.id,
                                                   .number = model->number,
                                                   .version = model->version,
                                                   .rates = model->rates});
}

/* ---- ends ---- */

/* An iteration that has lasted no time counts as not begun. */
static void count_cut(const struct conductor *c, struct sim_worker *w)
{
    w->begun -= w->doing == COMPUTING && w->since == c->now;
}

void engine_worker_cut(struct conductor *c, struct sim_worker *w)
{
    count_cut(c, w);
    change(c, w, WAITING);
    w->iteration++; /* it keeps its number */
}

void engine_worker_drop_pushes(struct conductor *c, struct sim_worker *w)
{
    for (int64_t i = w->done; i < w->sent; i++) {
        struct push *push = sim_worker_push(w, i);
        if (!push->read) {
            engine_server_read(c, &(struct held){w->view.id, i}, TASK_DROP);
            c->totals.dropped++;
        }
        sim_worker_forgo(w, push);
    }
    engine_worker_write_rows(c, w);
}

/* What of a worker's messages the end cuts: pushes are read and forgotten. No reply is on its way any more. */
static void cut(struct conductor *c, struct sim_worker *w)
{
    skip_deliveries(c, w);
    engine_worker_drop_pushes(c, w);
    c->unlisted_bytes += w->reply_bytes;
    if (w->under_way > 0)
        w->communication += c->now - w->busy_since;
}

void engine_worker_finish(struct conductor *c, struct sim_worker *w)
{
    count_cut(c, w);
    change(c, w, GONE);
    accept_all(c, w);
    cut(c, w);
    order(c, w, ORDER_LEAVE, w->iteration);
}
