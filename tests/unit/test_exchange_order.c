/* Several exchanges in progress, the end of a run, and bytes as computed by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/exchanges.h"

static bool always(const void *unused, int64_t number)
{
    (void)unused, (void)number;
    return true;
}

/* ---- several exchanges ---- */

static void test_stream_order_and_overhead(void **unused)
{
    (void)unused;
    rig_begin("ring", 4, 1000000, L, B);
    rig.exchanges = 3;
    rig.spec.overhead = 7777;
    vtime half = 3 * (ROUTE + flow(250000, B)), joins[] = {100, 200, 100 + 9 * half};
    for (int w = 0; w < 4; w++)
        for (int e = 0; e < 3; e++)
            rig.worker[w].join[e] = joins[e];
    rig_play();
    expect_all(100 + 7777 + half, 100 + 7777 + 2 * half, 0);
    expect_all(100 + 2 * 7777 + 3 * half, 100 + 2 * 7777 + 4 * half,
               1); /* joined early, begins with the result */
    expect_all(joins[2] + 7777 + half, joins[2] + 7777 + 2 * half, 2); /* joined late */
}

/* Shards have no order: the messages of both exchanges share. */
static void test_shards_have_no_order(void **unused)
{
    (void)unused;
    rig_begin("sharded", 2, 200000, L, B);
    rig.cluster.shards = 2;
    rig.spec.overhead = 0;
    rig.exchanges = 2;
    vtime x = flow(100000, B);
    for (int w = 0; w < 2; w++)
        rig.worker[w].join[1] = ROUTE / 2 + 2 * x; /* its first push is through */
    rig_play();
    expect_all(ROUTE / 2 + 2 * x, ROUTE + 4 * x, 0);
    expect_all(ROUTE + 4 * x, ROUTE * 3 / 2 + 6 * x, 1);
}

static void test_early_messages_wait(void **unused)
{
    (void)unused;
    rig_begin("halving_doubling", 4, 1000000, L, B);
    rig.worker[3].join[0] = 1000000000;
    rig_play();
    vtime half = flow(500000, B), quarter = flow(250000, B);
    /* The last step of worker 3 is to worker 1; what workers 1 and 2 have to say is there by then. */
    assert_int_equal(rig.worker[0].result[0], 1000000000 + 4 * ROUTE + 2 * half + 2 * quarter);
    assert_int_equal(rig.worker[3].pushed[0], 1000000000 + 2 * ROUTE + half + quarter);
}

/* Without latency, over links without bound, all exchanges are over in the ns in which they begin. */
static void test_no_time(void **unused)
{
    (void)unused;
    static const char *const kinds[] = {"server",           "sharded", "ring",
                                        "halving_doubling", "tree",    "hierarchical"};
    for (int i = 0; i < 6; i++)
        for (int n = 2; n <= 11; n += 3) {
            rig_begin(kinds[i], n, 1000003, 0, INFINITY);
            rig.spec.chunk = 100000;
            rig.exchanges = 3;
            rig.cluster.shards = i == 1 ? n : 1;
            rig.cluster.colocated = i == 1;
            if (i == 5)
                rig_group((const int[]){1, n - 1}, 2, 0);
            for (int w = 0; w < n; w++)
                rig.worker[w].join[1] = 5 + w % 2, rig.worker[w].join[2] = 7;
            rig_play();
            expect_all(0, 0, 0);
            for (int w = 0; w < n; w++)
                assert_int_equal(rig.worker[w].result[1], 6);
        }
}

/* ---- the end of a run ---- */

static void test_stop(void **unused)
{
    (void)unused;
    static const char *const kinds[] = {"ring", "halving_doubling", "tree"};
    for (int i = 0; i < 3; i++) {
        rig_begin(kinds[i], 4, 1000000, L, B);
        rig.exchanges = 2;
        rig.stop_after_update = true;
        rig_play();
        for (int w = 0; w < 4; w++) {
            assert_int_not_equal(rig.worker[w].result[0], VTIME_NEVER);
            assert_int_equal(rig.worker[w].pushed[1], VTIME_NEVER);
        }
        assert_int_equal(rig.messages[1], 0);
    }
}

/* Three workers have pushed a second time when the first exchange is reduced. */
static void test_stop_of_shards(void **unused)
{
    (void)unused;
    rig_begin("sharded", 4, 1000000, L, B);
    rig.cluster.shards = 2;
    rig.exchanges = 2;
    rig.stop_after_update = true;
    rig.worker[3].join[0] = rig.worker[3].join[1] = 10000000;
    for (int w = 0; w < 3; w++)
        rig.worker[w].join[1] = 9000000; /* through, then in flight */
    rig_play();
    vtime way = ROUTE / 2 + 2 * flow(500000, B);
    expect_all(10000000 + way, 10000000 + 2 * way, 0);
    assert_int_equal(rig.worker[0].pushed[1], VTIME_NEVER);
    assert_int_equal(rig.messages[1], 3 * 2 + 2); /* pushes, no answers */
}

/* A worker that joined early finds the result in the ns of the update: nothing of its next exchange departs. */
static void test_stop_in_the_ns_of_a_result(void **unused)
{
    (void)unused;
    rig_begin("ring", 2, 1000000, L, B);
    rig.spec.gathers = always;
    rig.exchanges = 2;
    rig.stop_after_update = true;
    rig_play();
    assert_int_equal(rig.messages[0], 2);
    assert_int_equal(rig.messages[1], 0);
}

/* ---- bytes ---- */

static uint64_t total(uint64_t *up, uint64_t *down, int number)
{
    *up = *down = 0;
    for (int w = 0; w < rig.cluster.workers; w++) {
        *up += rig.worker[w].up[number];
        *down += rig.worker[w].down[number];
    }
    return *up;
}

/* Whatever leaves a worker arrives at one, all of it is closed, and the last to close has the last arrival. */
static void expect_consistent(void)
{
    uint64_t up, down;
    vtime last = 0;
    assert_int_equal(total(&up, &down, 0), rig.bytes);
    assert_int_equal(up, down);
    for (int w = 0; w < rig.cluster.workers; w++) {
        assert_int_not_equal(rig.worker[w].closed[0], VTIME_NEVER);
        assert_true(rig.worker[w].closed[0] >= rig.worker[w].result[0] || rig.spec.gathers);
        last = later(last, rig.worker[w].closed[0]);
    }
    assert_int_equal(last, rig.last_arrival[0]);
}

static void test_bytes(void **unused)
{
    (void)unused;
    const uint64_t P = 1000003, H = RIG_HEADER;
    for (int n = 2; n <= 9; n++) {
        uint64_t m = (uint64_t)n, pieces = (P + m - 1) / m + H;
        rig_begin("ring", n, P, L, B);
        rig_play();
        for (int w = 0; w < n; w++)
            assert_int_equal(rig.worker[w].up[0], 2 * (m - 1) * pieces);
        expect_consistent();

        rig_begin("tree", n, P, L, B);
        rig.spec.chunk = 100000; /* halves of 500002 and 500001 bytes: 6 chunks each */
        rig_play();
        expect_consistent();
        assert_int_equal(rig.bytes, 2 * (m - 1) * (P + 12 * H));
        assert_int_equal(rig.messages[0], 2 * (n - 1) * 12);

        rig_begin("sharded", n, P, L, B);
        rig.cluster.shards = n;
        rig.cluster.colocated = true;
        rig_play();
        for (int w = 0; w < n; w++)
            assert_int_equal(rig.worker[w].up[0], 2 * (m - 1) * pieces);
        expect_consistent();

        rig_begin("halving_doubling", n, P, L, B);
        rig_play();
        expect_consistent();
    }
}

/* N = 6: ranks 0 and 2 merge into 1 and 3; 1, 3, 4, 5 halve twice. */
static void test_bytes_of_halving_doubling(void **unused)
{
    (void)unused;
    const uint64_t P = 1000003, H = RIG_HEADER, halves = 2 * (500002 + 250001 + 2 * H);
    rig_begin("halving_doubling", 6, P, L, B);
    rig_play();
    const uint64_t expected[] = {P + H, halves + P + H, P + H, halves + P + H, halves, halves};
    for (int w = 0; w < 6; w++) {
        assert_int_equal(rig.worker[w].up[0], expected[w]);
        assert_int_equal(rig.worker[w].down[0], expected[w]);
    }
}

static void test_bytes_of_hierarchy(void **unused)
{
    (void)unused;
    const uint64_t P = 1000003, H = RIG_HEADER, chain = P + 11 * H, ring = 4 * (333335 + H);
    rig_begin("hierarchical", 6, P, L, B);
    rig_group((const int[]){1, 3, 2}, 3, 0);
    rig.spec.chunk = 100000;
    rig_play();
    const uint64_t expected[] = {ring, ring + chain, 2 * chain, chain, ring + chain, chain};
    for (int w = 0; w < 6; w++) {
        assert_int_equal(rig.worker[w].up[0], expected[w]);
        assert_int_equal(rig.worker[w].down[0], expected[w]);
    }
    expect_consistent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream_order_and_overhead),
        cmocka_unit_test(test_shards_have_no_order),
        cmocka_unit_test(test_early_messages_wait),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stop_of_shards),
        cmocka_unit_test(test_stop_in_the_ns_of_a_result),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_bytes_of_halving_doubling),
        cmocka_unit_test(test_bytes_of_hierarchy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
