#include "sim/engine/sim_worker.h"

#include <assert.h>

#include "sim/base/fail.h"

void player_open(struct player *p, int id, const void *params)
{
    *p = (struct player){.view = {.id = id, .params = params}, .doing = WAITING};
    fifo_init(&p->push, sizeof(struct push));
    fifo_init(&p->delivery, sizeof(struct delivery));
}

void player_close(struct player *p)
{
    fifo_free(&p->push);
    fifo_free(&p->delivery);
}

/* Before what it is doing, or whether a message is under way, changes at t. */
static void charge_overlap(struct player *p, vtime t)
{
    if (p->doing == COMPUTING && p->under_way > 0)
        p->overlapped += t - p->overlap_since;
    p->overlap_since = t;
}

void player_turn(struct player *p, vtime t, enum doing next)
{
    assert(t >= p->since);
    charge_overlap(p, t);
    *(p->doing == COMPUTING ? &p->compute : p->doing == AWAY ? &p->down : &p->waiting) += t - p->since;
    p->doing = next;
    p->since = t;
    p->turn++;
}

void player_link_busy(struct player *p, vtime t)
{
    charge_overlap(p, t);
    if (p->under_way++ == 0)
        p->busy_since = t;
}

void player_link_free(struct player *p, vtime t)
{
    charge_overlap(p, t);
    assert(p->under_way > 0);
    if (--p->under_way == 0)
        p->communication += t - p->busy_since;
}

/* ---- pushes ---- */

struct push *player_push(const struct player *p, int64_t number)
{
    assert(number >= p->done && number < p->sent);
    return fifo_at(&p->push, (size_t)(number - p->done));
}

struct push *player_send(struct player *p, vtime t, uint64_t bytes, bool whole)
{
    int64_t k = whole ? p->view.k : 0;
    struct push push = {.header = {.worker = p->view.id,
                                   .k = k,
                                   .base = p->base,
                                   .samples = p->view.samples,
                                   .final = p->told_to_stop},
                        .row = {.worker = p->view.id,
                                .number = p->sent,
                                .k = k,
                                .depart_ns = t,
                                .arrive_ns = -1,
                                .reply_ns = -1,
                                .accept_ns = -1,
                                .compute_ns = p->compute - p->compute_pushed,
                                .waiting_ns = p->waiting - p->waiting_pushed,
                                .bytes_up = (int64_t)bytes}};
    fifo_put(&p->push, &push);
    p->sent++;
    p->compute_pushed = p->compute;
    p->waiting_pushed = p->waiting;
    p->view.k -= k;
    p->view.inflight = true;
    p->view.unanswered++;
    player_link_busy(p, t);
    return player_push(p, p->sent - 1);
}

void player_settle(struct player *p, struct push *push)
{
    p->view.unanswered -= !push->settled;
    push->settled = true;
}

void player_forgo(struct player *p, struct push *push)
{
    if (!push->settled) {
        push->row.bytes_down += p->reply_bytes;
        p->reply_bytes = 0;
    }
    player_settle(p, push);
}

bool player_settled(struct player *p, struct push *push, int64_t *number)
{
    const struct push *oldest = fifo_front(&p->push);
    if (!oldest || !oldest->read || !oldest->settled)
        return false;
    fifo_take(&p->push, push);
    *number = p->done++;
    return true;
}

/* ---- replies ---- */

void player_expect(struct player *p, const struct delivery *d)
{
    struct delivery expected = *d;
    expected.answers = p->served;
    fifo_put(&p->delivery, &expected);
    player_link_busy(p, d->depart);
}

struct delivery *player_under_way(const struct player *p, bool fetch, int64_t number)
{
    for (size_t i = p->deliveries_there; i < p->delivery.count; i++) {
        struct delivery *d = fifo_at(&p->delivery, i);
        if (d->fetch == fetch && d->number == number)
            return d;
    }
    return NULL;
}

const struct delivery *player_arrived(struct player *p, vtime t)
{
    struct delivery *d =
        p->deliveries_there < p->delivery.count ? fifo_at(&p->delivery, p->deliveries_there) : NULL;
    if (!d || !d->here)
        return NULL;
    p->deliveries_there++;
    d->arrive = t;
    player_link_free(p, t);
    return d;
}

bool player_take(struct player *p, struct delivery *d)
{
    if (p->deliveries_there == 0)
        return false;
    p->deliveries_there--;
    return fifo_take(&p->delivery, d);
}

int64_t player_answered(const struct player *p, const struct delivery *d)
{
    for (int64_t i = d->answers - 1; i >= p->done; i--)
        if (!player_push(p, i)->settled)
            return i;
    return -1;
}

/* How long its replies were under way, all added up. */
static vtime take_reply_time(struct player *p, const struct push *push)
{
    int128 time = p->reply_time;
    if (push->row.communication_ns + time > VTIME_LAST)
        die(EXIT_USAGE,
            "the replies that worker %d has accepted at once were under way for longer than the virtual "
            "clock holds, one added to the other (73 years)",
            p->view.id);
    p->reply_time = 0;
    return (vtime)time;
}

void player_accept(struct player *p, const struct delivery *d, vtime t, uint64_t bytes)
{
    p->view.version = d->version;
    p->view.inflight = false;
    p->told_to_stop |= d->stop;
    p->reply_time += d->arrive - d->depart;
    p->reply_bytes += (int64_t)bytes;
    for (int64_t i = p->done; i < d->answers; i++) {
        struct push *push = player_push(p, i);
        if (push->settled)
            continue;
        push->row.reply_ns = d->arrive;
        push->row.accept_ns = t;
        push->row.bytes_down = p->reply_bytes; /* the first row takes it all */
        push->row.communication_ns += take_reply_time(p, push);
        p->reply_bytes = 0;
        player_settle(p, push);
    }
}

void player_fetched(struct player *p, const struct delivery *d, bool unanswered)
{
    p->view.version = d->version;
    p->view.inflight = unanswered;
    p->fetching = false;
}
