/* A worker at its boundaries. At the end of an iteration, or when something arrives that it waits for, the
 * worker
 *
 *   accepts replies --> sends (as often as decide() says SEND) --> computes, or waits
 *      |                   |
 *      decodes each        encodes each push          where that takes time (coding_time.h), the worker is CODING, and
 *                                                     goes on with the boundary at its end
 *
 * It accepts before it decides, so that decide() sees the newest model, and a reply that is stamped with the
 * nanosecond of a boundary counts at that boundary. */
#include <assert.h>
#include <math.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

/* Ends what the worker was doing, and begins `next`. */
static void change(struct conductor *c, struct sim_worker *w, enum doing next)
{
    probe_activity(&c->probe, w, c->now);
    if (w->overlapped.now && w->doing == COMPUTING)
        engine_buckets_account(c, w);
    sim_worker_change(w, c->now, next);
}

/* ---- clients ---- */

static int client_of(const struct conductor *c, const struct sim_worker *w)
{
    return c->spec->sampling ? sampling_client(c->spec->sampling, w->view.version, w->view.id) : w->view.id;
}

void engine_worker_take_share(struct conductor *c, struct sim_worker *w)
{
    const struct conductor_spec *spec = c->spec;
    int client = client_of(c, w);
    w->view.samples = spec->samples ? spec->samples[client] : 1;
    w->view.epoch = spec->samples ? (w->view.samples + spec->batch - 1) / spec->batch : 1;
}

/* ---- iterations ---- */

/* The order for the last complete iteration is held back until the worker goes on: a reply that cancels the
 * iteration may still come. */
static void issue(struct conductor *c, struct sim_worker *w)
{
    if (!w->iterations.unissued)
        return;
    struct order step = engine_order_of(w, ORDER_STEP, w->iterations.number);
    step.rates.rate = w->iterations.rate;
    c->sink.order(c->sink.context, &step);
    w->iterations.number++;
    w->iterations.unissued = false;
}

/* Its iterations since the last push are forgotten; each keeps its number, so that its draws are not used
 * again. */
static void forget(struct sim_worker *w)
{
    w->iterations.lost += w->view.k;
    if (w->iterations.unissued)
        w->iterations.number++;
    w->iterations.unissued = false;
    w->wants_link = w->boundary.encoded = false;
    w->view.k = 0;
}

/* An iteration that has lasted no time counts as not begun. */
static void count_cut(const struct conductor *c, struct sim_worker *w)
{
    if (w->doing != COMPUTING)
        return;
    if (w->since == c->now)
        w->iterations.begun--;
    else
        w->iterations.lost++;
}

/* The iteration that is being computed ends here and keeps its number. */
static void cut_iteration(struct conductor *c, struct sim_worker *w)
{
    count_cut(c, w);
    change(c, w, WAITING);
    w->iterations.number++;
}

/* A crash during the iteration is drawn when the iteration begins, and posted beside its end. */
static void post_end(struct conductor *c, const struct sim_worker *w, vtime duration)
{
    vtime after;
    engine_post_decision(c, w, c->now + duration);
    if (faults_crash(&c->spec->faults, w->view.id, w->iterations.number, duration, &after))
        engine_post(c, &(struct event){
                           .at = c->now + after, .kind = EVENT_CRASH, .rank = w->view.id, .id = w->activity});
}

/* The learning rate of the iteration that begins. Where local steps are the worker's own, each of its
 * iterations since the model last accepted counts N times, as if every worker had come as far. With a budget
 * the rate stays that of the model last accepted. */
static float rate_of(const struct conductor *c, const struct sim_worker *w)
{
    if (c->protocol->one_rate_a_round || engine_has_budget(c->spec))
        return w->accepted.rate;
    double ahead = (double)c->spec->workers * (double)sim_worker_ahead(w);
    return engine_rate(c->spec, fmin((double)w->accepted.done + ahead, (double)c->spec->iterations));
}

static void begin_step(struct conductor *c, struct sim_worker *w)
{
    issue(c, w);
    if (w->view.k == 0)
        w->iterations.base = w->view.version;
    w->iterations.rate = rate_of(c, w);
    change(c, w, COMPUTING);
    w->iterations.begun++;
    c->since_update.begun++;
    vtime duration = compute_duration(&c->spec->compute, w->view.id, w->iterations.number, c->now);
    if (c->spec->pace == PACE_MODEL) {
        post_end(c, w, engine_buckets_overlap(c, w, duration));
        return;
    }
    c->unplaced++;
    struct order step = engine_order_of(w, ORDER_STEP, w->iterations.number);
    step.rates.rate = w->iterations.rate;
    step.end = c->now + duration;
    step.report = true;
    c->sink.order(c->sink.context, &step);
}

/* ---- replies ---- */

/* The message is through the link, and with it perhaps younger ones that have waited for it. */
void engine_worker_arrivals(struct conductor *c, struct sim_worker *w)
{
    for (const struct delivery *d; (d = sim_worker_arrive(w, c->now));) {
        probe_reply_arrives(&c->probe, w->view.id, c->now);
        if (!d->fetch)
            c->replies_in_flight--;
        if (w->doing == COMPUTING && d->cancel)
            cut_iteration(c, w);
        if (w->doing == CODING && d->cancel && !w->boundary.decodes) /* what it encodes is not sent */
            change(c, w, WAITING);
        if (w->doing == WAITING)
            engine_post_wake(c, w);
    }
}

/* A push from before the crash that the worker may still be answered: on the link, held by the PS, or its
 * reply is in flight. */
static bool is_to_be_answered(const struct conductor *c, const struct sim_worker *w)
{
    return w->pushes.served < w->pushes.sent || c->server.peer[w->view.id].unanswered ||
           !delivery_queue_is_empty(&w->deliveries);
}

static void accept(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    if (engine_nothing_departs(c)) /* the model is complete, and this message is older than that */
        w->resting = true;
    if (d->fetch) {
        sim_worker_fetched(w, d, is_to_be_answered(c, w));
        engine_worker_take_share(c, w);
        return;
    }
    if (d->cancel)
        forget(w);
    else
        issue(c, w);
    struct order accept = engine_order_of(w, ORDER_ACCEPT, d->number);
    accept.version = d->version;
    accept.answers = sim_worker_answered(w, d);
    accept.served = d->answers;
    accept.cancel = d->cancel;
    accept.rates = d->rates;
    accept.progress = d->progress;
    c->sink.order(c->sink.context, &accept);
    sim_worker_accept(w, d, c->now, engine_row_bytes(c, w, conductor_reply_bytes(c->spec, d->version)));
    engine_worker_take_share(c, w);
    engine_write_rows(c, w);
}

/* ---- coding ---- */

/* The worker is busy for so long; then its boundary goes on. false: it takes no time. */
static bool codes(struct conductor *c, struct sim_worker *w, bool decodes, vtime span)
{
    if (span == 0)
        return false;
    w->wants_link = false;
    w->boundary.decodes = decodes;
    change(c, w, CODING);
    engine_post_decision(c, w, c->now + span);
    return true;
}

/* A fetched model is never coded. */
static bool decodes(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    return codes(c, w, true, d->fetch ? 0 : coding_ns(&c->spec->worker_decodes, d->version - 1));
}

/* A push that has been encoded, or bucket by bucket in its iteration, departs. */
static bool encodes(struct conductor *c, struct sim_worker *w)
{
    if (w->boundary.encoded || w->overlapped.now ||
        !codes(c, w, false, coding_ns(&c->spec->worker_encodes, w->pushes.sent)))
        return false;
    engine_buckets_encode(c, w);
    return true;
}

/* ---- replies, one after the other ---- */

static void accept_oldest(struct conductor *c, struct sim_worker *w)
{
    struct delivery d;
    if (delivery_queue_take(&w->deliveries, &d))
        accept(c, w, &d);
}

/* The oldest reply that has arrived is accepted, or decoded first. false: none has arrived. */
static bool take_next(struct conductor *c, struct sim_worker *w)
{
    const struct delivery *d = delivery_queue_oldest(&w->deliveries);
    if (d && !decodes(c, w, d))
        accept_oldest(c, w);
    return d;
}

static bool is_coding(const struct sim_worker *w)
{
    return w->doing == CODING;
}

/* ---- pushes ---- */

static void send_push(struct conductor *c, struct sim_worker *w)
{
    int64_t number = w->pushes.sent, exchange = number % c->exchanges;
    if (exchange > 0) /* it is computed from the reply to the exchange before */
        w->iterations.base = w->view.version;
    if (w->view.k == 0)
        die(EXIT_FAILED, "algorithm %s: decide of worker %d says SEND when there is nothing to send (k = 0)",
            engine_name(c->spec), w->view.id);
    issue(c, w);
    struct order o = engine_order_of(w, ORDER_PUSH, number);
    o.restore = w->dropped;
    w->dropped = w->boundary.encoded = false;
    c->sink.order(c->sink.context, &o);
    uint64_t message = conductor_push_bytes(c->spec, number), bytes = engine_row_bytes(c, w, message);
    struct push *push = sim_worker_send(w, c->now, bytes, exchange + 1 == c->exchanges);
    if (w->overlapped.departed == 0)
        probe_push_departs(&c->probe, &push->header, c->now, message);
    push->row.depart_ns = engine_buckets_send(c, w, number, number);
    c->totals.pushes++;
    c->totals.bytes_up += (int64_t)bytes;
}

/* Sends, then computes or waits. A link carries one push at a time, unless exchanges have an order: the worker
 * asks decide() again when it is free. SEND: the push waits for the link, is being encoded, or nothing departs any
 * more. */
static enum next act(struct conductor *c, struct sim_worker *w)
{
    enum next next;
    w->wants_link = false;
    while ((next = w->boundary.encoded ? SEND : c->spec->alg->decide(&w->view)) == SEND) {
        w->wants_link = !c->ordered && !sim_worker_link_is_free(w);
        if (w->wants_link || engine_nothing_departs(c) || encodes(c, w))
            break;
        send_push(c, w);
    }
    w->boundary.encoded = false;
    if (next == SEND)
        return SEND;
    if (next == STEP && !w->resting) {
        begin_step(c, w);
        return STEP;
    }
    issue(c, w);
    return WAIT;
}

/* A worker that has taken STOP: its last gradients are pushed once more, or dropped. */
static void stop(struct conductor *c, struct sim_worker *w)
{
    bool pushes = engine_draining(c) && w->view.k > 0;
    if (pushes && encodes(c, w))
        return;
    if (pushes)
        send_push(c, w);
    else if (engine_draining(c) && c->whole)
        engine_final_join(c, w);
    change(c, w, STOPPED);
    if (pushes)
        return;
    peers_leave(&c->peers, w->view.id);
    engine_server_reconsider(c);
}

/* Where the algorithm accepts only when it waits, one reply is accepted per decision that says WAIT. Elsewhere all that
 * have come are accepted before the next decision. What comes while the worker encodes is not, unless it then
 * waits. */
static void go_on(struct conductor *c, struct sim_worker *w)
{
    bool patient = c->protocol->accepts_only_when_waiting;
    for (;;) {
        while (w->boundary.accepts && take_next(c, w))
            if (is_coding(w))
                return;
        w->boundary.accepts = false;
        if (w->told_to_stop)
            break;
        enum next next = act(c, w);
        if (next == STEP || is_coding(w) || (next == SEND && patient) || !take_next(c, w))
            return;
        w->boundary.accepts = !patient;
        if (is_coding(w))
            return;
    }
    stop(c, w);
}

static void begin_boundary(struct conductor *c, struct sim_worker *w)
{
    w->boundary.accepts = !c->protocol->accepts_only_when_waiting;
    if (w->crash.fetching) /* the model that it starts again from; it is no reply */
        accept_oldest(c, w);
}

static void end_coding(struct conductor *c, struct sim_worker *w)
{
    if (w->boundary.decodes)
        accept_oldest(c, w);
    else
        w->boundary.encoded = true;
}

void engine_worker_decide(struct conductor *c, struct sim_worker *w)
{
    enum doing did = w->doing;
    if (did == COMPUTING) {
        if (c->spec->pace == PACE_MODEL)
            w->iterations.unissued = true;
        else
            w->iterations.number++; /* it was ordered when it began */
        w->view.k++;
    }
    change(c, w, WAITING);
    if (did == CODING)
        end_coding(c, w);
    else
        begin_boundary(c, w);
    go_on(c, w);
}

/* ---- crashes ---- */

/* Replies that it will never take are read and forgotten; their bytes have been on its link. */
static void skip_deliveries(struct conductor *c, struct sim_worker *w)
{
    struct delivery d;
    while (delivery_queue_discard(&w->deliveries, &d)) {
        if (d.fetch)
            continue;
        if (!d.encodes)
            w->unlisted.bytes += (int64_t)engine_row_bytes(c, w, conductor_reply_bytes(c->spec, d.version));
        engine_order(c, w, ORDER_SKIP, d.number);
    }
}

/* Its messages stay on the links: a push still arrives at the PS, a reply arrives at no session. */
void engine_worker_crash(struct conductor *c, struct sim_worker *w)
{
    c->since_update.forgotten += w->view.k;
    if (w->doing == COMPUTING) {
        c->since_update.forgotten++;
        cut_iteration(c, w);
    }
    change(c, w, DOWN);
    forget(w);
    sim_worker_end_session(w);
    w->crash.fetching = w->dropped = false;
    push_queue_mark_crash(&w->pushes);
    c->replies_in_flight -= delivery_queue_replies_in_flight(&w->deliveries);
    skip_deliveries(c, w);
    for (int64_t i = w->pushes.done; i < w->pushes.sent; i++)
        sim_worker_forgo(w, push_queue_at(&w->pushes, i));
    engine_write_rows(c, w);
}

void engine_worker_fetch(struct conductor *c, struct sim_worker *w, const struct delivery *model)
{
    change(c, w, WAITING);
    w->crash.fetching = true;
    sim_worker_expect(w, model);
    sim_worker_link_busy(w, model->depart);
    struct order fetch = engine_order_of(w, ORDER_FETCH, model->number);
    fetch.version = model->version;
    fetch.rates = model->rates;
    fetch.progress = model->progress;
    c->sink.order(c->sink.context, &fetch);
}

void engine_worker_drop_pushes(struct conductor *c, struct sim_worker *w)
{
    push_queue_write_off(&w->pushes);
    for (int64_t i = w->pushes.done; i < w->pushes.sent; i++) {
        struct push *push = push_queue_at(&w->pushes, i);
        if (!push->read) {
            engine_server_read(c, &(struct held){w->view.id, i}, TASK_DROP);
            c->totals.dropped++;
        }
        sim_worker_forgo(w, push);
    }
    engine_write_rows(c, w);
}

/* ---- the end ---- */

void engine_worker_finish(struct conductor *c, struct sim_worker *w)
{
    count_cut(c, w);
    change(c, w, STOPPED);
    while (delivery_queue_oldest(&w->deliveries)) /* what it has not decoded, too */
        accept_oldest(c, w);
    skip_deliveries(c, w);
    engine_worker_drop_pushes(c, w);
    c->last_row.unlisted[WAY_DOWN] += w->unlisted.bytes;
    if (w->link.in_flight > 0)
        w->link.communication += c->now - w->link.busy_since;
    engine_order(c, w, ORDER_LEAVE, w->iterations.number);
}
