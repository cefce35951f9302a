/* The network against closed forms, to the nanosecond. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/base/fail.h"
#include "sim/time/network.h"
#include "tests/rigs/arrivals.h"
#include "tests/rigs/scratch.h"

#define SLACK       0x1p-10L /* rule 3 */
#define BYTE_PER_NS 1e9
#define GBIT        1.25e8

enum { MOST_WORKERS = 1024 };

struct star {
    struct network_spec spec;
    double link[MOST_WORKERS];
    vtime latency[MOST_WORKERS];
};

static struct star star;

static struct network *create(enum sharing sharing, int workers, double link, double server)
{
    star.spec = (struct network_spec){.workers = workers,
                                      .sharing = sharing,
                                      .link_bandwidth = star.link,
                                      .latency = star.latency,
                                      .server_bandwidth = server};
    for (int w = 0; w < workers; w++) {
        star.link[w] = link;
        star.latency[w] = 0;
    }
    return net_create(&star.spec);
}

/* For stars with links that differ: change `star`, then call this. */
static struct network *create_again(struct network *net)
{
    net_destroy(net);
    return net_create(&star.spec);
}

static void expect(struct network *net, vtime arrival, int worker, int64_t id)
{
    int taken_worker;
    int64_t taken_id;
    assert_int_equal(next_arrival(net), arrival);
    net_take(net, &taken_worker, &taken_id);
    assert_int_equal(taken_worker, worker);
    assert_int_equal(taken_id, id);
}

static void expect_nothing(struct network *net)
{
    assert_int_equal(next_arrival(net), VTIME_NEVER);
    net_destroy(net);
}

/* --- closed forms: fair --- */

static void test_single_message(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 2, GBIT, INFINITY);
    star.latency[1] = 1000;
    net = create_again(net);
    net_depart(net, 1, 77, 5000, -9);
    expect(net, 77 + 1000 + 40000, 1, -9);
    net_depart(net, 0, 41077, 1, 3); /* 8 ns */
    expect(net, 41085, 0, 3);
    expect_nothing(net);
}

static void test_part_of_a_ns_rounds_up(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 1, 1024 * BYTE_PER_NS, INFINITY);
    const vtime expected[] = {5, 5, 6, 6}; /* 5, 5 + 2^-10, 5 + 2^-9, 6 ns */
    const uint64_t bytes[] = {5120, 5121, 5122, 6144};
    for (int i = 0; i < 4; i++) {
        net_depart(net, 0, 100 * i, bytes[i], i);
        expect(net, 100 * i + expected[i], 0, i);
    }
    expect_nothing(net);
}

static void equal_messages(int workers, double link, double server, vtime latency)
{
    const uint64_t bytes = 9900064;
    const vtime t = 123456789;
    struct network *net = create(SHARE_FAIR, workers, link, server);
    for (int w = 0; w < workers; w++)
        star.latency[w] = latency;
    net = create_again(net);
    for (int w = workers - 1; w >= 0; w--)
        net_depart(net, w, t, bytes, w);
    long double ns = (long double)bytes / fminl(link, (long double)server / workers) * 1e9L;
    vtime arrival = t + latency + (vtime)ceill(ns - SLACK);
    for (int w = 0; w < workers; w++)
        expect(net, arrival, w, w);
    expect_nothing(net);
}

static void test_equal_messages(void **unused)
{
    (void)unused;
    const int workers[] = {1, 2, 3, 7, 8, 16, 100, 1000, 1024};
    for (int i = 0; i < 9; i++) {
        equal_messages(workers[i], GBIT, GBIT, 50000);
        equal_messages(workers[i], GBIT, 10 * GBIT, 0);
        equal_messages(workers[i], 0.956 * GBIT, 0.956 * 7 * GBIT, 1);
        equal_messages(workers[i], INFINITY, GBIT / 3, 100000);
        equal_messages(workers[i], GBIT / 7, INFINITY, 100000);
    }
}

static void test_staggered(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 3, BYTE_PER_NS, BYTE_PER_NS);
    net_depart(net, 0, 0, 1000, 0); /* 100 alone, 50 of a half, 100 of a third, 750 of a half */
    net_depart(net, 1, 100, 1000, 1);
    net_depart(net, 2, 200, 100, 2);
    expect(net, 500, 2, 2);
    expect(net, 2000, 0, 0);
    expect(net, 2100, 1, 1);
    expect_nothing(net);
}

static void test_slow_link_leaves_the_rest(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 3, BYTE_PER_NS, BYTE_PER_NS);
    star.link[1] = 0.1 * BYTE_PER_NS;
    net = create_again(net);
    net_depart(net, 0, 0, 9000, 0); /* 4500 at 0.45, then 4500 at 0.5 */
    net_depart(net, 1, 0, 1000, 1);
    net_depart(net, 2, 0, 9000, 2);
    expect(net, 10000, 1, 1);
    expect(net, 19000, 0, 0);
    expect(net, 19000, 2, 2);
    expect_nothing(net);
}

/* N messages, each `stagger` after the one before, all on their way when the last departs: the server link is
 * never idle, and each part of the first one's waiting is of a known number of messages. */
static void staggered_messages(int workers, vtime stagger)
{
    const uint64_t bytes = 9900064;
    const vtime latency = 50000;
    struct network *net = create(SHARE_FAIR, workers, GBIT, GBIT);
    long double alone = (long double)bytes / GBIT * 1e9L, served = 0; /* ns of the whole link */
    for (int w = 0; w < workers; w++)
        star.latency[w] = latency;
    net = create_again(net);
    for (int w = 0; w < workers; w++)
        net_depart(net, w, w * stagger, bytes, w);
    for (int w = 1; w < workers; w++)
        served += (long double)stagger / w;
    assert_true(served < alone);
    long double first = (workers - 1) * (long double)stagger + workers * (alone - served);
    expect(net, latency + (vtime)ceill(first - SLACK), 0, 0);
    for (int w = 1; w < workers - 1; w++) {
        int worker;
        int64_t id;
        next_arrival(net);
        net_take(net, &worker, &id);
        assert_int_equal(worker, w);
    }
    expect(net, latency + (vtime)ceill(workers * alone - SLACK), workers - 1, workers - 1);
    expect_nothing(net);
}

static void test_staggered_by_a_formula(void **unused)
{
    (void)unused;
    for (int workers = 2; workers <= 32; workers++) {
        staggered_messages(workers, 1);
        staggered_messages(workers, 777777);
        staggered_messages(workers, 19000001);
    }
}

/* The others share what the slow link leaves, and the slow one never notices them. */
static void one_slow_worker(int workers, double slow)
{
    const uint64_t bytes = 9900064;
    struct network *net = create(SHARE_FAIR, workers, GBIT, GBIT);
    star.link[0] = slow;
    net = create_again(net);
    for (int w = 0; w < workers; w++)
        net_depart(net, w, 1000, bytes, w);
    long double others = (long double)bytes * (workers - 1) / ((long double)GBIT - slow) * 1e9L;
    for (int w = 1; w < workers; w++)
        expect(net, 1000 + (vtime)ceill(others - SLACK), w, w);
    expect(net, 1000 + (vtime)ceill((long double)bytes / slow * 1e9L - SLACK), 0, 0);
    expect_nothing(net);
}

static void test_one_slow_worker(void **unused)
{
    (void)unused;
    for (int workers = 2; workers <= 100; workers++) {
        one_slow_worker(workers, GBIT / workers / 1.5);
        one_slow_worker(workers, GBIT / 1000);
    }
}

static void test_latencies(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 2, BYTE_PER_NS, BYTE_PER_NS);
    star.latency[0] = 500;
    net = create_again(net);
    net_depart(net, 0, 0, 1000, 0); /* in flight until 500, while the other has the server link */
    net_depart(net, 1, 100, 1000, 1);
    expect(net, 1700, 1, 1);
    expect(net, 2100, 0, 0);
    expect_nothing(net);
}

static void test_one_link_one_message(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 2, 3 * BYTE_PER_NS, INFINITY);
    net_depart(net, 0, 0, 1000, 0); /* 333.3 ns */
    net_depart(net, 0, 10, 1000, 1);
    net_depart(net, 1, 20, 1000, 2);
    expect(net, 334, 0, 0);
    expect(net, 354, 1, 2);
    expect(net, 334 + 334, 0, 1); /* enters at the arrival, not at 333.3 */
    net_depart(net, 0, 2000, 1000, 3);
    expect(net, 2334, 0, 3);
    expect_nothing(net);
}

static void test_infinite_bandwidth(void **unused)
{
    (void)unused;
    for (int sharing = SHARE_FAIR; sharing <= SHARE_FIFO; sharing++) {
        struct network *net = create((enum sharing)sharing, 3, INFINITY, INFINITY);
        star.link[1] = BYTE_PER_NS;
        star.latency[2] = 7;
        net = create_again(net);
        net_depart(net, 2, 0, 1 << 30, 0);
        net_depart(net, 0, 7, 1 << 30, 1);
        net_depart(net, 0, 7, 1 << 30, 2);
        net_depart(net, 1, 8, 1000, 3);
        expect(net, 7, 0, 1);
        expect(net, 7, 0, 2);
        expect(net, 7, 2, 0);
        expect(net, 1008, 1, 3);
        expect_nothing(net);
    }
}

static void test_tiny_messages(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 3, INFINITY, 1e6 * BYTE_PER_NS);
    net_depart(net, 1, 10, 700, 0); /* 0.0007 ns: within the slack */
    expect(net, 10, 1, 0);
    net_depart(net, 1, 20, 700, 1);
    assert_int_equal(net_due(net), 20);
    net_depart(net, 0, 20, 700, 2); /* 0.0014 ns for both */
    expect(net, 21, 0, 2);
    expect(net, 21, 1, 1);
    expect_nothing(net);
}

/* A message that finishes in the slack after its arrival does not share with what enters at its arrival. */
static void test_leaves_at_its_arrival(void **unused)
{
    (void)unused;
    for (int take_first = 0; take_first <= 1; take_first++) {
        struct network *net = create(SHARE_FAIR, 2, INFINITY, 1024 * BYTE_PER_NS);
        net_depart(net, 0, 0, 5 * 1024 + 1, 0);
        if (take_first)
            expect(net, 5, 0, 0);
        net_depart(net, 1, 5, 3 * 1024, 1);
        if (!take_first)
            expect(net, 5, 0, 0);
        net_depart(net, 0, 5, 3 * 1024, 2);
        expect(net, 11, 0, 2);
        expect(net, 11, 1, 1);
        expect_nothing(net);
    }
}

static void test_asking_plays_nothing(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 2, BYTE_PER_NS, BYTE_PER_NS);
    assert_int_equal(net_due(net), VTIME_NEVER);
    net_depart(net, 1, 0, 1000, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(net_due(net), 0); /* the entry */
    assert_false(net_play(net, 0));
    for (int i = 0; i < 5; i++)
        assert_int_equal(net_due(net), 1000);
    net_depart(net, 0, 999, 10, 0);
    assert_int_equal(net_due(net), 999);
    assert_false(net_play(net, 999));
    for (int i = 0; i < 5; i++)
        assert_int_equal(net_due(net), 1001);
    assert_true(net_play(net, 5000)); /* not beyond an arrival */
    expect(net, 1001, 1, 1);
    expect(net, 1010, 0, 0);
    expect_nothing(net);
}

/* A departure may be late, by the real clock: then it does not enter before what has been played. */
static void test_late_departure(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FAIR, 2, BYTE_PER_NS, BYTE_PER_NS);
    net_depart(net, 0, 0, 1000, 0);
    assert_false(net_play(net, 0));
    star.latency[0] = 100;
    net = create_again(net);
    net_depart(net, 0, 0, 1000, 0);
    assert_false(net_play(net, 100));
    net_depart(net, 1, 50, 1000, 1); /* enters at 100 */
    expect(net, 2100, 0, 0);
    expect(net, 2100, 1, 1);
    expect_nothing(net);
}

/* --- closed forms: fifo --- */

static void test_fifo_order(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FIFO, 4, 3 * BYTE_PER_NS, INFINITY);
    star.latency[0] = 5;
    net = create_again(net);
    net_depart(net, 0, 0, 3000, 0); /* enters at 5, after all others */
    net_depart(net, 3, 1, 1000, 3);
    net_depart(net, 2, 1, 1000, 2);
    assert_int_equal(net_due(net), 1 + 334);
    net_depart(net, 1, 2, 1000, 1);
    expect(net, 1 + 334, 2, 2); /* of those that enter at 1 the lower rank */
    expect(net, 1 + 667, 3, 3); /* from 333.3 on: the server link waits for no whole ns */
    expect(net, 1 + 1000, 1, 1);
    expect(net, 1 + 2000, 0, 0);
    expect_nothing(net);
}

static void test_fifo_one_link(void **unused)
{
    (void)unused;
    struct network *net = create(SHARE_FIFO, 2, 6 * BYTE_PER_NS, 3 * BYTE_PER_NS);
    net_depart(net, 0, 0, 1000, 0);
    net_depart(net, 0, 0, 1000, 1);  /* enters at 334, */
    net_depart(net, 1, 10, 1000, 2); /* so that this one comes first */
    expect(net, 334, 0, 0);
    expect(net, 667, 1, 2);
    expect(net, 1000, 0, 1);
    net_depart(net, 0, 5000, 1000, 3);
    net_depart(net, 0, 5000, 1000, 4);
    expect(net, 5334, 0, 3);
    expect(net, 5668, 0, 4); /* the server link is idle from 5333.3 to 5334 */
    expect_nothing(net);
}

static void test_fifo_is_not_snapped(void **unused)
{
    (void)unused;
    enum { MESSAGES = 1000 };
    struct network *net = create(SHARE_FIFO, MESSAGES, INFINITY, 4096 * BYTE_PER_NS);
    for (int w = 0; w < MESSAGES; w++)
        net_depart(net, w, 0, 100 * 4096 + 1, w);
    for (int w = 0; w < MESSAGES; w++) /* each 100 + 2^-12 ns */
        expect(net, 100 * (w + 1) + (w + 1 + 4095 - 4) / 4096, w, w);
    expect_nothing(net);
}

/* --- long runs, many workers --- */

static void test_long_horizon(void **unused)
{
    (void)unused;
    const vtime late = 10000000000000;
    struct network *net = create(SHARE_FAIR, 3, BYTE_PER_NS, BYTE_PER_NS);
    for (int w = 0; w < 3; w++)
        net_depart(net, w, 0, 3333333333333, w);
    for (int w = 0; w < 3; w++)
        expect(net, 9999999999999, w, w);
    for (int w = 0; w < 3; w++) /* as in test_staggered */
        net_depart(net, w, late + 100 * w, w < 2 ? 1000 : 100, w);
    expect(net, late + 500, 2, 2);
    expect(net, late + 2000, 0, 0);
    expect(net, late + 2100, 1, 1);
    for (vtime t = late; t < late + 300000; t += 300) { /* a third of a ns each time: no drift */
        net_depart(net, 0, t + 3000, 50, 0);
        net_depart(net, 1, t + 3000, 50, 1);
        net_depart(net, 2, t + 3000, 50, 2);
        for (int w = 0; w < 3; w++)
            expect(net, t + 3150, w, w);
    }
    expect_nothing(net);
}

static void test_1024_workers(void **unused)
{
    (void)unused;
    const vtime ns = 1024 * 8000;
    struct network *net = create(SHARE_FAIR, 1024, GBIT, GBIT);
    vtime t = 0;
    for (int round = 0; round < 3; round++, t += ns) {
        for (int w = 0; w < 1024; w++) {
            net_depart(net, w, t, 1000, round);
            assert_false(net_play(net, t));
            assert_int_equal(net_due(net), t + 8000 * (w + 1));
        }
        for (int w = 0; w < 1024; w++)
            expect(net, t + ns, w, round);
    }
    expect_nothing(net);
}

static void send_for_ages(void)
{
    struct network *net = create(SHARE_FAIR, 1, 1e-3, INFINITY);
    net_depart(net, 0, 0, (uint64_t)1 << 61, 0);
    next_arrival(net);
}

static void test_beyond_the_clock(void **unused)
{
    (void)unused;
    assert_dies(send_for_ages, EXIT_USAGE, "s is more than the virtual clock holds (146 years)\n");
    net_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_message),
        cmocka_unit_test(test_part_of_a_ns_rounds_up),
        cmocka_unit_test(test_equal_messages),
        cmocka_unit_test(test_staggered),
        cmocka_unit_test(test_slow_link_leaves_the_rest),
        cmocka_unit_test(test_staggered_by_a_formula),
        cmocka_unit_test(test_one_slow_worker),
        cmocka_unit_test(test_latencies),
        cmocka_unit_test(test_one_link_one_message),
        cmocka_unit_test(test_infinite_bandwidth),
        cmocka_unit_test(test_tiny_messages),
        cmocka_unit_test(test_leaves_at_its_arrival),
        cmocka_unit_test(test_asking_plays_nothing),
        cmocka_unit_test(test_late_departure),
        cmocka_unit_test(test_fifo_order),
        cmocka_unit_test(test_fifo_one_link),
        cmocka_unit_test(test_fifo_is_not_snapped),
        cmocka_unit_test(test_long_horizon),
        cmocka_unit_test(test_1024_workers),
        cmocka_unit_test_setup_teardown(test_beyond_the_clock, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
