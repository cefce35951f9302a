#include "sim/time/pairs.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/time/exact.h"

struct pairs {
    struct graph_spec spec; /* its links are a copy */
    struct pair **pair;
    int n, room;
    int *table;             /* numbers + 1, by hash; 0: none. Half of them or more are 0 */
    struct message *unused; /* memory for messages */
};

/* ---- pairs ---- */

/* The place of the pair in the table, or the one where it belongs. */
static int *place_of(const struct pairs *p, int from, int to)
{
    uint64_t hash = ((uint64_t)from << 32 | (uint64_t)to) * 0x9e3779b97f4a7c15;
    size_t mask = 2 * (size_t)p->room - 1, i = (hash ^ hash >> 32) & mask;
    for (; p->table[i] > 0; i = (i + 1) & mask) {
        const struct pair *pair = p->pair[p->table[i] - 1];
        if (pair->from == from && pair->to == to)
            break;
    }
    return &p->table[i];
}

static void grow(struct pairs *p)
{
    int room = p->room > 0 ? 2 * p->room : 64;
    p->pair = need_more(p->pair, (size_t)p->n * sizeof(struct pair *), (size_t)room * sizeof(struct pair *));
    free(p->table);
    p->table = need(2 * (size_t)room * sizeof *p->table);
    p->room = room;
    for (int i = 0; i < p->n; i++)
        *place_of(p, p->pair[i]->from, p->pair[i]->to) = i + 1;
}

/* The exact sum of the latencies, times the factor, times a drawn one. */
static vtime latency_of(const struct pairs *p, const int *link, int links, double drawn)
{
    struct exact_term term[EXACT_TERMS];
    for (int i = 0; i < links; i++)
        term[i] =
            (struct exact_term){i ? EXACT_PLUS : EXACT_TIMES, EXACT_DECIMAL, p->spec.link[link[i]].latency};
    term[links] = (struct exact_term){EXACT_TIMES, EXACT_DECIMAL, p->spec.latency_factor};
    term[links + 1] = (struct exact_term){EXACT_TIMES, EXACT_DOUBLE, drawn};
    return exact_ns(term, links + 2, 0);
}

static int route_of(const struct pairs *p, const struct pair *pair, int *link)
{
    int links = p->spec.route(p->spec.context, pair->from, pair->to, link);
    assert(links > 0 && links <= LONGEST_ROUTE);
    return links;
}

static void open_pair(const struct pairs *p, struct pair *pair)
{
    int link[LONGEST_ROUTE], links = route_of(p, pair, link);
    double latency = 0;
    for (int i = 0; i < links; i++) {
        latency += p->spec.link[link[i]].latency;
        if (!isinf(p->spec.link[link[i]].bandwidth))
            pair->route.link[pair->route.links++] = link[i];
    }
    pair->route.cap = latency > 0 ? p->spec.window / (2 * latency) / NS_PER_S : INFINITY;
    pair->latency = latency_of(p, link, links, 1);
}

struct pair *pairs_find(struct pairs *p, int from, int to)
{
    if (p->n == p->room)
        grow(p);
    int *place = place_of(p, from, to);
    if (*place > 0)
        return p->pair[*place - 1];
    struct pair *pair = p->pair[p->n] = need(sizeof *pair);
    pair->number = p->n++;
    pair->from = from;
    pair->to = to;
    *place = p->n;
    open_pair(p, pair);
    return pair;
}

struct pair *pairs_at(const struct pairs *p, int number)
{
    return p->pair[number];
}

/* ---- messages ---- */

static vtime draw_latency(const struct pairs *p, const struct pair *pair, uint64_t number)
{
    if (p->spec.jitter == 0)
        return pair->latency;
    const struct draw_key key = {.seed = p->spec.seed,
                                 .purpose = DRAW_LATENCY,
                                 .rank = pair->from,
                                 .round = 2 + (uint64_t)pair->to,
                                 .iteration = number};
    int link[LONGEST_ROUTE], links = route_of(p, pair, link);
    return latency_of(p, link, links, draw_lognormal(&key, 0, p->spec.jitter));
}

static struct message *new_message(struct pairs *p, vtime t, const struct graph_message *m)
{
    struct message *new = p->unused ? p->unused : need(sizeof *new);
    p->unused = p->unused ? p->unused->next : NULL;
    *new = (struct message){.m = *m};
    new->m.depart = t;
    return new;
}

static bool is_behind(const struct message *before, const struct message *m)
{
    return before->m.depart < m->m.depart || before->m.order <= m->m.order;
}

/* Numbers, and with them jitter, are in the order of service: those behind the new message, which have departed in
 * this ns, get others. */
static void number_from(const struct pairs *p, const struct pair *pair, struct message *m)
{
    uint64_t number = m->next ? m->next->number : pair->departed;
    for (; m; m = m->next, number++) {
        m->number = number;
        m->due = m->m.depart + draw_latency(p, pair, number);
    }
}

void pairs_queue(struct pairs *p, struct pair *pair, vtime t, const struct graph_message *m)
{
    struct message *new = new_message(p, t, m), **place = &pair->oldest;
    if (pair->youngest && is_behind(pair->youngest, new)) {
        place = &pair->youngest->next;
    } else {
        while (*place != pair->current)
            place = &(*place)->next;
        while (*place && is_behind(*place, new))
            place = &(*place)->next;
    }
    new->next = *place;
    *place = new;
    if (!new->next)
        pair->youngest = new;
    if (new->next == pair->current)
        pair->current = new;
    number_from(p, pair, new);
    pair->departed++;
}

void pairs_take(struct pairs *p, struct pair *pair, struct graph_message *m)
{
    struct message *taken = pair->oldest;
    *m = taken->m;
    pair->oldest = taken->next;
    if (!pair->oldest)
        pair->youngest = NULL;
    taken->next = p->unused;
    p->unused = taken;
}

/* ---- life ---- */

struct pairs *pairs_create(const struct graph_spec *spec)
{
    struct pairs *p = need(sizeof *p);
    size_t bytes = (size_t)spec->links * sizeof *spec->link;
    p->spec = *spec;
    p->spec.link = memcpy(need(bytes), spec->link, bytes);
    return p;
}

static void free_messages(struct message *m)
{
    for (struct message *next; m; m = next) {
        next = m->next;
        free(m);
    }
}

void pairs_destroy(struct pairs *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->n; i++) {
        free_messages(p->pair[i]->oldest);
        free(p->pair[i]);
    }
    free_messages(p->unused);
    free((void *)p->spec.link);
    free(p->pair);
    free(p->table);
    free(p);
}
