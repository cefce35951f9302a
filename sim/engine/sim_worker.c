#include "sim/engine/sim_worker.h"

#include <assert.h>

#include "sim/base/fail.h"

void sim_worker_open(struct sim_worker *w, int id, const void *params, bool by_messages)
{
    *w = (struct sim_worker){
        .view = {.id = id, .params = params}, .doing = WAITING, .link.by_messages = by_messages};
    push_queue_open(&w->pushes);
    traffic_open(&w->traffic);
    delivery_queue_open(&w->deliveries);
}

void sim_worker_close(struct sim_worker *w)
{
    push_queue_close(&w->pushes);
    traffic_close(&w->traffic);
    delivery_queue_close(&w->deliveries);
}

/* ---- accounts ---- */

/* Overlap is charged piece by piece: this runs before `doing` or the number of messages in flight changes at
 * t, so that both have been constant since overlap_since. */
static void charge_overlap(struct sim_worker *w, vtime t)
{
    if (sim_worker_is_busy(w) && w->link.in_flight > 0)
        w->link.overlapped += t - w->link.overlap_since;
    w->link.overlap_since = t;
}

static void charge_activity(struct sim_worker *w, vtime span)
{
    if (w->doing == CODING)
        w->account.coding += span;
    if (sim_worker_is_busy(w))
        w->account.compute += span;
    else if (w->doing == DOWN)
        w->account.down += span;
    else
        w->account.waiting += span;
}

void sim_worker_change(struct sim_worker *w, vtime t, enum doing next)
{
    assert(t >= w->since);
    charge_overlap(w, t);
    charge_activity(w, t - w->since);
    w->doing = next;
    w->since = t;
    w->activity++;
}

void sim_worker_link_busy(struct sim_worker *w, vtime t)
{
    charge_overlap(w, t);
    if (w->link.in_flight == 0)
        w->link.busy_since = t;
    w->link.in_flight++;
}

void sim_worker_link_free(struct sim_worker *w, vtime t)
{
    charge_overlap(w, t);
    assert(w->link.in_flight > 0);
    w->link.in_flight--;
    if (w->link.in_flight == 0)
        w->link.communication += t - w->link.busy_since;
}

void sim_worker_push_through(struct sim_worker *w, struct push *push, vtime t)
{
    sim_worker_link_free(w, t);
    push->row.communication_ns += t - push->row.depart_ns;
}

int64_t sim_worker_pushes_waiting(const struct sim_worker *w)
{
    int64_t sent = w->link.through - w->pushes.served, waiting = push_queue_waiting(&w->pushes);
    return sent > waiting ? sent : waiting;
}

bool sim_worker_link_is_free(const struct sim_worker *w)
{
    return w->pushes.arrived == w->pushes.sent || w->link.through == w->pushes.sent;
}

/* ---- pushes ---- */

struct push *sim_worker_send(struct sim_worker *w, vtime t, uint64_t bytes, bool whole)
{
    int64_t k = whole ? w->view.k : 0;
    struct account *a = &w->account;
    struct push push = {.header = {.worker = w->view.id,
                                   .k = k,
                                   .base = w->iterations.base,
                                   .samples = w->view.samples,
                                   .final = w->told_to_stop},
                        .row = {.worker = w->view.id,
                                .number = w->pushes.sent,
                                .k = k,
                                .depart_ns = t,
                                .arrive_ns = -1,
                                .reply_ns = -1,
                                .accept_ns = -1,
                                .compute_ns = a->compute - a->compute_pushed,
                                .waiting_ns = a->waiting - a->waiting_pushed,
                                .coding_ns = a->coding - a->coding_pushed,
                                .bytes_up = (int64_t)bytes}};
    a->compute_pushed = a->compute;
    a->waiting_pushed = a->waiting;
    a->coding_pushed = a->coding;
    w->view.k -= k;
    w->view.inflight = true;
    w->view.unanswered++;
    if (!w->link.by_messages)
        sim_worker_link_busy(w, t);
    return push_queue_send(&w->pushes, &push);
}

void sim_worker_settle(struct sim_worker *w, struct push *push)
{
    if (push->settled)
        return;
    push->settled = true;
    w->view.unanswered--;
}

bool sim_worker_sent_last(const struct sim_worker *w, int64_t number)
{
    return number + 1 == w->pushes.sent && number >= w->pushes.sent_before_crash;
}

void sim_worker_forgo(struct sim_worker *w, struct push *push)
{
    if (push->settled)
        return;
    push->row.bytes_down += w->unlisted.bytes;
    w->unlisted.bytes = 0;
    sim_worker_settle(w, push);
}

/* A push from before the crash kept view.inflight true when the worker returned (sim_worker_fetched()), for
 * the reply to it. Without a reply the worker would wait for ever. A younger push that is dropped changes
 * nothing: the algorithm's admit() says when its sender is answered. */
bool sim_worker_push_is_void(struct sim_worker *w, int64_t number)
{
    bool is_older = number < w->pushes.sent_before_crash;
    bool has_returned = w->doing != DOWN && w->doing != STOPPED && !w->crash.fetching;
    if (!is_older || !has_returned)
        return false;
    w->view.inflight = false;
    return true;
}

/* ---- replies ---- */

void sim_worker_expect(struct sim_worker *w, const struct delivery *d)
{
    struct delivery expected = *d;
    expected.answers = w->pushes.served;
    expected.own = w->iterations.earlier + w->iterations.included;
    delivery_queue_send(&w->deliveries, &expected);
}

const struct delivery *sim_worker_arrive(struct sim_worker *w, vtime t)
{
    const struct delivery *d = delivery_queue_arrive(&w->deliveries, t);
    if (d && !w->link.by_messages)
        sim_worker_link_free(w, t);
    return d;
}

int64_t sim_worker_answered(const struct sim_worker *w, const struct delivery *d)
{
    for (int64_t i = d->answers - 1; i >= w->pushes.done; i--)
        if (!push_queue_at(&w->pushes, i)->settled)
            return i;
    return -1;
}

/* All replies since the last row: their time in flight may add up to more than the clock holds. */
static vtime take_reply_time(struct sim_worker *w, const struct push *push)
{
    int128 time = w->unlisted.time;
    if (push->row.communication_ns + time > VTIME_LAST)
        die(EXIT_USAGE,
            "the replies that worker %d has accepted at once were in flight for longer than the virtual "
            "clock holds, one added to the other (73 years)",
            w->view.id);
    w->unlisted.time = 0;
    return (vtime)time;
}

static void take_news(struct sim_worker *w, const struct delivery *d)
{
    w->view.version = d->version;
    w->view.progress = d->progress;
    w->accepted = (struct accepted){.done = d->done, .own = d->own, .rate = d->rates.rate};
}

/* Several pushes may be answered at once. Only the oldest row gets the bytes and the time, so that the sum
 * over all rows is what the link has carried. */
void sim_worker_accept(struct sim_worker *w, const struct delivery *d, vtime t, uint64_t bytes)
{
    take_news(w, d);
    w->view.inflight = false;
    w->told_to_stop |= d->stop;
    w->unlisted.time += w->link.by_messages ? 0 : d->arrive - d->depart;
    w->unlisted.bytes += (int64_t)bytes;
    for (int64_t i = w->pushes.done; i < d->answers; i++) {
        struct push *push = push_queue_at(&w->pushes, i);
        if (push->settled)
            continue;
        push->row.reply_ns = d->arrive;
        push->row.accept_ns = t;
        push->row.bytes_down = w->unlisted.bytes;
        push->row.communication_ns += take_reply_time(w, push);
        w->unlisted.bytes = 0;
        sim_worker_settle(w, push);
    }
}

void sim_worker_fetched(struct sim_worker *w, const struct delivery *d, bool unanswered)
{
    take_news(w, d);
    w->view.inflight = unanswered;
    w->crash.fetching = false;
}

/* ---- iterations ---- */

/* A push from before a crash belongs to an earlier session. */
void sim_worker_include(struct sim_worker *w, int64_t push, int64_t iterations)
{
    w->iterations.consumed += iterations;
    if (push >= w->pushes.sent_before_crash)
        w->iterations.included += iterations;
}

void sim_worker_lose(struct sim_worker *w, int64_t push, int64_t iterations)
{
    if (push >= w->pushes.sent_before_crash)
        w->iterations.lost += iterations;
}

void sim_worker_end_session(struct sim_worker *w)
{
    w->iterations.earlier = w->iterations.begun;
    w->iterations.included = w->iterations.lost = 0;
}

int64_t sim_worker_ahead(const struct sim_worker *w)
{
    return w->iterations.begun - w->iterations.lost - w->accepted.own;
}
