/* The network against the slow one (tests/rigs/slow_network.h) on random stars, to the ns: workers that send
 * again after each arrival, classes of links that are alike, traces, and much at the same ns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/arrivals.h"
#include "tests/rigs/slow_network.h"
#include "tests/rigs/some.h"

enum { MOST_WORKERS = 400, MOST_STEPS = 12 };

struct star {
    struct network_spec spec;
    double link[MOST_WORKERS];
    vtime latency[MOST_WORKERS];
    struct trace trace[MOST_WORKERS], server_trace;
    struct trace_step steps[MOST_WORKERS + 1][MOST_STEPS];
    /* of what the workers send */
    vtime departure[MOST_WORKERS], most_pause, grid;
    uint64_t most_bytes;
    bool equal_bytes;
    int messages;
};

/* ---- stars ---- */

/* Some classes of links, at times as many as workers; traces that links share, or own, or none. */
static void some_links(struct star *s)
{
    int n = s->spec.workers, classes = below(3) == 0 ? n : 1 + below(n < 6 ? n : 6);
    bool has_traces = below(3) == 0, shared = below(2);
    for (int w = 0; w < n; w++) {
        s->link[w] = w < classes ? some_bandwidth() : s->link[below(classes)];
        s->trace[w] = (struct trace){0};
        if (has_traces && below(2))
            s->trace[w] = shared && w > 0 ? s->trace[below(w)] : some_trace(s->steps[w], MOST_STEPS);
    }
    s->server_trace = some_trace(s->steps[MOST_WORKERS], MOST_STEPS);
    s->spec.link_trace = has_traces ? s->trace : NULL;
    s->spec.server_trace = below(4) == 0 ? &s->server_trace : NULL;
}

/* The server link is narrower than all links together, or wider, or nowhere. */
static double some_server(const struct star *s)
{
    double sum = 0;
    for (int w = 0; w < s->spec.workers; w++)
        sum += isinf(s->link[w]) ? 1e9 : s->link[w];
    return below(8) == 0 ? INFINITY : below(8) == 0 ? sum : sum * pow(10, uniform(-2, 0.3));
}

static void some_star(struct star *s, enum sharing sharing, int workers)
{
    const vtime latencies[] = {0, 10, 100000, 100000000}, pauses[] = {0, 3, 100000, 100000000};
    vtime most_latency = latencies[below(4)];
    bool one_latency = below(2);
    s->spec = (struct network_spec){.workers = workers,
                                    .sharing = sharing,
                                    .link_bandwidth = s->link,
                                    .latency = s->latency,
                                    .jitter = below(3) == 0 ? 0.4 : 0,
                                    .seed = draw()};
    some_links(s);
    s->spec.server_bandwidth = some_server(s);
    s->most_pause = pauses[below(4)];
    s->grid = below(2) ? 1 : 1 + s->most_pause / 3;
    s->equal_bytes = below(2);
    s->most_bytes = (uint64_t)pow(10, uniform(0, 7));
    for (int w = 0; w < workers; w++) {
        s->latency[w] = one_latency && w > 0 ? s->latency[0] : up_to(most_latency);
        s->departure[w] = up_to(s->most_pause) / s->grid * s->grid;
    }
}

/* ---- both networks ---- */

struct pair {
    struct network *net;
    struct slow_network *slow;
};

static int first_to_depart(const struct star *s)
{
    int first = 0;
    for (int w = 1; w < s->spec.workers; w++)
        if (s->departure[w] < s->departure[first])
            first = w;
    return first;
}

/* One message, or at times some at once; the next one departs when this one has arrived, or before. */
static void depart(struct pair *p, struct star *s, int worker)
{
    vtime t = s->departure[worker];
    for (int n = below(8) == 0 ? 3 : 1; n > 0; n--, s->messages--) {
        uint64_t bytes = s->equal_bytes ? s->most_bytes : 1 + draw() % s->most_bytes;
        net_depart(p->net, worker, t, bytes, s->messages);
        slow_depart(p->slow, worker, t, bytes, s->messages);
    }
    s->departure[worker] = s->messages > 0 && below(8) == 0 ? t + 1 + up_to(s->most_pause) : VTIME_NEVER;
}

static void take(struct pair *p, struct star *s, vtime t)
{
    int worker, slow_worker;
    int64_t id, slow_id;
    net_take(p->net, &worker, &id);
    slow_take(p->slow, &slow_worker, &slow_id);
    assert_int_equal(worker, slow_worker);
    assert_int_equal(id, slow_id);
    if (s->messages > 0 && s->departure[worker] == VTIME_NEVER)
        s->departure[worker] = t + up_to(s->most_pause) / s->grid * s->grid;
}

/* Arrivals at the ns of a departure come before it, or after it. */
static void play(struct star *s, int messages)
{
    struct pair p = {net_create(&s->spec), slow_create(&s->spec)};
    s->messages = messages;
    for (;;) {
        int worker = first_to_depart(s);
        vtime departure = s->departure[worker];
        vtime limit = departure == VTIME_NEVER || below(2) ? departure : departure - 1;
        vtime t = next_arrival_by(p.net, limit);
        assert_int_equal(slow_next_by(p.slow, limit), t);
        if (t != VTIME_NEVER)
            take(&p, s, t);
        else if (departure != VTIME_NEVER)
            depart(&p, s, worker);
        else
            break;
    }
    assert_true(s->messages <= 0);
    net_destroy(p.net);
    slow_destroy(p.slow);
}

/* ---- the tests ---- */

static void play_stars(enum sharing sharing, int stars, int most_workers, int messages)
{
    static struct star s;
    for (int i = 0; i < stars; i++) {
        some_star(&s, sharing, 1 + below(most_workers));
        play(&s, messages);
    }
}

static void test_fair(void **unused)
{
    (void)unused;
    stream = 1;
    play_stars(SHARE_FAIR, 3000, 12, 60);
    play_stars(SHARE_FAIR, 100, 60, 300);
    play_stars(SHARE_FAIR, 6, MOST_WORKERS, 2000);
}

static void test_fifo(void **unused)
{
    (void)unused;
    stream = 2;
    play_stars(SHARE_FIFO, 1000, 12, 60);
    play_stars(SHARE_FIFO, 30, 60, 300);
    play_stars(SHARE_FIFO, 2, MOST_WORKERS, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fair),
        cmocka_unit_test(test_fifo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
