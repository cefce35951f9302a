/* The graph against the network of stars (sim/time/network.h) on random stars, to the ns: they share no solver. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/arrivals.h"
#include "tests/rigs/routes.h"
#include "tests/rigs/some.h"

enum { MOST_WORKERS = 200, MOST_STEPS = 12 };

struct star {
    struct network_spec spec;
    double link[MOST_WORKERS];
    vtime latency[MOST_WORKERS];
    struct trace trace[MOST_WORKERS], server_trace;
    struct trace_step steps[MOST_WORKERS + 1][MOST_STEPS];
    struct graph_spec graph;
    struct graph_link graph_link[MOST_WORKERS + 1]; /* the last one is that of the server */
    /* of what the workers send */
    vtime departure[MOST_WORKERS], most_pause;
    uint64_t most_bytes;
    int messages;
};

/* ---- stars ---- */

/* The PS is node `workers`. Up or down, the graph has the links in the order in which a message uses them. */
static int route(const void *context, int from, int to, int *links)
{
    const struct star *s = context;
    int up = s->spec.direction == NET_UP;
    links[!up] = up ? from : to;
    links[up] = s->spec.workers;
    return 2;
}

static void some_links(struct star *s)
{
    int n = s->spec.workers, classes = below(2) ? n : 1 + below(n < 6 ? n : 6);
    bool has_traces = below(3) == 0;
    double sum = 0;
    for (int w = 0; w < n; w++) {
        s->link[w] = w < classes ? some_bandwidth() : s->link[below(classes)];
        s->trace[w] = has_traces && below(2) ? some_trace(s->steps[w], MOST_STEPS) : (struct trace){0};
        sum += isinf(s->link[w]) ? 1e9 : s->link[w];
    }
    s->spec.link_trace = has_traces ? s->trace : NULL;
    s->server_trace = some_trace(s->steps[MOST_WORKERS], MOST_STEPS);
    s->spec.server_trace = below(4) == 0 ? &s->server_trace : NULL;
    s->spec.server_bandwidth = below(8) == 0 ? INFINITY : sum * pow(10, uniform(-2, 0.3));
}

static void as_graph(struct star *s)
{
    int n = s->spec.workers;
    for (int w = 0; w < n; w++)
        s->graph_link[w] = (struct graph_link){s->link[w], (double)s->latency[w] / NS_PER_S,
                                               s->spec.link_trace ? &s->trace[w] : NULL};
    s->graph_link[n] = (struct graph_link){s->spec.server_bandwidth, 0, s->spec.server_trace};
    s->graph = (struct graph_spec){.nodes = n + 1,
                                   .links = n + 1,
                                   .link = s->graph_link,
                                   .route = route,
                                   .context = s,
                                   .latency_factor = 1,
                                   .window = INFINITY};
}

static void some_star(struct star *s, int workers)
{
    const vtime latencies[] = {0, 10, 100000, 100000000}, pauses[] = {0, 3, 100000, 100000000};
    vtime most_latency = latencies[below(4)];
    bool one_latency = below(2);
    s->spec = (struct network_spec){.workers = workers,
                                    .link_bandwidth = s->link,
                                    .latency = s->latency,
                                    .direction = below(2) ? NET_UP : NET_DOWN};
    some_links(s);
    s->most_pause = pauses[below(4)];
    s->most_bytes = (uint64_t)pow(10, uniform(0, 7));
    for (int w = 0; w < workers; w++) {
        s->latency[w] = one_latency && w > 0 ? s->latency[0] : up_to(most_latency);
        s->departure[w] = up_to(s->most_pause);
    }
    as_graph(s);
}

/* ---- both networks ---- */

struct both {
    struct network *net;
    struct graph *graph;
};

static int first_to_depart(const struct star *s)
{
    int first = 0;
    for (int w = 1; w < s->spec.workers; w++)
        if (s->departure[w] < s->departure[first])
            first = w;
    return first;
}

/* One message, or at times some at once; the next one departs when this one has arrived. */
static void depart(const struct both *b, struct star *s, int worker)
{
    vtime t = s->departure[worker];
    int server = s->spec.workers, up = s->spec.direction == NET_UP;
    for (int n = below(8) == 0 ? 3 : 1; n > 0; n--, s->messages--) {
        uint64_t bytes = 1 + draw() % s->most_bytes;
        net_depart(b->net, worker, t, bytes, s->messages);
        graph_depart(
            b->graph, t,
            &(struct graph_message){
                .from = up ? worker : server, .to = up ? server : worker, .bytes = bytes, .id = s->messages});
    }
    s->departure[worker] = VTIME_NEVER;
}

static void take(const struct both *b, struct star *s, vtime t)
{
    int worker;
    int64_t id;
    struct graph_message m;
    net_take(b->net, &worker, &id);
    graph_take(b->graph, &m);
    assert_int_equal(s->spec.direction == NET_UP ? m.from : m.to, worker);
    assert_int_equal(m.id, id);
    if (s->messages > 0)
        s->departure[worker] = t + up_to(s->most_pause);
}

static void play(struct star *s, int messages)
{
    const struct both b = {net_create(&s->spec), graph_create(&s->graph)};
    s->messages = messages;
    for (;;) {
        int worker = first_to_depart(s);
        vtime departure = s->departure[worker], limit = departure == VTIME_NEVER ? departure : departure - 1;
        vtime t = next_arrival_by(b.net, limit);
        assert_int_equal(graph_arrival_by(b.graph, limit), t);
        if (t != VTIME_NEVER)
            take(&b, s, t);
        else if (departure != VTIME_NEVER)
            depart(&b, s, worker);
        else
            break;
    }
    assert_true(s->messages <= 0);
    net_destroy(b.net);
    graph_destroy(b.graph);
}

static void play_stars(int stars, int most_workers, int messages)
{
    static struct star s;
    for (int i = 0; i < stars; i++) {
        some_star(&s, 1 + below(most_workers));
        play(&s, messages);
    }
}

static void test_random_stars(void **unused)
{
    (void)unused;
    stream = 1;
    play_stars(1500, 12, 60);
    play_stars(60, MOST_WORKERS, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_stars)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
