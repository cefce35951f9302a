/* Bandwidths that change while messages are in flight, and latencies that are drawn: closed forms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/base/rng.h"
#include "sim/time/network.h"
#include "tests/rigs/arrivals.h"

#define BYTE_PER_NS 1e9

enum { WORKERS = 4 };

static const double links[WORKERS] = {BYTE_PER_NS, BYTE_PER_NS, BYTE_PER_NS, BYTE_PER_NS};
static const vtime latencies[WORKERS];

/* Links of 1 byte/ns and a server link without bound. */
static struct network_spec star(enum sharing sharing)
{
    return (struct network_spec){.workers = WORKERS,
                                 .sharing = sharing,
                                 .link_bandwidth = links,
                                 .latency = latencies,
                                 .server_bandwidth = INFINITY};
}

static void expect(struct network *net, vtime arrival, int worker)
{
    int taken;
    int64_t id;
    assert_int_equal(next_arrival(net), arrival);
    net_take(net, &taken, &id);
    assert_int_equal(taken, worker);
}

static void expect_nothing(struct network *net)
{
    assert_int_equal(next_arrival(net), VTIME_NEVER);
    net_destroy(net);
}

#define TRACE(...)                                                                                          \
    {                                                                                                       \
        sizeof((struct trace_step[]){__VA_ARGS__}) / sizeof(struct trace_step), (const struct trace_step[]) \
        {                                                                                                   \
            __VA_ARGS__                                                                                     \
        }                                                                                                   \
    }

static const enum sharing both[] = {SHARE_FAIR, SHARE_FIFO};

static void test_a_link_halves_in_the_middle(void **unused)
{
    (void)unused;
    const struct trace trace[WORKERS] = {[1] = TRACE({500, 0.5})};
    for (int i = 0; i < 2; i++) {
        struct network_spec spec = star(both[i]);
        spec.link_trace = trace;
        struct network *net = net_create(&spec);
        net_depart(net, 1, 0, 1000, 0);
        expect(net, 500 + 1000, 1);
        net_depart(net, 1, 2000, 100, 0); /* altogether after it */
        expect(net, 2200, 1);
        net_depart(net, 0, 3000, 100, 0); /* another link */
        expect(net, 3100, 0);
        expect_nothing(net);
    }
}

static void test_several_changes_and_back(void **unused)
{
    (void)unused;
    const struct trace trace[WORKERS] = {TRACE({100, 0.25}, {300, 4}, {325, 1})};
    for (int i = 0; i < 2; i++) {
        struct network_spec spec = star(both[i]);
        spec.link_trace = trace;
        struct network *net = net_create(&spec);
        net_depart(net, 0, 0, 1000, 0); /* 100, then 50, then 100, then 750 */
        expect(net, 325 + 750, 0);
        net_depart(net, 0, 2000, 10, 0);
        expect(net, 2010, 0);
        expect_nothing(net);
    }
}

static void test_ends_at_the_change(void **unused)
{
    (void)unused;
    const struct trace trace[WORKERS] = {TRACE({100, 1e-6})};
    for (int i = 0; i < 2; i++) {
        struct network_spec spec = star(both[i]);
        spec.link_trace = trace;
        struct network *net = net_create(&spec);
        net_depart(net, 0, 0, 100, 0); /* the last byte is through when it comes */
        expect(net, 100, 0);
        net_depart(net, 0, 100, 1, 0);
        expect(net, 1000100, 0);
        expect_nothing(net);
    }
}

static void test_parts_of_a_ns(void **unused)
{
    (void)unused;
    const struct trace trace[WORKERS] = {TRACE({10, 3}, {11, 1})};
    for (int i = 0; i < 2; i++) {
        struct network_spec spec = star(both[i]);
        spec.link_trace = trace;
        struct network *net = net_create(&spec);
        net_depart(net, 0, 0, 11, 0); /* 10 1/3 */
        expect(net, 11, 0);
        expect_nothing(net);
    }
}

static void test_the_server_link_halves(void **unused)
{
    (void)unused;
    const struct trace trace = TRACE({1000, 0.5});
    struct network_spec spec = star(SHARE_FAIR);
    spec.server_bandwidth = 2 * BYTE_PER_NS;
    spec.server_trace = &trace;
    struct network *net = net_create(&spec);
    for (int w = 0; w < WORKERS; w++)
        net_depart(net, w, 0, 1000, w); /* half a byte/ns each, then a quarter */
    for (int w = 0; w < WORKERS; w++)
        expect(net, 3000, w);
    net_depart(net, 0, 4000, 1000, 0);
    expect(net, 5000, 0); /* the link is the narrower one, still */
    expect_nothing(net);
}

static void test_the_server_link_halves_fifo(void **unused)
{
    (void)unused;
    const struct trace trace = TRACE({1500, 0.5});
    struct network_spec spec = star(SHARE_FIFO);
    spec.server_bandwidth = BYTE_PER_NS;
    spec.server_trace = &trace;
    struct network *net = net_create(&spec);
    for (int w = 0; w < 3; w++)
        net_depart(net, w, 0, 1000, w);
    expect(net, 1000, 0);
    expect(net, 2500, 1); /* 500 before, 500 after */
    expect(net, 4500, 2);
    expect_nothing(net);
}

/* The slowest link becomes the fastest: what the others get follows. */
static void test_links_change_places(void **unused)
{
    (void)unused;
    const struct trace trace[WORKERS] = {TRACE({1000, 1}), TRACE({0, 0.1}, {1000, 2}), TRACE({1000, 0.2})};
    struct network_spec spec = star(SHARE_FAIR);
    spec.server_bandwidth = 1.5 * BYTE_PER_NS;
    spec.link_trace = trace;
    struct network *net = net_create(&spec);
    net_depart(net, 0, 0, 1350, 0); /* 0.7 then 0.65 */
    net_depart(net, 1, 0, 1400, 1); /* 0.1, then 0.65 until 2000, 1.3 with one other slow one */
    net_depart(net, 2, 0, 2700, 2); /* 0.7 then 0.2 */
    expect(net, 2000, 0);
    expect(net, 2500, 1);
    expect(net, 11000, 2);
    expect_nothing(net);
}

/* A departure between a change and the arrival that was due puts that off. */
static void test_a_departure_after_a_change(void **unused)
{
    (void)unused;
    const struct trace trace = TRACE({100, 0.5}, {400, 1});
    struct network_spec spec = star(SHARE_FAIR);
    spec.server_bandwidth = BYTE_PER_NS;
    spec.server_trace = &trace;
    struct network *net = net_create(&spec);
    net_depart(net, 0, 0, 400, 0);
    assert_false(net_play(net, 299));
    assert_int_equal(net_due(net), 400);
    net_depart(net, 1, 300, 100, 1); /* 200 are through; 25 each until 400, then a half each */
    assert_int_equal(next_arrival(net), 550);
    expect(net, 550, 1);
    expect(net, 650, 0);
    expect_nothing(net);
}

static void test_infinite_links_may_have_traces(void **unused)
{
    (void)unused;
    const double infinite[WORKERS] = {INFINITY, INFINITY, INFINITY, INFINITY};
    const struct trace trace[WORKERS] = {TRACE({5, 0.5}, {10, 2})};
    for (int i = 0; i < 2; i++) {
        struct network_spec spec = star(both[i]);
        spec.link_bandwidth = infinite;
        spec.link_trace = trace;
        struct network *net = net_create(&spec);
        for (vtime t = 0; t < 20; t += 5) {
            net_depart(net, 0, t, 1000000, 0);
            expect(net, t, 0);
        }
        expect_nothing(net);
    }
}

/* --- latencies --- */

static vtime drawn(const struct network_spec *spec, int worker, uint64_t message)
{
    struct draw_key key = {spec->seed, DRAW_LATENCY, worker, (uint64_t)spec->direction, message};
    return llrint((double)spec->latency[worker] * exp(spec->jitter * draw_normal(&key, 0)));
}

static void test_jitter_is_a_function_of_its_key(void **unused)
{
    (void)unused;
    const vtime latency[WORKERS] = {100000, 200000, 0, 1};
    struct network_spec spec = star(SHARE_FAIR);
    spec.latency = latency;
    spec.jitter = 0.5;
    spec.seed = 42;
    for (spec.direction = NET_UP; spec.direction <= NET_DOWN; spec.direction++) {
        struct network *net = net_create(&spec);
        for (uint64_t i = 0; i < 20; i++)
            for (int w = 0; w < WORKERS; w++) {
                vtime t = 1000000 * (vtime)(i * WORKERS + (uint64_t)w);
                net_depart(net, w, t, 50, 0);
                expect(net, t + drawn(&spec, w, i) + 50, w);
            }
        expect_nothing(net);
    }
    spec.direction = NET_UP;
    vtime up = drawn(&spec, 0, 0);
    assert_int_not_equal(up, drawn(&spec, 0, 1));
    assert_int_not_equal(up, drawn(&spec, 1, 0) / 2);
    spec.direction = NET_DOWN;
    assert_int_not_equal(up, drawn(&spec, 0, 0));
    spec.direction = NET_UP;
    spec.seed = 43;
    assert_int_not_equal(up, drawn(&spec, 0, 0));
}

/* A message with a short latency does not overtake the one before it. */
static void test_jitter_does_not_overtake(void **unused)
{
    (void)unused;
    enum { MESSAGES = 200 };
    const vtime latency[WORKERS] = {1000000};
    struct network_spec spec = star(SHARE_FAIR);
    spec.latency = latency;
    spec.jitter = 1;
    struct network *net = net_create(&spec);
    vtime last = 0;
    int held = 0;
    for (uint64_t i = 0; i < MESSAGES; i++)
        net_depart(net, 0, 1000 * (vtime)i, 10, 0);
    for (uint64_t i = 0; i < MESSAGES; i++) {
        vtime due = 1000 * (vtime)i + drawn(&spec, 0, i), arrival = (due > last ? due : last) + 10;
        held += due < last;
        expect(net, arrival, 0);
        last = arrival;
    }
    assert_true(held > MESSAGES / 2);
    expect_nothing(net);
}

/* log(latency / nominal) is normal with mean 0 and deviation sigma: five standard errors of each. */
static void test_jitter_is_lognormal(void **unused)
{
    (void)unused;
    enum { DRAWS = 20000 };
    const vtime latency[WORKERS] = {10000000};
    struct network_spec spec = star(SHARE_FAIR);
    spec.latency = latency;
    spec.jitter = 0.25;
    spec.seed = 1;
    struct network *net = net_create(&spec);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        int worker;
        int64_t id;
        vtime t = (vtime)i * 1000000000;
        net_depart(net, 0, t, 1, 0);
        double z = log((double)(next_arrival(net) - t - 1) / 1e7);
        net_take(net, &worker, &id);
        sum += z;
        squares += z * z;
    }
    net_destroy(net);
    assert_true(fabs(sum / DRAWS) < 5 * spec.jitter / sqrt(DRAWS));
    assert_true(fabs(sqrt(squares / DRAWS) - spec.jitter) < 5 * spec.jitter / sqrt(2.0 * DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_link_halves_in_the_middle),
        cmocka_unit_test(test_several_changes_and_back),
        cmocka_unit_test(test_ends_at_the_change),
        cmocka_unit_test(test_parts_of_a_ns),
        cmocka_unit_test(test_the_server_link_halves),
        cmocka_unit_test(test_the_server_link_halves_fifo),
        cmocka_unit_test(test_links_change_places),
        cmocka_unit_test(test_a_departure_after_a_change),
        cmocka_unit_test(test_infinite_links_may_have_traces),
        cmocka_unit_test(test_jitter_is_a_function_of_its_key),
        cmocka_unit_test(test_jitter_does_not_overtake),
        cmocka_unit_test(test_jitter_is_lognormal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
