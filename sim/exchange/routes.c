/* Kinds over a graph. One ns goes in this order, and more often than once if messages take no time:
 *
 *    messages arrive --> services end --> the conductor takes EXCHANGE_PUSH, and updates, or stops
 *                                         --> workers begin their next exchange --> ... EXCHANGE_REPLY */
#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/exchange/inside.h"

/* ---- life ---- */

void routes_open(struct exchange *x)
{
    size_t n = (size_t)exchange_workers(x);
    x->kind = x->spec->kind ? x->spec->kind : exchange_list[0];
    if (x->spec->buckets && x->kind->in_buckets)
        x->kind = x->kind->in_buckets;
    x->gather = &exchange_all_gather;
    x->whole = x->kind->all_workers || (x->kind->may_be_whole && x->spec->all_workers);
    x->graph = graph_create(&x->spec->topology->graph);
    x->timers = queue_create();
    int words = ranks_words((int)n);
    for (int i = 0; i < EXCHANGE_EVENTS; i++) {
        x->events[i].bits = need((size_t)words * sizeof *x->events[i].bits);
        x->events[i].words = need((size_t)ranks_words(words) * sizeof *x->events[i].words);
    }
    x->member = need(n * sizeof *x->member);
    x->encoded = need((size_t)x->spec->topology->shards * sizeof *x->encoded);
    x->last = INT64_MAX;
    x->own = x->kind->open ? x->kind->open(x) : NULL;
}

void routes_close(struct exchange *x)
{
    if (x->kind->close)
        x->kind->close(x->own);
    collective_close(x);
    graph_destroy(x->graph);
    queue_destroy(x->timers);
    for (int i = 0; i < EXCHANGE_EVENTS; i++) {
        free(x->events[i].bits);
        free(x->events[i].words);
    }
    for (int i = 0; i < exchange_workers(x); i++) {
        free(x->member[i].pushes.id);
        free(x->member[i].replies.id);
    }
    free(x->member);
    free(x->encoded);
}

/* ---- what the conductor sends ---- */

static uint64_t payload_of(const struct exchange *x, uint64_t bytes)
{
    assert(bytes >= (uint64_t)x->spec->header);
    return bytes - (uint64_t)x->spec->header;
}

void routes_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    x->now = t;
    struct member *m = &x->member[worker];
    ids_push(&m->pushes, id);
    int64_t number = m->pushed++;
    if (x->kind->all_workers)
        collective_join(x, worker, number, payload_of(x, bytes));
    else
        x->kind->push(x, worker, number, payload_of(x, bytes));
}

void routes_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    x->now = t;
    int64_t number = x->member[worker].replied;
    wire_replied(x, worker, id);
    if (!x->whole)
        x->kind->reply(x, worker, number, payload_of(x, bytes));
}

bool routes_encode(struct exchange *x, int worker, vtime t, int64_t number)
{
    x->now = t;
    return x->kind->encode && x->kind->encode(x, worker, number);
}

/* ---- playing ---- */

static void arrives(struct exchange *x, const struct graph_message *g)
{
    struct exchange_message m = wire_message(g);
    m.arrive = x->now;
    if (x->has_watch)
        x->watch.arrives(x->watch.context, &m);
    if (m.exchange > x->last)
        return;
    if (x->kind->all_workers)
        collective_arrives(x, &m);
    else
        x->kind->arrives(x, &m);
}

static bool timer_is_due(const struct exchange *x, vtime t, int last_kind)
{
    struct event e;
    return queue_peek(x->timers, &e) && e.at <= t && e.kind <= last_kind;
}

/* All that may reduce an exchange at t. */
static void play_arrivals(struct exchange *x, vtime t)
{
    struct graph_message g;
    struct event e;
    x->now = t;
    while (graph_play(x->graph, t)) {
        graph_take(x->graph, &g);
        arrives(x, &g);
    }
    while (timer_is_due(x, t, TIMER_SERVED)) {
        queue_pop(x->timers, &e);
        wire_timer(x, &e);
    }
}

/* All shards go on before what one of them serves in no time is played: their order decides nothing. */
static void play_encoded(struct exchange *x, vtime t)
{
    struct event e;
    int n = 0;
    while (timer_is_due(x, t, TIMER_ENCODED)) {
        queue_pop(x->timers, &e);
        if (n == 0 || x->encoded[n - 1] != e.rank)
            x->encoded[n++] = e.rank;
    }
    for (int i = 0; i < n; i++)
        x->kind->encoded(x, x->encoded[i]);
}

/* A service that ends in this ns as well is for play_arrivals(). */
static void play_begins(struct exchange *x, vtime t)
{
    struct event e;
    x->now = t;
    while (timer_is_due(x, t, TIMER_BEGIN) && !timer_is_due(x, t, TIMER_SERVED)) {
        if (timer_is_due(x, t, TIMER_ENCODED)) {
            play_encoded(x, t);
            continue;
        }
        queue_pop(x->timers, &e);
        collective_begin(x, e.rank, e.id);
    }
}

static vtime next_change(struct exchange *x)
{
    struct event e;
    vtime t = graph_due(x->graph);
    return queue_peek(x->timers, &e) && e.at < t ? e.at : t;
}

vtime routes_due(struct exchange *x)
{
    return x->waiting > 0 ? x->now : next_change(x);
}

bool routes_play(struct exchange *x, vtime t)
{
    while (x->waiting == 0) {
        vtime due = next_change(x);
        if (due > t)
            return false;
        play_arrivals(x, due);
        if (x->waiting == 0)
            play_begins(x, due);
    }
    return x->now <= t;
}

bool routes_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    if (next_change(x) <= t) {
        play_arrivals(x, t);
        if (kind == EXCHANGE_REPLY && x->events[EXCHANGE_PUSH].n == 0) /* that update may end the run */
            play_begins(x, t);
    }
    bool any = wire_take(x, kind, worker, id);
    x->owed -= any && x->whole && kind == EXCHANGE_REPLY;
    return any;
}
