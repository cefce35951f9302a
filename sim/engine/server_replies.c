/* Replies of the PS: one for all workers that an answer goes to, or one for each (protocol.h: answers). */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

/* A worker that is down without the PS's knowledge is sent its reply like any other: the reply uses the link,
 * and the worker's process reads and forgets it. */
static void reply_to(struct conductor *c, int worker, const struct delivery *d)
{
    struct sim_worker *w = &c->worker[worker];
    uint64_t bytes = conductor_reply_bytes(c->spec, d->version);
    if (w->doing == DOWN) {
        engine_order(c, w, ORDER_SKIP, d->number);
        sim_worker_link_busy(w, c->now);
        w->unlisted.bytes += (int64_t)bytes;
    } else {
        sim_worker_expect(w, d);
        c->replies_in_flight++;
    }
    probe_reply_departs(&c->probe, worker, d, bytes);
    net_depart(c->down, worker, c->now, bytes, d->number);
    c->totals.replies++;
    c->totals.bytes_down += (int64_t)bytes;
}

static void order_reply(const struct conductor *c, int worker, int64_t number)
{
    engine_task(c, &(struct task){.op = TASK_REPLY, .worker = worker, .number = number});
}

static int count_answers(const struct conductor *c, const struct verdict *v)
{
    int answered = 0;
    for (int i = 0; i < c->spec->workers; i++)
        answered += v->answer[i];
    return answered;
}

/* One copy for all workers. Those of them that are away get no message, but their processes read the copy. */
static void broadcast(struct conductor *c, struct delivery *d)
{
    order_reply(c, -1, c->broadcasts);
    d->number = c->broadcasts;
    for (int i = 0; i < c->spec->workers; i++) {
        c->peer[i].unanswered = false;
        if (c->peer[i].away)
            engine_order(c, &c->worker[i], ORDER_SKIP, d->number);
        else
            reply_to(c, i, d);
    }
    c->broadcasts++;
}

static void reply_to_each(struct conductor *c, const struct verdict *v, struct delivery *d)
{
    for (int i = 0; i < c->spec->workers; i++) {
        if (!v->answer[i])
            continue;
        c->peer[i].unanswered = false;
        if (c->peer[i].away)
            continue;
        d->number = c->worker[i].replies++;
        order_reply(c, i, d->number);
        reply_to(c, i, d);
    }
}

void engine_server_reply(struct conductor *c, const struct verdict *v)
{
    struct delivery d = {.version = c->server.version,
                         .rates = engine_rates(c->spec, (double)c->totals.iterations, c->update_rate),
                         .done = c->totals.iterations,
                         .progress = engine_progress(c->spec, c->totals.iterations),
                         .stop = c->stopping,
                         .cancel = v->cancel,
                         .depart = c->now,
                         .arrive = VTIME_NEVER};
    int answered = count_answers(c, v);
    if (answered == 0)
        return;
    if (c->protocol->answers == ANSWER_ALL) {
        assert(answered == c->spec->workers);
        broadcast(c, &d);
    } else {
        reply_to_each(c, v, &d);
    }
}
