/* Workers at their boundaries: accept, then send, compute or wait. */
#include <assert.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

/* Ends what the worker was doing, and begins `next`. */
static void turn(struct conductor *c, struct player *p, enum doing next)
{
    notes_turn(&c->notes, p, c->now);
    player_turn(p, c->now, next);
}

static void order(struct conductor *c, const struct player *p, enum order_op op, int64_t number)
{
    c->score.order(c->score.context, &(struct order){.op = op, .worker = p->view.id, .number = number});
}

static void write_row(struct conductor *c)
{
    if (c->has_row)
        c->score.task(c->score.context, &c->last_row);
    c->has_row = false;
}

void turn_write_rows(struct conductor *c, struct player *p)
{
    struct push push;
    int64_t number;
    while (player_settled(p, &push, &number)) {
        write_row(c);
        c->last_row = (struct task){.op = TASK_ROW, .worker = p->view.id, .number = number, .row = push.row};
        c->has_row = true;
    }
}

void turn_write_last_row(struct conductor *c)
{
    c->last_row.row.bytes_down += c->unlisted_bytes;
    write_row(c);
}

/* At its next decision, which is now. */
void turn_call(struct conductor *c, const struct player *p)
{
    assert(p->doing == WAITING);
    queue_push(c->queue,
               &(struct event){.at = c->now, .kind = EVENT_DECISION, .rank = p->view.id, .id = p->turn});
}

/* An iteration that is complete is ordered once nothing can cancel it any more. */
static void issue(struct conductor *c, struct player *p)
{
    if (p->unissued)
        order(c, p, ORDER_STEP, p->iteration++);
    p->unissued = false;
}

/* Its iterations since the last push are forgotten; each keeps its number. */
static void forget(struct player *p)
{
    p->iteration += p->unissued;
    p->unissued = p->wants_link = false;
    p->view.k = 0;
}

/* The model is complete: a worker that takes a reply or a model now, an older one, begins nothing more. */
static void rest(const struct conductor *c, struct player *p)
{
    p->resting |= conductor_nothing_departs(c);
}

/* A push from before the crash: under way, held, or its reply is. */
static bool is_to_be_answered(const struct conductor *c, const struct player *p)
{
    return p->served < p->sent || c->peer[p->view.id].unanswered || p->delivery.count > 0;
}

void turn_take_share(const struct conductor *c, struct player *p)
{
    const struct conductor_spec *spec = c->spec;
    int client = spec->clients ? clients_of(spec->clients, p->view.version, p->view.id) : p->view.id;
    p->view.samples = spec->samples ? spec->samples[client] : 1;
    p->view.epoch = spec->samples ? (p->view.samples + spec->batch - 1) / spec->batch : 1;
}

static void accept(struct conductor *c, struct player *p, const struct delivery *d)
{
    rest(c, p);
    if (d->fetch) {
        player_fetched(p, d, is_to_be_answered(c, p));
        turn_take_share(c, p);
        return;
    }
    if (d->cancel)
        forget(p);
    else
        issue(c, p);
    c->score.order(c->score.context, &(struct order){.op = ORDER_ACCEPT,
                                                     .worker = p->view.id,
                                                     .number = d->number,
                                                     .version = d->version,
                                                     .answers = player_answered(p, d),
                                                     .served = d->answers,
                                                     .cancel = d->cancel,
                                                     .rates = d->rates});
    player_accept(p, d, c->now, conductor_reply_bytes(c->spec, d->version));
    turn_take_share(c, p);
    turn_write_rows(c, p);
}

static void send_push(struct conductor *c, struct player *p)
{
    int64_t exchange = p->sent % c->exchanges;
    if (exchange > 0)
        p->base = p->view.version;
    if (p->view.k == 0)
        die(EXIT_FAILED, "algorithm %s: decide of worker %d says SEND when there is nothing to send (k = 0)",
            c->spec->alg->name, p->view.id);
    issue(c, p);
    order(c, p, ORDER_PUSH, p->sent);
    uint64_t bytes = conductor_push_bytes(c->spec, p->sent);
    net_depart(c->up, p->view.id, c->now, bytes, p->sent);
    const struct push *push = player_send(p, c->now, bytes, exchange + 1 == c->exchanges);
    notes_push_departs(&c->notes, &push->header, c->now, bytes);
    c->totals.pushes++;
    c->totals.bytes_up += (int64_t)bytes;
}

void turn_end_at(struct conductor *c, const struct player *p, vtime t)
{
    queue_push(c->queue, &(struct event){.at = t, .kind = EVENT_DECISION, .rank = p->view.id, .id = p->turn});
}

static void begin_step(struct conductor *c, struct player *p)
{
    issue(c, p);
    if (p->view.k == 0)
        p->base = p->view.version;
    turn(c, p, COMPUTING);
    p->begun++;
    c->idle.begun++;
    vtime duration = compute_duration(&c->spec->compute, p->view.id, p->iteration, c->now);
    if (c->spec->pace == PACE_MODEL) {
        turn_end_at(c, p, c->now + duration);
        mishaps_threaten(c, p, duration);
        return;
    }
    c->unplaced++;
    c->score.order(c->score.context, &(struct order){.op = ORDER_STEP,
                                                     .worker = p->view.id,
                                                     .number = p->iteration,
                                                     .end = c->now + duration,
                                                     .report = true});
}

/* A worker that has taken STOP: its last gradients are pushed once more, or dropped. */
static void stop(struct conductor *c, struct player *p)
{
    bool pushes = conductor_draining(c) && p->view.k > 0;
    if (pushes)
        send_push(c, p);
    turn(c, p, GONE);
    c->peer[p->view.id].away = !pushes;
    if (!pushes)
        admission_notice(c);
}

/* The oldest reply that has arrived; false: none has. */
static bool accept_next(struct conductor *c, struct player *p)
{
    struct delivery d;
    bool any = player_take(p, &d);
    if (any)
        accept(c, p, &d);
    return any;
}

static bool accept_all(struct conductor *c, struct player *p)
{
    bool any = accept_next(c, p);
    while (accept_next(c, p))
        ;
    return any;
}

/* Sends, then computes or waits. */
static enum next act(struct conductor *c, struct player *p)
{
    enum next next;
    p->wants_link = false;
    while ((next = c->spec->alg->decide(&p->view)) == SEND) {
        p->wants_link = p->arrived < p->sent;
        if (p->wants_link || conductor_nothing_departs(c))
            return SEND;
        send_push(c, p);
    }
    if (next == STEP && !p->resting) {
        begin_step(c, p);
        return STEP;
    }
    issue(c, p);
    return WAIT;
}

/* A boundary, or the arrival that a waiting worker waited for: accept, then act. */
void turn_decide(struct conductor *c, struct player *p)
{
    if (p->doing == COMPUTING) {
        p->unissued = c->spec->pace == PACE_MODEL;
        p->iteration += !p->unissued; /* ordered when it began */
        p->view.k++;
    }
    turn(c, p, WAITING);
    if (!c->protocol->on_waiting)
        accept_all(c, p);
    while (!p->told_to_stop && act(c, p) == WAIT && accept_next(c, p))
        ;
    if (p->told_to_stop)
        stop(c, p);
}

/* Replies that it will never take are read and forgotten; their bytes have been on its link. */
static void skip_deliveries(struct conductor *c, struct player *p)
{
    struct delivery d;
    while (fifo_take(&p->delivery, &d)) {
        if (d.fetch)
            continue;
        p->reply_bytes += (int64_t)conductor_reply_bytes(c->spec, d.version);
        order(c, p, ORDER_SKIP, d.number);
    }
}

/* ---- crashes ---- */

/* What has been sent is on its way, and what arrives from now on is for nobody. */
static void give_up_messages(struct conductor *c, struct player *p)
{
    for (size_t i = p->deliveries_there; i < p->delivery.count; i++)
        c->replies_under_way -= !((const struct delivery *)fifo_at(&p->delivery, i))->fetch;
    skip_deliveries(c, p);
    p->deliveries_there = 0;
    for (int64_t i = p->done; i < p->sent; i++)
        player_forgo(p, player_push(p, i));
    turn_write_rows(c, p);
}

void turn_crash(struct conductor *c, struct player *p)
{
    c->idle.forgotten += p->view.k + (p->doing == COMPUTING);
    if (p->doing == COMPUTING)
        turn_cut(c, p);
    turn(c, p, AWAY);
    forget(p);
    p->fetching = false;
    p->before = p->sent;
    give_up_messages(c, p);
}

void turn_back(struct conductor *c, struct player *p, const struct delivery *model)
{
    turn(c, p, WAITING);
    p->fetching = true;
    player_expect(p, model);
    c->score.order(c->score.context, &(struct order){.op = ORDER_FETCH,
                                                     .worker = p->view.id,
                                                     .number = model->number,
                                                     .version = model->version,
                                                     .rates = model->rates});
}

/* ---- ends ---- */

/* An iteration that has lasted no time counts as not begun. */
static void count_cut(const struct conductor *c, struct player *p)
{
    p->begun -= p->doing == COMPUTING && p->since == c->now;
}

void turn_cut(struct conductor *c, struct player *p)
{
    count_cut(c, p);
    turn(c, p, WAITING);
    p->iteration++; /* it keeps its number */
}

void turn_drop_pushes(struct conductor *c, struct player *p)
{
    for (int64_t i = p->done; i < p->sent; i++) {
        struct push *push = player_push(p, i);
        if (!push->read) {
            admission_read(c, &(struct held){p->view.id, i}, TASK_DROP);
            c->totals.dropped++;
        }
        player_forgo(p, push);
    }
    turn_write_rows(c, p);
}

/* What of a worker's messages the end cuts: pushes are read and forgotten. No reply is on its way any more. */
static void cut(struct conductor *c, struct player *p)
{
    skip_deliveries(c, p);
    turn_drop_pushes(c, p);
    c->unlisted_bytes += p->reply_bytes;
    if (p->under_way > 0)
        p->communication += c->now - p->busy_since;
}

void turn_last(struct conductor *c, struct player *p)
{
    count_cut(c, p);
    turn(c, p, GONE);
    accept_all(c, p);
    cut(c, p);
    order(c, p, ORDER_LEAVE, p->iteration);
}
