/* The graph against the slow one (tests/rigs/slow_graph.h) on random graphs, to the ns: routes that share links in any
 * way, senders that send again after each arrival, traces, windows, jitter, and much at the same ns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/routes.h"
#include "tests/rigs/slow_graph.h"
#include "tests/rigs/some.h"

enum { MOST_STEPS = 8, MOST_PAIRS = 60 };

struct scene {
    struct routes r;
    struct trace trace[ROUTES_LINKS];
    struct trace_step step[ROUTES_LINKS][MOST_STEPS];
    /* of what is sent */
    int pairs, from[MOST_PAIRS], to[MOST_PAIRS];
    vtime departure[MOST_PAIRS], most_pause, grid;
    uint64_t most_bytes;
    bool equal_bytes;
    int messages;
};

/* ---- graphs ---- */

static void some_links(struct scene *s)
{
    const double latencies[] = {0, 1e-8, 1e-4, 0.1};
    double most_latency = latencies[below(4)];
    int n = s->r.spec.links, kinds = below(2) ? n : 1 + below(n < 4 ? n : 4);
    bool has_traces = below(3) == 0, one_latency = below(2);
    for (int i = 0; i < n; i++) {
        s->r.link[i] = (struct graph_link){i < kinds ? some_bandwidth() : s->r.link[below(kinds)].bandwidth,
                                           one_latency ? most_latency : uniform(0, most_latency), NULL};
        if (has_traces && below(2)) {
            s->trace[i] = some_trace(s->step[i], MOST_STEPS);
            s->r.link[i].trace = &s->trace[i];
        }
    }
}

static bool has(const int *route, int n, int link)
{
    for (int i = 0; i < n; i++)
        if (route[i] == link + 1)
            return true;
    return false;
}

/* Any links in any order; or, as in most networks, one of the sender, some in between, and one of the receiver. */
static void some_route(struct scene *s, int from, int to, bool is_wild)
{
    int *route = s->r.route[from][to], nodes = s->r.spec.nodes, links = s->r.spec.links, n = 0;
    if (!is_wild)
        route[n++] = 1 + from % links;
    for (int wanted = is_wild ? 1 + below(LONGEST_ROUTE) : below(3); wanted > 0; wanted--) {
        int link = is_wild || 2 * nodes >= links ? below(links) : 2 * nodes + below(links - 2 * nodes);
        if (!has(route, n, link))
            route[n++] = 1 + link;
    }
    int last = (nodes + to) % links;
    if (!is_wild && !has(route, n, last))
        route[n++] = 1 + last;
}

static void some_pairs(struct scene *s)
{
    bool is_wild = below(2);
    s->pairs = 1 + below(MOST_PAIRS);
    for (int i = 0; i < s->pairs; i++) {
        int from = s->from[i] = below(s->r.spec.nodes), to = s->to[i] = below(s->r.spec.nodes);
        if (s->r.route[from][to][0] == 0)
            some_route(s, from, to, is_wild);
        s->departure[i] = up_to(s->most_pause) / s->grid * s->grid;
    }
}

static void some_scene(struct scene *s)
{
    const vtime pauses[] = {0, 3, 100000, 100000000};
    routes_open(&s->r, 1 + below(ROUTES_NODES), 1 + below(below(2) ? ROUTES_LINKS : 6));
    some_links(s);
    s->r.spec.latency_factor = below(2) ? 1 : uniform(0, 3);
    s->r.spec.jitter = below(3) == 0 ? 0.4 : 0;
    s->r.spec.window = below(4) == 0 ? pow(10, uniform(1, 6)) : INFINITY;
    s->r.spec.seed = draw();
    s->most_pause = pauses[below(4)];
    s->grid = below(2) ? 1 : 1 + s->most_pause / 3;
    s->equal_bytes = below(2);
    s->most_bytes = (uint64_t)pow(10, uniform(0, 7));
    some_pairs(s);
}

/* ---- both graphs ---- */

struct both {
    struct graph *fast;
    struct slow_graph *slow;
};

static vtime slow_arrival_by(struct slow_graph *g, vtime limit)
{
    for (vtime t; (t = slow_graph_due(g)) <= limit && t != VTIME_NEVER;)
        if (slow_graph_play(g, t))
            return t;
    return VTIME_NEVER;
}

static int first_to_depart(const struct scene *s)
{
    int first = 0;
    for (int i = 1; i < s->pairs; i++)
        if (s->departure[i] < s->departure[first])
            first = i;
    return first;
}

/* One message, or at times some at once; the next one departs when this one has arrived, or before. */
static void depart(const struct both *b, struct scene *s, int i)
{
    vtime t = s->departure[i];
    for (int n = below(8) == 0 ? 3 : 1; n > 0; n--, s->messages--) {
        const struct graph_message m = {.from = s->from[i],
                                        .to = s->to[i],
                                        .bytes = s->equal_bytes ? s->most_bytes : 1 + draw() % s->most_bytes,
                                        .order = (uint64_t)below(3),
                                        .id = 256 * (int64_t)s->messages + i};
        graph_depart(b->fast, t, &m);
        slow_graph_depart(b->slow, t, &m);
    }
    s->departure[i] = s->messages > 0 && below(8) == 0 ? t + up_to(s->most_pause) : VTIME_NEVER;
}

static void take(const struct both *b, struct scene *s, vtime t)
{
    struct graph_message fast, slow;
    graph_take(b->fast, &fast);
    slow_graph_take(b->slow, &slow);
    assert_int_equal(fast.from, slow.from);
    assert_int_equal(fast.to, slow.to);
    assert_int_equal(fast.id, slow.id);
    assert_int_equal(fast.depart, slow.depart);
    int i = (int)(fast.id & 255);
    if (s->messages > 0 && s->departure[i] == VTIME_NEVER)
        s->departure[i] = t + up_to(s->most_pause) / s->grid * s->grid;
}

/* Arrivals at the ns of a departure come before it, or after it. */
static void play(struct scene *s, int messages)
{
    const struct both b = {graph_create(&s->r.spec), slow_graph_create(&s->r.spec)};
    s->messages = messages;
    for (;;) {
        int i = first_to_depart(s);
        vtime departure = s->departure[i];
        vtime limit = departure == VTIME_NEVER || below(2) ? departure : departure - 1;
        vtime t = graph_arrival_by(b.fast, limit);
        assert_int_equal(slow_arrival_by(b.slow, limit), t);
        if (t != VTIME_NEVER)
            take(&b, s, t);
        else if (departure != VTIME_NEVER)
            depart(&b, s, i);
        else
            break;
    }
    assert_true(s->messages <= 0);
    graph_destroy(b.fast);
    slow_graph_destroy(b.slow);
}

static void test_random_graphs(void **unused)
{
    (void)unused;
    static struct scene s;
    for (int i = 0; i < 3000; i++) {
        stream = (uint64_t)i << 32;
        some_scene(&s);
        play(&s, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_graphs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
