/* Messages, timers and events of an exchange over a graph.
 *
 * A message has no memory here: the graph brings back the number by which it orders messages, and that number says
 * which message it is. */
#include "sim/exchange/inside.h"

#include <assert.h>

enum { STEP_BITS = 23, PHASE_BITS = 4 };

static int64_t code_of(const struct exchange_message *m)
{
    assert(m->step >= 0 && m->step < 1 << STEP_BITS && m->exchange >= 0);
    assert(m->exchange < INT64_C(1) << (63 - STEP_BITS - PHASE_BITS));
    return m->exchange << (STEP_BITS + PHASE_BITS) | (int64_t)m->phase << STEP_BITS | m->step;
}

static struct exchange_message message_of(int64_t code)
{
    return (struct exchange_message){.exchange = code >> (STEP_BITS + PHASE_BITS),
                                     .phase = code >> STEP_BITS & ((1 << PHASE_BITS) - 1),
                                     .step = (int)(code & ((1 << STEP_BITS) - 1)),
                                     .arrive = VTIME_NEVER};
}

struct exchange_message wire_message(const struct graph_message *g)
{
    struct exchange_message m = message_of(g->id);
    m.from = g->from;
    m.to = g->to;
    m.bytes = g->bytes;
    m.depart = g->depart;
    return m;
}

void wire_send(struct exchange *x, const struct exchange_message *m)
{
    if (m->exchange > x->last)
        return;
    int64_t code = code_of(m);
    struct graph_message g = {.from = m->from,
                              .to = m->to,
                              .bytes = m->bytes + (uint64_t)x->spec->header,
                              .order = (uint64_t)code,
                              .id = code};
    graph_depart(x->graph, x->now, &g);
    if (!x->has_watch)
        return;
    g.depart = x->now;
    const struct exchange_message seen = wire_message(&g);
    x->watch.departs(x->watch.context, &seen);
}

bool wire_is_over(const struct exchange *x, int64_t number)
{
    return number > x->last;
}

void wire_serve(struct exchange *x, vtime t, const struct exchange_message *m)
{
    queue_push(x->timers, &(struct event){t, TIMER_SERVED, m->from, code_of(m)});
}

void wire_encode(struct exchange *x, vtime t, int shard)
{
    queue_push(x->timers, &(struct event){.at = t, .kind = TIMER_ENCODED, .rank = shard});
}

void wire_timer(struct exchange *x, const struct event *timer)
{
    struct exchange_message m = message_of(timer->id);
    m.from = timer->rank;
    m.to = topology_server(x->spec->topology, m.step);
    if (m.exchange <= x->last)
        x->kind->served(x, &m);
}

/* ---- events ---- */

void wire_event(struct exchange *x, enum exchange_event kind, int worker)
{
    x->waiting++;
    if (x->member[worker].events[kind]++ == 0)
        ranks_add(&x->events[kind], worker);
}

/* Events come in the order of pushes and of replies, so their ids are the oldest. */
bool wire_take(struct exchange *x, enum exchange_event kind, int *worker, int64_t *id)
{
    if (x->events[kind].n == 0)
        return false;
    *worker = ranks_lowest(&x->events[kind]);
    struct member *m = &x->member[*worker];
    if (kind == EXCHANGE_SENT)
        *id = ids_newest(&m->pushes);
    else
        *id = ids_pop(kind == EXCHANGE_PUSH ? &m->pushes : &m->replies);
    x->waiting--;
    if (--m->events[kind] == 0)
        ranks_remove(&x->events[kind], *worker);
    return true;
}

void wire_reduced(struct exchange *x)
{
    int n = exchange_workers(x);
    x->reduced++;
    x->owed += n;
    for (int worker = 0; worker < n; worker++)
        wire_event(x, EXCHANGE_PUSH, worker);
}

void wire_result(struct exchange *x, int worker)
{
    struct member *m = &x->member[worker];
    if (m->results++ < m->replied)
        wire_event(x, EXCHANGE_REPLY, worker);
}

void wire_replied(struct exchange *x, int worker, int64_t id)
{
    struct member *m = &x->member[worker];
    ids_push(&m->replies, id);
    if (m->replied++ < m->results)
        wire_event(x, EXCHANGE_REPLY, worker);
}

void wire_closed(struct exchange *x, int worker, int64_t number)
{
    if (x->has_watch)
        x->watch.closed(x->watch.context, worker, number, x->now);
}

/* ---- what an exchange is ---- */

bool exchange_is_whole(const struct exchange *x)
{
    return x->whole;
}

int exchange_worker_of(const struct exchange *x, int node)
{
    const struct topology *t = x->spec->topology;
    int workers = t ? t->workers : x->spec->up.workers;
    if (node < workers)
        return node;
    return t && t->colocated ? node - workers : -1;
}

const struct exchange_spec *exchange_spec_of(const struct exchange *x)
{
    return x->spec;
}

void *exchange_own(const struct exchange *x)
{
    return x->own;
}

vtime exchange_now(const struct exchange *x)
{
    return x->now;
}
