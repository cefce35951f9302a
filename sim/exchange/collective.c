/* Exchanges of all workers in progress, each with its own state, and their order.
 *
 *    exchange e      joins   begins                     result
 *    worker 0          |-------|===========================|
 *    exchange e + 1        joins                           |--- overhead ---|== begins
 *
 * A worker joins when the conductor says so, and takes part from max(its join, its result of the exchange before) +
 * overhead. Messages for it may come earlier: the kind's state counts them. */
#include "sim/exchange/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

/* ---- which are in progress ---- */

/* One block: the struct, its parts, the state of the kind. */
static size_t parts_at(void)
{
    return (sizeof(struct collective) + 63) / 64 * 64;
}

static size_t state_at(int workers)
{
    return parts_at() + ((size_t)workers * sizeof(struct part) + 63) / 64 * 64;
}

static size_t bytes_of(const struct exchange *x)
{
    int n = exchange_workers(x);
    size_t state = x->kind->state_bytes(n), other = x->gather->state_bytes(n);
    return state_at(n) + (state > other ? state : other);
}

static const struct exchange_kind *kind_of(const struct exchange *x, int64_t number)
{
    const struct exchange_spec *spec = x->spec;
    bool gathers = x->kind->adds_up && spec->gathers && spec->gathers(spec->context, number);
    return gathers ? x->gather : x->kind;
}

static struct collective *block(struct exchange *x)
{
    struct in_progress *u = &x->in_progress;
    if (u->bytes == 0)
        u->bytes = bytes_of(x);
    if (u->spares == 0)
        return need(u->bytes);
    struct collective *e = u->spare[--u->spares];
    memset(e, 0, u->bytes);
    return e;
}

static struct collective *make(struct exchange *x, int64_t number, uint64_t payload)
{
    struct collective *e = block(x);
    e->exchange = x;
    e->kind = kind_of(x, number);
    e->number = number;
    e->workers = exchange_workers(x);
    e->payload = payload;
    e->part = (struct part *)((char *)e + parts_at());
    e->state = (char *)e + state_at(e->workers);
    e->open = e->workers;
    for (int i = 0; i < e->workers; i++)
        e->part[i].left = e->kind->messages(e, i);
    return e;
}

static struct collective *find(const struct exchange *x, int64_t number)
{
    const struct in_progress *u = &x->in_progress;
    assert(number >= u->first && number < u->end);
    return u->at[number & (u->room - 1)];
}

static void make_room(struct in_progress *u)
{
    int64_t room = u->room ? 2 * u->room : 4;
    struct collective **at = need((size_t)room * sizeof(struct collective *));
    for (int64_t i = u->first; i < u->end; i++)
        at[i & (room - 1)] = u->at[i & (u->room - 1)];
    free(u->at);
    u->at = at;
    u->room = room;
}

/* The first worker that joins makes the exchange. Workers join in the order of numbers, so no number is skipped. */
static struct collective *find_or_make(struct exchange *x, int64_t number, uint64_t payload)
{
    struct in_progress *u = &x->in_progress;
    if (number < u->end)
        return find(x, number);
    if (u->end - u->first == u->room)
        make_room(u);
    u->end++;
    return u->at[number & (u->room - 1)] = make(x, number, payload);
}

static void put_aside(struct in_progress *u, struct collective *e)
{
    if (u->spares == u->spare_room) {
        int room = u->spare_room ? 2 * u->spare_room : 4;
        u->spare = need_more(u->spare, (size_t)u->spares * sizeof(void *), (size_t)room * sizeof(void *));
        u->spare_room = room;
    }
    u->spare[u->spares++] = e;
}

static void forget_the_done(struct in_progress *u)
{
    while (u->first < u->end) {
        struct collective *e = u->at[u->first & (u->room - 1)];
        if (e->open > 0 || e->results < e->workers)
            return;
        put_aside(u, e);
        u->first++;
    }
}

void collective_close(struct exchange *x)
{
    struct in_progress *u = &x->in_progress;
    for (; u->first < u->end; u->first++)
        free(find(x, u->first));
    for (int i = 0; i < u->spares; i++)
        free(u->spare[i]);
    free(u->at);
    free(u->spare);
}

/* ---- order ---- */

static void begin_later(struct exchange *x, int worker, int64_t number)
{
    queue_push(x->timers, &(struct event){x->now + x->spec->overhead, TIMER_BEGIN, worker, number});
}

void collective_join(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    find_or_make(x, number, payload)->part[worker].payload = payload;
    if (x->member[worker].results == number)
        begin_later(x, worker, number);
}

void collective_begin(struct exchange *x, int worker, int64_t number)
{
    if (number > x->last)
        return;
    struct collective *e = find(x, number);
    e->part[worker].begun = true;
    e->kind->begin(e, worker);
}

void collective_send(struct collective *e, const struct exchange_message *m)
{
    struct exchange_message numbered = *m;
    numbered.exchange = e->number;
    wire_send(e->exchange, &numbered);
}

void collective_reduced(struct collective *e)
{
    assert(e->number == e->exchange->reduced);
    wire_reduced(e->exchange);
}

void collective_result(struct collective *e, int worker)
{
    struct exchange *x = e->exchange;
    assert(e->number < x->reduced && e->number == x->member[worker].results);
    e->results++;
    wire_result(x, worker);
    if (x->member[worker].pushed > e->number + 1)
        begin_later(x, worker, e->number + 1);
}

/* ---- messages ---- */

static void count_off(struct collective *e, int worker)
{
    if (--e->part[worker].left > 0)
        return;
    e->open--;
    wire_closed(e->exchange, worker, e->number);
}

void collective_arrives(struct exchange *x, const struct exchange_message *m)
{
    struct collective *e = find(x, m->exchange);
    e->kind->received(e, m);
    count_off(e, m->from);
    count_off(e, m->to);
    if (e->open == 0)
        forget_the_done(&x->in_progress);
}
