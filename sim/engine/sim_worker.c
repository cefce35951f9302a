#include "sim/engine/sim_worker.h"

#include <assert.h>

#include "sim/base/fail.h"

void sim_worker_open(struct sim_worker *w, int id, const void *params)
{
    *w = (struct sim_worker){.view = {.id = id, .params = params}, .doing = WAITING};
    fifo_init(&w->push, sizeof(struct push));
    fifo_init(&w->delivery, sizeof(struct delivery));
}

void sim_worker_close(struct sim_worker *w)
{
    fifo_free(&w->push);
    fifo_free(&w->delivery);
}

/* Before what it is doing, or whether a message is under way, changes at t. */
static void charge_overlap(struct sim_worker *w, vtime t)
{
    if (w->doing == COMPUTING && w->under_way > 0)
        w->overlapped += t - w->overlap_since;
    w->overlap_since = t;
}

void sim_worker_change(struct sim_worker *w, vtime t, enum doing next)
{
    assert(t >= w->since);
    charge_overlap(w, t);
    *(w->doing == COMPUTING ? &w->compute : w->doing == AWAY ? &w->down : &w->waiting) += t - w->since;
    w->doing = next;
    w->since = t;
    w->activity++;
}

void sim_worker_link_busy(struct sim_worker *w, vtime t)
{
    charge_overlap(w, t);
    if (w->under_way++ == 0)
        w->busy_since = t;
}

void sim_worker_link_free(struct sim_worker *w, vtime t)
{
    charge_overlap(w, t);
    assert(w->under_way > 0);
    if (--w->under_way == 0)
        w->communication += t - w->busy_since;
}

/* ---- pushes ---- */

struct push *sim_worker_push(const struct sim_worker *w, int64_t number)
{
    assert(number >= w->done && number < w->sent);
    return fifo_at(&w->push, (size_t)(number - w->done));
}

struct push *sim_worker_send(struct sim_worker *w, vtime t, uint64_t bytes, bool whole)
{
    int64_t k = whole ? w->view.k : 0;
    struct push push = {.header = {.worker = w->view.id,
                                   .k = k,
                                   .base = w->base,
                                   .samples = w->view.samples,
                                   .final = w->told_to_stop},
                        .row = {.worker = w->view.id,
                                .number = w->sent,
                                .k = k,
                                .depart_ns = t,
                                .arrive_ns = -1,
                                .reply_ns = -1,
                                .accept_ns = -1,
                                .compute_ns = w->compute - w->compute_pushed,
                                .waiting_ns = w->waiting - w->waiting_pushed,
                                .bytes_up = (int64_t)bytes}};
    fifo_put(&w->push, &push);
    w->sent++;
    w->compute_pushed = w->compute;
    w->waiting_pushed = w->waiting;
    w->view.k -= k;
    w->view.inflight = true;
    w->view.unanswered++;
    sim_worker_link_busy(w, t);
    return sim_worker_push(w, w->sent - 1);
}

void sim_worker_settle(struct sim_worker *w, struct push *push)
{
    w->view.unanswered -= !push->settled;
    push->settled = true;
}

void sim_worker_forgo(struct sim_worker *w, struct push *push)
{
    if (!push->settled) {
        push->row.bytes_down += w->reply_bytes;
        w->reply_bytes = 0;
    }
    sim_worker_settle(w, push);
}

bool sim_worker_settled(struct sim_worker *w, struct push *push, int64_t *number)
{
    const struct push *oldest = fifo_front(&w->push);
    if (!oldest || !oldest->read || !oldest->settled)
        return false;
    fifo_take(&w->push, push);
    *number = w->done++;
    return true;
}

/* ---- replies ---- */

void sim_worker_expect(struct sim_worker *w, const struct delivery *d)
{
    struct delivery expected = *d;
    expected.answers = w->served;
    fifo_put(&w->delivery, &expected);
    sim_worker_link_busy(w, d->depart);
}

struct delivery *sim_worker_delivery(const struct sim_worker *w, bool fetch, int64_t number)
{
    for (size_t i = w->deliveries_there; i < w->delivery.count; i++) {
        struct delivery *d = fifo_at(&w->delivery, i);
        if (d->fetch == fetch && d->number == number)
            return d;
    }
    return NULL;
}

const struct delivery *sim_worker_arrived(struct sim_worker *w, vtime t)
{
    struct delivery *d =
        w->deliveries_there < w->delivery.count ? fifo_at(&w->delivery, w->deliveries_there) : NULL;
    if (!d || !d->here)
        return NULL;
    w->deliveries_there++;
    d->arrive = t;
    sim_worker_link_free(w, t);
    return d;
}

bool sim_worker_take(struct sim_worker *w, struct delivery *d)
{
    if (w->deliveries_there == 0)
        return false;
    w->deliveries_there--;
    return fifo_take(&w->delivery, d);
}

int64_t sim_worker_answered(const struct sim_worker *w, const struct delivery *d)
{
    for (int64_t i = d->answers - 1; i >= w->done; i--)
        if (!sim_worker_push(w, i)->settled)
            return i;
    return -1;
}

/* How long its replies were under way, all added up. */
static vtime take_reply_time(struct sim_worker *w, const struct push *push)
{
    int128 time = w->reply_time;
    if (push->row.communication_ns + time > VTIME_LAST)
        die(EXIT_USAGE,
            "the replies that worker %d has accepted at once were under way for longer than the virtual "
            "clock holds, one added to the other (73 years)",
            w->view.id);
    w->reply_time = 0;
    return (vtime)time;
}

void sim_worker_accept(struct sim_worker *w, const struct delivery *d, vtime t, uint64_t bytes)
{
    w->view.version = d->version;
    w->view.inflight = false;
    w->told_to_stop |= d->stop;
    w->reply_time += d->arrive - d->depart;
    w->reply_bytes += (int64_t)bytes;
    for (int64_t i = w->done; i < d->answers; i++) {
        struct push *push = sim_worker_push(w, i);
        if (push->settled)
            continue;
        push->row.reply_ns = d->arrive;
        push->row.accept_ns = t;
        push->row.bytes_down = w->reply_bytes; /* the first row takes it all */
        push->row.communication_ns += take_reply_time(w, push);
        w->reply_bytes = 0;
        sim_worker_settle(w, push);
    }
}

void sim_worker_fetched(struct sim_worker *w, const struct delivery *d, bool unanswered)
{
    w->view.version = d->version;
    w->view.inflight = unanswered;
    w->fetching = false;
}
