#include "tests/rigs/slow_graph.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/time/bandwidth.h"
#include "sim/time/exact.h"
#include "sim/time/fluid.h"

struct message {
    struct graph_message as_given;
    vtime due; /* departure + latency */
    struct message *next;
};

/* The messages from one node to another that have not arrived. */
struct pair {
    int from, to;
    int links, link[LONGEST_ROUTE];
    double cap;              /* of the window, bytes/ns */
    uint64_t arrived;        /* messages so far */
    vtime free;              /* arrival of the one before */
    struct message *current; /* the oldest; NULL: none */
    bool flows;              /* it has entered */
    volume rest;             /* at `since` */
    moment since, end;       /* of its rate */
    struct rate rate;
    bool has_rate, is_fixed; /* since it entered; in the search for rates */
};

struct link {
    struct bandwidth bandwidth;
    double latency;
    int128 left; /* in the search for rates: not given away yet, in levels */
    int flows;   /* that have no rate yet */
};

struct slow_graph {
    struct graph_spec spec;
    struct link *link;
    int pairs;
    struct pair *pair;
    int scale;               /* a level is a bandwidth in 2^-scale bytes/ns */
    struct message *arrived; /* those that wait to be taken, in their order */
    vtime arrival;
    moment now;
    bool is_settled; /* rates are of the present flows and bandwidths */
    vtime clock;
};

/* ---- departures ---- */

static int append_latencies(const struct slow_graph *g, const struct pair *pair, struct exact_term *term)
{
    for (int i = 0; i < pair->links; i++)
        term[i] =
            (struct exact_term){i ? EXACT_PLUS : EXACT_TIMES, EXACT_DECIMAL, g->link[pair->link[i]].latency};
    term[pair->links] = (struct exact_term){EXACT_TIMES, EXACT_DECIMAL, g->spec.latency_factor};
    return pair->links + 1;
}

static vtime latency_of(const struct slow_graph *g, const struct pair *pair, uint64_t number)
{
    struct exact_term term[EXACT_TERMS];
    int n = append_latencies(g, pair, term);
    if (g->spec.jitter > 0) {
        struct draw_key key = {.seed = g->spec.seed,
                               .purpose = DRAW_LATENCY,
                               .rank = pair->from,
                               .round = 2 + (uint64_t)pair->to,
                               .iteration = number};
        term[n++] = (struct exact_term){EXACT_TIMES, EXACT_DOUBLE, draw_lognormal(&key, 0, g->spec.jitter)};
    }
    return exact_ns(term, n, 0);
}

static void open_pair(struct slow_graph *g, struct pair *pair, int from, int to)
{
    *pair = (struct pair){.from = from, .to = to, .cap = INFINITY};
    pair->links = g->spec.route(g->spec.context, from, to, pair->link);
    assert(pair->links > 0 && pair->links <= LONGEST_ROUTE);
    double latency = 0;
    for (int i = 0; i < pair->links; i++)
        latency += g->link[pair->link[i]].latency;
    if (latency > 0)
        pair->cap = g->spec.window / (2 * latency) / NS_PER_S;
}

static struct pair *pair_of(struct slow_graph *g, int from, int to)
{
    for (int i = 0; i < g->pairs; i++)
        if (g->pair[i].from == from && g->pair[i].to == to)
            return &g->pair[i];
    g->pair = need_one_more(g->pair, (unsigned long)g->pairs, sizeof *g->pair);
    open_pair(g, &g->pair[g->pairs], from, to);
    return &g->pair[g->pairs++];
}

/* Behind those that departed earlier, or in the same ns in an earlier order. Numbers, and with them jitter, are
 * in the order of service. */
void slow_graph_depart(struct slow_graph *g, vtime t, const struct graph_message *m)
{
    assert(t >= g->clock && moment_of(t) >= g->now && m->bytes > 0 && m->bytes < MOST_MESSAGE);
    g->clock = t;
    struct pair *pair = pair_of(g, m->from, m->to);
    struct message *new = need(sizeof *new), **place = &pair->current;
    new->as_given = *m;
    new->as_given.depart = t;
    uint64_t number = pair->arrived;
    for (; *place && ((*place)->as_given.depart < t || (*place)->as_given.order <= m->order); number++)
        place = &(*place)->next;
    if (place == &pair->current && pair->flows) { /* the one that flows has entered in this ns */
        pair->flows = false;
        g->is_settled = false;
    }
    new->next = *place;
    *place = new;
    for (; new; new = new->next)
        new->due = t + latency_of(g, pair, number++);
}

/* ---- rates ---- */

static const int128 most_level = (int128)1 << 106;

static int128 level_of(const struct slow_graph *g, double rate)
{
    double level = ldexp(rate, g->scale);
    return level >= 0x1p106 ? most_level : level > 1 ? (int128)level : 1;
}

static void give(struct slow_graph *g, struct pair *pair, struct rate rate, int128 level)
{
    pair->is_fixed = true;
    for (int i = 0; i < pair->links; i++) {
        g->link[pair->link[i]].left -= level;
        g->link[pair->link[i]].flows--;
    }
    if (pair->has_rate && rate.mantissa == pair->rate.mantissa && rate.shift == pair->rate.shift)
        return;
    if (pair->has_rate && pair->rate.mantissa != 0)
        pair->rest -= volume_in(pair->rate, g->now - pair->since);
    pair->has_rate = true;
    pair->rate = rate;
    pair->since = g->now;
    pair->end = snapped(g->now + time_for(rate, pair->rest));
}

static bool uses(const struct pair *pair, int link)
{
    for (int i = 0; i < pair->links; i++)
        if (pair->link[i] == link)
            return true;
    return false;
}

/* The link that limits its flows most, and the flow that its window limits more than that; -1: none. */
static void find_tightest(const struct slow_graph *g, int *link, int *capped)
{
    int128 least = most_level + 1;
    *link = *capped = -1;
    for (int i = 0; i < g->spec.links; i++) {
        const struct link *l = &g->link[i];
        if (l->flows > 0 && !isinf(l->bandwidth.rate) && l->left / l->flows < least) {
            *link = i;
            least = l->left / l->flows;
        }
    }
    for (int i = 0; i < g->pairs; i++) {
        const struct pair *pair = &g->pair[i];
        if (pair->flows && !pair->is_fixed && !isinf(pair->cap) && level_of(g, pair->cap) < least) {
            *capped = i;
            least = level_of(g, pair->cap);
        }
    }
}

static void count_flows(struct slow_graph *g)
{
    for (int i = 0; i < g->spec.links; i++) {
        bandwidth_move(&g->link[i].bandwidth, whole_ns(g->now));
        g->link[i].left = level_of(g, g->link[i].bandwidth.rate);
        g->link[i].flows = 0;
    }
    for (int i = 0; i < g->pairs; i++) {
        g->pair[i].is_fixed = false;
        for (int j = 0; g->pair[i].flows && j < g->pair[i].links; j++)
            g->link[g->pair[i].link[j]].flows++;
    }
}

/* Progressive filling. */
static void settle(struct slow_graph *g)
{
    if (g->is_settled)
        return;
    g->is_settled = true;
    count_flows(g);
    for (;;) {
        int link, capped;
        find_tightest(g, &link, &capped);
        if (capped >= 0) {
            give(g, &g->pair[capped], rate_of(g->pair[capped].cap), level_of(g, g->pair[capped].cap));
            continue;
        }
        if (link < 0)
            break;
        int flows = g->link[link].flows;
        struct rate rate = rate_of_quotient(g->link[link].left, g->scale, flows);
        int128 level = g->link[link].left / flows;
        for (int i = 0; i < g->pairs; i++)
            if (g->pair[i].flows && !g->pair[i].is_fixed && uses(&g->pair[i], link))
                give(g, &g->pair[i], rate, level);
    }
    for (int i = 0; i < g->pairs; i++)
        if (g->pair[i].flows && !g->pair[i].is_fixed)
            give(g, &g->pair[i], rate_of(INFINITY), 0);
}

/* ---- playing ---- */

static moment entry_of(const struct pair *pair)
{
    return moment_of(pair->current->due > pair->free ? pair->current->due : pair->free);
}

static moment next_change(struct slow_graph *g)
{
    settle(g);
    moment next = MOMENT_NEVER;
    bool flows = false;
    for (int i = 0; i < g->pairs; i++) {
        const struct pair *pair = &g->pair[i];
        moment at = pair->flows ? pair->end : pair->current ? entry_of(pair) : MOMENT_NEVER;
        next = at < next ? at : next;
        flows |= pair->flows;
    }
    for (int i = 0; flows && i < g->spec.links; i++) {
        moment at = moment_of(g->link[i].bandwidth.until);
        next = at < next ? at : next;
    }
    return next;
}

static void arrive(struct slow_graph *g, struct pair *pair)
{
    struct message *m = pair->current, **last = &g->arrived;
    pair->current = m->next;
    pair->flows = false;
    pair->arrived++;
    g->arrival = pair->free = arrival_of(g->now);
    while (*last)
        last = &(*last)->next;
    *last = m;
    m->next = NULL;
}

/* Everything that happens at one moment is one change: what ends there shares with nothing that enters. */
static void change(struct slow_graph *g, moment at)
{
    g->now = at;
    g->is_settled = false;
    for (int i = 0; i < g->pairs; i++)
        if (g->pair[i].flows && g->pair[i].end == at)
            arrive(g, &g->pair[i]);
    for (int i = 0; i < g->pairs; i++) {
        struct pair *pair = &g->pair[i];
        if (!pair->flows && pair->current && entry_of(pair) == at) {
            pair->flows = true;
            pair->has_rate = false;
            pair->rest = volume_of(pair->current->as_given.bytes);
        }
    }
}

vtime slow_graph_due(struct slow_graph *g)
{
    if (g->arrived)
        return g->arrival;
    moment next = next_change(g);
    return next == MOMENT_NEVER ? VTIME_NEVER : arrival_of(next);
}

bool slow_graph_play(struct slow_graph *g, vtime t)
{
    if (g->arrived) /* all of that ns has been played */
        return g->arrival <= t;
    for (;;) {
        moment next = next_change(g);
        if (next == MOMENT_NEVER || arrival_of(next) > t)
            return g->arrived != NULL;
        change(g, next);
        if (g->arrived)
            t = g->arrival;
    }
}

static bool is_before(const struct graph_message *a, const struct graph_message *b)
{
    return a->from != b->from ? a->from < b->from : a->to < b->to;
}

void slow_graph_take(struct slow_graph *g, struct graph_message *message)
{
    assert(g->arrived);
    g->clock = g->arrival > g->clock ? g->arrival : g->clock;
    struct message **first = &g->arrived;
    for (struct message **m = first; *m; m = &(*m)->next)
        if (is_before(&(*m)->as_given, &(*first)->as_given))
            first = m;
    struct message *taken = *first;
    *message = taken->as_given;
    *first = taken->next;
    free(taken);
}

/* ---- life ---- */

static int scale_for(const struct graph_spec *spec)
{
    double most = 0;
    for (int i = 0; i < spec->links; i++) {
        const struct graph_link *l = &spec->link[i];
        double largest = 1;
        for (size_t j = 0; l->trace && j < l->trace->n; j++)
            largest = fmax(largest, l->trace->step[j].factor);
        if (!isinf(l->bandwidth))
            most = fmax(most, l->bandwidth / NS_PER_S * largest);
    }
    int exponent;
    frexp(most, &exponent);
    return 105 - exponent;
}

struct slow_graph *slow_graph_create(const struct graph_spec *spec)
{
    struct slow_graph *g = need(sizeof *g);
    g->spec = *spec;
    g->spec.link = NULL;
    g->link = need((size_t)spec->links * sizeof *g->link);
    for (int i = 0; i < spec->links; i++) {
        g->link[i].bandwidth = bandwidth_create(spec->link[i].bandwidth, spec->link[i].trace);
        g->link[i].latency = spec->link[i].latency;
    }
    g->scale = scale_for(spec);
    return g;
}

static void free_messages(struct message *m)
{
    for (struct message *next; m; m = next) {
        next = m->next;
        free(m);
    }
}

void slow_graph_destroy(struct slow_graph *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->pairs; i++)
        free_messages(g->pair[i].current);
    free_messages(g->arrived);
    free(g->pair);
    free(g->link);
    free(g);
}
