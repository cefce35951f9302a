/* Replies of the PS: one for all workers that an answer goes to, or one for each (protocol.h: answers). */
#include <assert.h>
#include <stdlib.h>

#include "sim/engine/conductor_internal.h"

/* ---- one reply ---- */

static void depart(struct conductor *c, struct sim_worker *w, const struct delivery *d, bool expected)
{
    engine_reply_departs(c, w, d, expected, c->now);
    exchange_reply(c->exchange, w->view.id, c->now, conductor_reply_bytes(c->spec, d->version), d->number);
}

/* In parts, when shards have encoded them: messages.c hears of it. Shards have no faults. */
static void depart_in_parts(struct conductor *c, const struct sim_worker *w, const struct delivery *d)
{
    exchange_reply(c->exchange, w->view.id, c->now, conductor_reply_bytes(c->spec, d->version), d->number);
}

/* A worker that is down without the PS's knowledge is sent its reply like any other: the reply uses the link,
 * and the worker's process reads and forgets it. */
static void reply_to(struct conductor *c, int worker, const struct delivery *d)
{
    struct sim_worker *w = &c->worker[worker];
    if (w->doing == DOWN) {
        engine_order(c, w, ORDER_SKIP, d->number);
    } else {
        sim_worker_expect(w, d);
        c->replies_in_flight++;
    }
    if (d->encodes && c->encodes)
        fifo_put(&c->encodings, &(struct encoding){worker, *d, w->crash.news});
    else if (d->encodes)
        depart_in_parts(c, w, d);
    else
        depart(c, w, d, w->doing != DOWN);
}

/* ---- coded replies ---- */

static vtime last_departure(const struct conductor *c)
{
    const struct fifo *f = &c->encodings;
    return f->count > 0 ? ((const struct encoding *)fifo_at(f, f->count - 1))->reply.depart : c->now;
}

/* When a reply that the PS makes now is encoded: after what the PS has begun. A dense reply takes no time, but departs
 * after those before it. */
static vtime encoded_at(struct conductor *c, int worker, int64_t version)
{
    vtime span = coding_ns(&c->spec->exchange.server_encodes, version - 1);
    if (span == 0)
        return last_departure(c);
    vtime begin = vtime_service(c->free_at, c->now);
    c->free_at = begin + span;
    probe_reply_coding(&c->probe, worker, begin, c->free_at, version);
    return c->free_at;
}

/* One message that the PS encodes: for one worker, or, -1, for all. */
static void encode(struct conductor *c, int worker, struct delivery *d)
{
    if (!c->encodes) {
        d->encodes = !c->serves && !c->whole && exchange_encode(c->exchange, worker, c->now, d->version - 1);
        return;
    }
    d->depart = encoded_at(c, worker, d->version);
    d->encodes = d->depart > c->now;
    if (d->encodes)
        engine_post_encoded(c, d->depart);
}

/* The worker may have crashed since. Once the PS knows, it sends nothing. */
static void depart_encoded(struct conductor *c, const struct encoding *e)
{
    struct sim_worker *w = &c->worker[e->worker];
    struct delivery *d = delivery_queue_find(&w->deliveries, false, e->reply.number);
    if (d)
        d->encodes = false;
    if (e->news == w->crash.news)
        depart(c, w, &e->reply, d);
}

void engine_server_encoded_replies(struct conductor *c)
{
    const struct encoding *oldest;
    struct encoding e;
    while ((oldest = fifo_front(&c->encodings)) && oldest->reply.depart <= c->now) {
        fifo_take(&c->encodings, &e);
        depart_encoded(c, &e);
    }
}

/* ---- the workers of an answer ---- */

static void order_reply(const struct conductor *c, int worker, int64_t number)
{
    engine_task(c, &(struct task){.op = TASK_REPLY, .worker = worker, .number = number});
}

/* One copy for all workers. Those of them that are away get no message, but their processes read the copy. */
static void broadcast(struct conductor *c, struct delivery *d)
{
    order_reply(c, -1, c->broadcasts);
    d->number = c->broadcasts;
    encode(c, -1, d);
    for (int i = 0; i < c->spec->workers; i++) {
        peers_settle(&c->peers, i);
        if (c->server.peer[i].away)
            engine_order(c, &c->worker[i], ORDER_SKIP, d->number);
        else
            reply_to(c, i, d);
    }
    c->broadcasts++;
}

static void reply_to_one(struct conductor *c, int worker, struct delivery *d)
{
    peers_settle(&c->peers, worker);
    if (c->server.peer[worker].away)
        return;
    d->number = c->worker[worker].replies++;
    order_reply(c, worker, d->number);
    encode(c, worker, d);
    reply_to(c, worker, d);
}

static int by_rank(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void reply_to_each(struct conductor *c, const struct verdict *v, struct delivery *d)
{
    struct answer_list *a = v->answer;
    if (a->n > 1 && !v->answer_all)
        qsort(a->worker, (size_t)a->n, sizeof *a->worker, by_rank);
    int n = v->answer_all ? c->spec->workers : a->n;
    for (int i = 0; i < n; i++)
        reply_to_one(c, v->answer_all ? i : a->worker[i], d);
}

void engine_server_reply(struct conductor *c, const struct verdict *v)
{
    if (!v->answer_all && v->answer->n == 0)
        return;
    assert(v->answer_all || c->protocol->answers == ANSWER_EACH);
    struct delivery d = {.version = c->server.version,
                         .rates = engine_rates(c->spec, c->place, c->update_rate),
                         .done = c->totals.iterations,
                         .progress = engine_progress(c->spec, c->place),
                         .stop = c->stopping,
                         .cancel = v->cancel,
                         .depart = c->now,
                         .arrive = VTIME_NEVER};
    if (c->protocol->answers == ANSWER_ALL)
        broadcast(c, &d);
    else
        reply_to_each(c, v, &d);
}
