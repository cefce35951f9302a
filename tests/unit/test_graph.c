/* The graph network against cases that are calculated by hand, to the nanosecond. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/rng.h"
#include "sim/time/exact.h"
#include "tests/rigs/routes.h"

#define BYTE_PER_NS 1e9

static struct routes scene, *const r = &scene;

/* The route of one pair of nodes, by numbers of links. */
static void route(int from, int to, int a, int b, int c)
{
    int *links = r->route[from][to];
    links[0] = a + 1;
    links[1] = b + 1;
    links[2] = b < 0 ? 0 : c + 1;
}

static void depart(struct graph *g, vtime t, int from, int to, uint64_t bytes)
{
    graph_depart(g, t, &(struct graph_message){.from = from, .to = to, .bytes = bytes});
}

static void depart_in_order(struct graph *g, vtime t, uint64_t order, uint64_t bytes, int64_t id)
{
    graph_depart(g, t, &(struct graph_message){.from = 0, .to = 1, .bytes = bytes, .order = order, .id = id});
}

static struct graph_message take(struct graph *g, vtime arrival)
{
    struct graph_message m;
    assert_int_equal(graph_arrival_by(g, VTIME_NEVER), arrival);
    graph_take(g, &m);
    return m;
}

static void expect(struct graph *g, vtime arrival, int from, int to)
{
    struct graph_message m = take(g, arrival);
    assert_int_equal(m.from, from);
    assert_int_equal(m.to, to);
}

static void expect_id(struct graph *g, vtime arrival, int64_t id)
{
    assert_int_equal(take(g, arrival).id, id);
}

static void expect_nothing(struct graph *g)
{
    assert_int_equal(graph_due(g), VTIME_NEVER);
    graph_destroy(g);
}

/* ---- sharing ---- */

static void test_one_message(void **unused)
{
    (void)unused;
    routes_open(r, 2, 3);
    route(0, 1, 0, 1, 2);
    r->link[0].latency = 1e-6;
    r->link[1].latency = 2e-9;
    r->link[1].bandwidth = BYTE_PER_NS / 4;
    r->link[2].bandwidth = INFINITY;
    struct graph *g = graph_create(&r->spec);
    graph_depart(g, 77, &(struct graph_message){.from = 0, .to = 1, .bytes = 1000, .order = 3, .id = -9});
    assert_int_equal(graph_due(g), 77 + 1002); /* the entry */
    struct graph_message m = take(g, 77 + 1002 + 4000);
    assert_int_equal(m.id, -9);
    assert_int_equal(m.bytes, 1000);
    assert_int_equal(m.depart, 77);
    expect_nothing(g);
}

/* 0 -> 2 and 1 -> 2 share the second link of their routes. */
static void test_two_routes_share_a_bottleneck(void **unused)
{
    (void)unused;
    routes_open(r, 3, 3);
    route(0, 2, 0, 2, -1);
    route(1, 2, 1, 2, -1);
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 2, 1000);
    depart(g, 500, 1, 2, 1000); /* 500 alone, 2 x 500 of a half, 500 alone */
    expect(g, 1500, 0, 2);
    expect(g, 2000, 1, 2);
    expect_nothing(g);
}

/* The textbook's example (Bertsekas and Gallager, Data Networks, 6.5.2): a long flow over two links in a row, and
 * two flows over one link each. The narrow link gives 1/3 to each of its flows, the wide one the rest. */
static void test_three_flows_on_a_line(void **unused)
{
    (void)unused;
    routes_open(r, 3, 2);
    route(0, 2, 0, 1, -1);
    route(0, 1, 0, -1, -1);
    route(1, 2, 1, -1, -1);
    r->link[0].bandwidth = 2 * BYTE_PER_NS / 3;
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 1, 1000); /* 1/3 */
    depart(g, 0, 0, 2, 1200); /* 1/3, and 2/3 from 3000 on */
    depart(g, 0, 1, 2, 1800); /* 2/3 */
    expect(g, 2700, 1, 2);
    expect(g, 3000, 0, 1);
    expect(g, 3300, 0, 2);
    expect_nothing(g);
}

/* What the narrow first link leaves of the second goes to the others there. */
static void test_a_bottleneck_elsewhere(void **unused)
{
    (void)unused;
    routes_open(r, 5, 4);
    for (int w = 0; w < 3; w++)
        route(w, 4, w, 3, -1);
    r->link[0].bandwidth = BYTE_PER_NS / 10;
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 4, 1000);
    depart(g, 0, 1, 4, 9000); /* 4500 at 0.45, then 4500 at 0.5 */
    depart(g, 0, 2, 4, 9000);
    expect(g, 10000, 0, 4);
    expect(g, 19000, 1, 4);
    expect(g, 19000, 2, 4);
    expect_nothing(g);
}

/* Two directions, and routes without a common link, do not touch. */
static void test_apart(void **unused)
{
    (void)unused;
    routes_open(r, 4, 4);
    for (int from = 0; from < 4; from++)
        route(from, from ^ 1, from, -1, -1);
    struct graph *g = graph_create(&r->spec);
    for (int from = 3; from >= 0; from--)
        depart(g, 0, from, from ^ 1, 1000);
    for (int from = 0; from < 4; from++)
        expect(g, 1000, from, from ^ 1);
    expect_nothing(g);
}

static void test_window(void **unused)
{
    (void)unused;
    routes_open(r, 3, 3);
    route(0, 2, 0, 2, -1);
    route(1, 2, 1, 2, -1);
    r->link[0].latency = 100e-9; /* a round trip of 200 ns, although messages take 300 */
    r->spec.window = 50;         /* 0.25 byte/ns */
    r->spec.latency_factor = 3;
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 2, 1000);   /* at 300 */
    depart(g, 300, 1, 2, 3000); /* no latency: no window */
    expect(g, 300 + 4000, 0, 2);
    expect(g, 300 + 4000, 1, 2);
    expect_nothing(g);
}

static void test_no_bound(void **unused)
{
    (void)unused;
    routes_open(r, 3, 2);
    route(0, 1, 0, 1, -1);
    route(1, 2, 1, -1, -1);
    r->link[0].bandwidth = r->link[1].bandwidth = INFINITY;
    struct graph *g = graph_create(&r->spec);
    depart(g, 5, 1, 2, 1 << 30);
    depart(g, 5, 0, 1, 1 << 30);
    depart(g, 5, 0, 1, 1 << 30);
    expect(g, 5, 0, 1); /* departs and arrives in one ns */
    expect(g, 5, 0, 1);
    depart(g, 5, 0, 1, 1);
    expect(g, 5, 1, 2);
    expect(g, 5, 0, 1);
    expect_nothing(g);
}

/* ---- traces ---- */

static void test_traces_in_mid_flow(void **unused)
{
    (void)unused;
    const struct trace_step first[] = {{100, 0.25}, {300, 4}}, second[] = {{500, 0.5}};
    const struct trace traces[] = {{2, first}, {1, second}};
    routes_open(r, 3, 3);
    route(0, 2, 0, 2, -1);
    route(1, 2, 1, 2, -1);
    r->link[0].trace = &traces[0];
    r->link[2].trace = &traces[1];
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 2, 1000); /* 50, 50 at 0.25, 100 at 0.5 from 300, 800 at 0.25 from 500 */
    depart(g, 0, 1, 2, 600);  /* 50, 150 at 0.75, 100 at 0.5, 300 at 0.25 */
    expect(g, 1700, 1, 2);
    expect(g, 1700 + 1000, 0, 2); /* 500 at 0.5 */
    depart(g, 3000, 1, 2, 100);
    expect(g, 3200, 1, 2);
    expect_nothing(g);
}

/* ---- rounding ---- */

static void test_leaves_at_its_arrival(void **unused)
{
    (void)unused;
    routes_open(r, 3, 3);
    route(0, 2, 0, 2, -1);
    route(1, 2, 1, 2, -1);
    r->link[0].bandwidth = r->link[1].bandwidth = INFINITY;
    r->link[2].bandwidth = 1024 * BYTE_PER_NS;
    struct graph *g = graph_create(&r->spec);
    depart(g, 0, 0, 2,
           5 * 1024 + 1); /* 5 + 2^-10 ns: arrives at 5 and shares with nothing that enters then */
    depart(g, 5, 1, 2, 3 * 1024 + 2); /* 8 + 2^-9 ns */
    expect(g, 5, 0, 2);
    expect(g, 9, 1, 2);
    expect_nothing(g);
}

/* ---- queues of pairs ---- */

static void test_one_after_the_other(void **unused)
{
    (void)unused;
    routes_open(r, 2, 2);
    route(0, 1, 0, -1, -1);
    route(1, 0, 1, -1, -1);
    r->link[0].bandwidth = r->link[1].bandwidth = 3 * BYTE_PER_NS;
    r->link[0].latency = 10e-9;
    struct graph *g = graph_create(&r->spec);
    depart_in_order(g, 0, 9, 1000, 1);
    depart(g, 5, 1, 0, 1000);
    depart_in_order(g, 100, 0, 1000, 2); /* enters at the arrival, not at 343.3 */
    expect(g, 339, 1, 0);
    expect_id(g, 344, 1);
    expect_id(g, 344 + 334, 2);
    depart_in_order(g, 1000, 0, 1000, 3);
    expect_id(g, 1344, 3);
    expect_nothing(g);
}

static void test_order_within_a_ns(void **unused)
{
    (void)unused;
    for (int latency = 0; latency <= 10; latency += 10) {
        routes_open(r, 2, 1);
        route(0, 1, 0, -1, -1);
        r->link[0].latency = latency * 1e-9;
        struct graph *g = graph_create(&r->spec);
        depart_in_order(g, 5, 7, 100, 0);
        depart_in_order(g, 5, 9, 100, 1);
        assert_false(
            graph_play(g, 5)); /* without latency the first has entered, and nothing of it is through */
        depart_in_order(g, 5, 7, 100, 2);
        depart_in_order(g, 5, 3, 100, 3);
        assert_int_equal(graph_due(g), 5 + latency);
        assert_false(graph_play(g, 6));
        depart_in_order(g, 6, 0, 100, 4);
        const int64_t expected[] = {3, 0, 2, 1, 4};
        for (int i = 0; i < 5; i++)
            expect_id(g, 5 + latency + 100 * (i + 1), expected[i]);
        expect_nothing(g);
    }
}

static vtime drawn(uint64_t number)
{
    const struct draw_key key = {
        .seed = 4, .purpose = DRAW_LATENCY, .rank = 0, .round = 2 + 1, .iteration = number};
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, 0.3e-3},
                                         {EXACT_PLUS, EXACT_DECIMAL, 0.7e-3},
                                         {EXACT_TIMES, EXACT_DECIMAL, 1.5},
                                         {EXACT_TIMES, EXACT_DOUBLE, draw_lognormal(&key, 0, 0.4)}};
    return exact_ns(product, 4, 0);
}

/* By the number in the order of service: that of the calls in one ns does not matter. */
static void test_jitter(void **unused)
{
    (void)unused;
    routes_open(r, 2, 2);
    route(0, 1, 0, 1, -1);
    r->link[0].latency = 0.3e-3;
    r->link[1].latency = 0.7e-3;
    r->spec.latency_factor = 1.5;
    r->spec.jitter = 0.4;
    r->spec.seed = 4;
    struct graph *g = graph_create(&r->spec);
    depart_in_order(g, 0, 2, 100, 2);
    assert_false(graph_play(g, 0));
    depart_in_order(g, 0, 1, 100, 1);
    depart_in_order(g, 0, 3, 100, 3);
    vtime free = 0;
    for (int i = 1; i <= 3; i++) {
        vtime entry = drawn((uint64_t)i - 1);
        free = 100 + (entry > free ? entry : free);
        expect_id(g, free, i);
    }
    depart_in_order(g, free, 1, 100, 4);
    expect_id(g, free + drawn(3) + 100, 4);
    expect_nothing(g);
}

static void test_ties(void **unused)
{
    (void)unused;
    routes_open(r, 4, 1);
    const int pairs[][2] = {{2, 0}, {0, 3}, {2, 1}, {1, 0}, {0, 1}}, sorted[] = {4, 1, 3, 0, 2};
    for (int i = 0; i < 5; i++)
        route(pairs[i][0], pairs[i][1], 0, -1, -1);
    struct graph *g = graph_create(&r->spec);
    for (int i = 0; i < 5; i++)
        depart(g, 0, pairs[i][0], pairs[i][1], 100);
    for (int i = 0; i < 5; i++)
        expect(g, 500, pairs[sorted[i]][0], pairs[sorted[i]][1]);
    expect_nothing(g);
}

static void test_asking_plays_nothing(void **unused)
{
    (void)unused;
    routes_open(r, 3, 3);
    route(0, 2, 0, 2, -1);
    route(1, 2, 1, 2, -1);
    struct graph *g = graph_create(&r->spec);
    assert_int_equal(graph_due(g), VTIME_NEVER);
    depart(g, 0, 1, 2, 1000);
    for (int i = 0; i < 5; i++)
        assert_int_equal(graph_due(g), 0); /* the entry */
    assert_false(graph_play(g, 0));
    for (int i = 0; i < 5; i++)
        assert_int_equal(graph_due(g), 1000);
    depart(g, 999, 0, 2, 10);
    assert_int_equal(graph_due(g), 999);
    assert_false(graph_play(g, 999));
    assert_int_equal(graph_due(g), 1001);
    assert_true(graph_play(g, 5000)); /* not beyond an arrival */
    assert_int_equal(graph_due(g), 1001);
    expect(g, 1001, 1, 2);
    expect(g, 1010, 0, 2);
    expect_nothing(g);
    graph_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_message),
        cmocka_unit_test(test_two_routes_share_a_bottleneck),
        cmocka_unit_test(test_three_flows_on_a_line),
        cmocka_unit_test(test_a_bottleneck_elsewhere),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_no_bound),
        cmocka_unit_test(test_traces_in_mid_flow),
        cmocka_unit_test(test_leaves_at_its_arrival),
        cmocka_unit_test(test_one_after_the_other),
        cmocka_unit_test(test_order_within_a_ns),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_asking_plays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
