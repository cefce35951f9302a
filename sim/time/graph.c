/* The messages of a graph: when they enter, which is next of a pair of nodes, which have arrived. How those that have
 * entered share the links is the part of flows.c.
 *
 *      graph_depart()               entry            flows.c          graph_take()
 *   -----------------> in flight ------------> flowing ------------> arrived ------------>
 *    a queue for each  a line by entry                               a heap by (from, to)
 *    pair of nodes */
#include "sim/time/graph.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/flows.h"
#include "sim/time/heap.h"
#include "sim/time/pairs.h"

struct graph {
    struct pairs *pairs;
    struct flows *flows;
    struct line entering; /* pairs by the entry of their current message */
    struct heap arrived;  /* pairs with messages that have arrived */
    int arrived_room;
    vtime arrival; /* of those messages */
    moment now;    /* everything up to here has been played */
    moment next;   /* change, if is_known */
    bool is_known;
    vtime clock; /* of the last departure or taking */
};

/* ---- departures ---- */

/* The current message of the pair is the next one of its queue. */
static void begin(struct graph *g, struct pair *pair)
{
    const struct message *m = pair->current;
    vtime entry = m->due > pair->free ? m->due : pair->free;
    if (pair->state == PAIR_WAITS && pair->entry == entry) /* another message instead */
        return;
    pair->state = PAIR_WAITS;
    pair->entry = entry;
    line_make_room(&g->entering);
    line_push(&g->entering, moment_of(entry), pair->number);
    g->is_known &= moment_of(entry) >= g->next;
}

void graph_depart(struct graph *g, vtime t, const struct graph_message *m)
{
    assert(t >= g->clock && moment_of(t) >= g->now && m->bytes > 0 && m->bytes < MOST_MESSAGE);
    g->clock = t;
    struct pair *pair = pairs_find(g->pairs, m->from, m->to);
    struct message *before = pair->current;
    pairs_queue(g->pairs, pair, t, m);
    if (pair->current == before)
        return;
    if (pair->state == PAIR_FLOWS) { /* the one before has entered in this ns */
        flows_withdraw(g->flows, pair->number);
        pair->state = PAIR_IDLE;
        g->is_known = false;
    }
    begin(g, pair);
}

/* ---- playing ---- */

static moment next_change(struct graph *g)
{
    if (!g->is_known) {
        moment next = flows_next(g->flows);
        moment entry = line_count(&g->entering) > 0 ? line_first(&g->entering)->key : MOMENT_NEVER;
        g->next = entry < next ? entry : next;
        g->is_known = true;
    }
    return g->next;
}

static int128 place_of(const struct pair *pair) /* in the order of ties */
{
    return (int128)pair->from << 32 | pair->to;
}

static void arrive(struct graph *g, struct pair *pair)
{
    g->arrival = pair->free = arrival_of(g->now);
    pair->state = PAIR_IDLE;
    if (pair->current == pair->oldest) {
        heap_make_room(&g->arrived, &g->arrived_room);
        heap_push(&g->arrived, place_of(pair), pair->number);
    }
    pair->current = pair->current->next;
    if (pair->current)
        begin(g, pair);
}

static void enter(struct graph *g, struct pair *pair)
{
    if (pair->state != PAIR_WAITS || moment_of(pair->entry) != g->now)
        return; /* it has got another message at its head since */
    pair->state = PAIR_FLOWS;
    flows_enter(g->flows, pair->number, &pair->route, pair->current->m.bytes);
}

/* Everything that happens at one moment is one change: what ends there shares with nothing that enters. */
static void change(struct graph *g, moment at)
{
    g->now = at;
    g->is_known = false;
    const int *ended;
    int n = flows_move(g->flows, at, &ended);
    for (int i = 0; i < n; i++)
        arrive(g, pairs_at(g->pairs, ended[i]));
    while (line_count(&g->entering) > 0 && line_first(&g->entering)->key <= at)
        enter(g, pairs_at(g->pairs, line_pop(&g->entering)));
}

vtime graph_due(struct graph *g)
{
    if (g->arrived.n > 0)
        return g->arrival;
    moment next = next_change(g);
    return next == MOMENT_NEVER ? VTIME_NEVER : arrival_of(next);
}

bool graph_play(struct graph *g, vtime t)
{
    if (g->arrived.n > 0) /* all of that ns has been played */
        return g->arrival <= t;
    for (;;) {
        moment next = next_change(g);
        if (next == MOMENT_NEVER || arrival_of(next) > t)
            return g->arrived.n > 0;
        change(g, next);
        if (g->arrived.n > 0)
            t = g->arrival;
    }
}

void graph_take(struct graph *g, struct graph_message *message)
{
    assert(g->arrived.n > 0);
    g->clock = g->arrival > g->clock ? g->arrival : g->clock;
    struct pair *pair = pairs_at(g->pairs, heap_first(&g->arrived));
    pairs_take(g->pairs, pair, message);
    if (pair->oldest == pair->current)
        heap_pop(&g->arrived);
}

/* ---- life ---- */

struct graph *graph_create(const struct graph_spec *spec)
{
    struct graph *g = need(sizeof *g);
    g->pairs = pairs_create(spec);
    g->flows = flows_create(spec);
    return g;
}

void graph_destroy(struct graph *g)
{
    if (!g)
        return;
    pairs_destroy(g->pairs);
    flows_destroy(g->flows);
    free(g->entering.queue);
    free(g->entering.heap.node);
    free(g->arrived.node);
    free(g);
}
