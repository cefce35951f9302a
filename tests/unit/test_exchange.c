/* Exchanges against closed forms and recurrences, to the nanosecond. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/rng.h"
#include "tests/rigs/exchanges.h"

static bool always(const void *unused, int64_t number)
{
    (void)unused, (void)number;
    return true;
}

/* ---- equal workers that join at once ---- */

static void test_ring(void **unused)
{
    (void)unused;
    for (int n = 2; n <= 33; n += n < 9 ? 1 : 8) {
        rig_begin("ring", n, 1000003, L, B);
        rig_play();
        vtime step = ROUTE + flow(part(1000003, n), B);
        expect_all((n - 1) * step, 2 * (n - 1) * step, 0);
    }
}

static void test_halving_doubling(void **unused)
{
    (void)unused;
    for (int q = 1; q <= 5; q++) {
        rig_begin("halving_doubling", 1 << q, 1000003, L, B);
        rig_play();
        vtime halving = 0;
        for (int j = 1; j <= q; j++)
            halving += ROUTE + flow(part(1000003, 1 << j), B);
        expect_all(halving, 2 * halving, 0);
    }
}

/* Rank 0 merges into 1, which exchanges halves with 2. The merge and the half of 2 share the link of 1. */
static void test_halving_doubling_of_three(void **unused)
{
    (void)unused;
    rig_begin("halving_doubling", 3, 1000000, L, B);
    rig_play();
    vtime whole = flow(1000000, B), half = flow(500000, B), merged = ROUTE + whole + half;
    for (int w = 0; w < 3; w++)
        assert_int_equal(rig.worker[w].pushed[0], merged + ROUTE + half);
    assert_int_equal(rig.worker[1].result[0], merged + 2 * (ROUTE + half));
    assert_int_equal(rig.worker[2].result[0], merged + 2 * (ROUTE + half));
    assert_int_equal(rig.worker[0].result[0], merged + 2 * (ROUTE + half) + ROUTE + whole);
}

static void test_all_gather(void **unused)
{
    (void)unused;
    static const char *const kinds[] = {"ring", "halving_doubling", "tree", "hierarchical"};
    for (int i = 0; i < 4; i++) {
        rig_begin(kinds[i], 6, 1000003, L, B);
        if (i == 3)
            rig_group((const int[]){2, 4}, 2, 0);
        rig.spec.gathers = always;
        rig_play();
        vtime end = 5 * (ROUTE + flow(1000003, B));
        expect_all(end, end, 0);
        assert_int_equal(rig.messages[0], 6 * 5);
    }
}

/* Two workers: each pair carries the chunks of one tree up and those of the other down. */
static void test_tree_of_two(void **unused)
{
    (void)unused;
    for (int chunks = 1; chunks <= 16; chunks *= 4) {
        rig_begin("tree", 2, (uint64_t)(2 * chunks) * 99936, L, B);
        rig.spec.chunk = 99936;
        rig_play();
        vtime x = flow(99936, B), alone = 2 * ROUTE + (chunks + 1) * x, shared = ROUTE + 2 * chunks * x;
        expect_all(ROUTE + chunks * x, alone > shared ? alone : shared, 0);
    }
}

/* Of one chunk, all links carry two messages at a time: up, then down. */
static void test_tree_of_three(void **unused)
{
    (void)unused;
    rig_begin("tree", 3, 1000000, L, B);
    rig_play();
    vtime x = flow(500000, B);
    expect_all(ROUTE + 2 * x, 2 * (ROUTE + 2 * x), 0);
}

static void test_two_trees_of_many_take_about_two_passes(void **unused)
{
    (void)unused;
    for (int n = 5; n <= 33; n += 7) {
        rig_begin("tree", n, 100000000, 1e-6, B);
        rig.spec.chunk = 1;
        rig_play();
        vtime last = 0;
        for (int w = 0; w < n; w++)
            last = later(last, rig.worker[w].result[0]);
        double passes = (double)last / (100000000 / B * 1e9);
        assert_true(passes > 1.99 && passes < 2.31);

        assert_true(rig.messages[0] <= 2 * (n - 1) * 1024);
    }
}

/* A chain is a pipe: chunk k is h hops away after h + k chunk times. */
static void test_chain(void **unused)
{
    (void)unused;
    rig_begin("hierarchical", 5, 7 * 99936, L, B);
    rig_group((const int[]){5}, 1, 0);
    rig.spec.chunk = 99936;
    rig_play();
    vtime x = flow(99936, B), update = 4 * ROUTE + (4 + 6) * x;
    for (int w = 0; w < 5; w++) {
        assert_int_equal(rig.worker[w].pushed[0], update);
        assert_int_equal(rig.worker[w].result[0], w == 0 ? update : update + w * ROUTE + (w + 6) * x);
    }
}

/* Groups of 1, 3 and 2: the leaders are 0, 1 and 4. The ring waits for rank 1, which receives both steps of the
 * reduction from rank 0 before it has its group's chunk; the second one takes a part of its link. */
static void test_hierarchy(void **unused)
{
    (void)unused;
    rig_begin("hierarchical", 6, 999360, L, B);
    rig_group((const int[]){1, 3, 2}, 3, 10e-6);
    rig_play();
    vtime chunk = ROUTE + flow(999360, B), step = ROUTE + 20000 + flow(333120, B),
          ring = 2 * chunk + step - ROUTE - 20000;
    const vtime back[] = {0, 0, chunk, 2 * chunk, 0, chunk};
    for (int w = 0; w < 6; w++) {
        assert_int_equal(rig.worker[w].pushed[0], ring + 2 * step);
        assert_int_equal(rig.worker[w].result[0], ring + 4 * step + back[w]);
    }
}

static void test_sharded(void **unused)
{
    (void)unused;
    rig_begin("sharded", 3, 1000003, L, B);
    rig.cluster.shards = 4;
    rig_play();
    vtime way = ROUTE / 2 + 4 * flow(part(1000003, 4), B);
    expect_all(way, 2 * way, 0);
    assert_int_equal(rig.worker[2].sent[0], way);

    rig_begin("sharded", 3, 1000003, L, B);
    rig.cluster.shards = 2;
    rig.cluster.server_up = rig.cluster.server_down = B;
    rig_play();
    way = ROUTE / 2 + 3 * flow(part(1000003, 2), B);
    expect_all(way, 2 * way, 0);
}

static void test_colocated_shards(void **unused)
{
    (void)unused;
    for (int n = 1; n <= 5; n++) {
        rig_begin("sharded", n, 1000003, L, B);
        rig.cluster.shards = n;
        rig.cluster.colocated = true;
        rig_play();
        vtime way = n == 1 ? 0 : ROUTE + (n - 1) * flow(part(1000003, n), B);
        expect_all(way, 2 * way, 0);
    }
}

/* N parts arrive at once at each shard, which serves one after the other. */
static void test_shards_with_cost(void **unused)
{
    (void)unused;
    rig_begin("sharded", 3, 1000003, L, B);
    rig.cluster.shards = 2;
    rig.spec.server_cost = 1e-9;
    rig_play();
    vtime way = ROUTE / 2 + 2 * flow(part(1000003, 2), B), service = (vtime)part(1000003, 2) + RIG_HEADER;
    expect_all(way + 3 * service, 2 * way + 3 * service, 0);
    assert_int_equal(rig.worker[0].sent[0], way);

    rig.spec.all_workers = false; /* each push by itself; replies leave after the third */
    rig_play();
    for (int w = 0; w < 3; w++) {
        assert_int_equal(rig.worker[w].sent[0], way);
        assert_int_equal(rig.worker[w].pushed[0], way + (w + 1) * service);
        assert_int_equal(rig.worker[w].result[0], 2 * way + 3 * service);
    }
}

/* ---- unequal workers ---- */

static double draw(int which, int worker)
{
    const struct draw_key key = {
        .seed = 5, .purpose = DRAW_LATENCY, .rank = worker, .round = (uint64_t)which};
    return draw_lognormal(&key, 0, 1);
}

static vtime rate_of(int from, uint64_t payload)
{
    int to = (from + 1) % rig.cluster.workers;
    return ROUTE + flow(payload, fmin(rig.up[from], rig.down[to]));
}

/* No message of a ring shares a link: arrival of each step by its definition. bytes(w, s): of worker w's step s. */
static void expect_steps(int steps, uint64_t (*bytes)(int, int), vtime arrival[][RIG_WORKERS])
{
    int n = rig.cluster.workers;
    for (int s = 0; s < steps; s++)
        for (int w = 0; w < n; w++) {
            vtime t = rig.worker[w].join[0];
            if (s > 0)
                t = later(t, later(arrival[s - 1][w], arrival[s - 1][(w + n - 1) % n]));
            arrival[s][w] = t + rate_of(w, bytes(w, s));
        }
}

static void unequal(int n)
{
    for (int w = 0; w < n; w++) {
        rig.worker[w].join[0] = (vtime)(1e7 * draw(0, w));
        rig.up[w] = B * draw(1, w);
        rig.down[w] = B * draw(2, w);
        rig.push[w] = (uint64_t)(1e6 * draw(3, w));
    }
}

/* Over a star `server` has two networks of its own. They agree with the graph: which of a worker's messages comes when,
 * of three pushes that leave before the replies to those before have come. */
static void test_server_over_graph_is_that_over_star(void **unused)
{
    (void)unused;
    static struct rig_worker over_star[RIG_WORKERS];
    for (int n = 1; n <= 33; n += 8) {
        rig_begin("server", n, 0, L, B);
        rig.cluster.server_up = 3 * B;
        rig.cluster.server_down = 2 * B;
        rig.exchanges = 3;
        unequal(n);
        for (int w = 0; w < n; w++) {
            rig.latency[w] = 50e-6 * draw(4, w);
            for (int e = 1; e < 3; e++)
                rig.worker[w].join[e] = rig.worker[w].join[e - 1] + (vtime)(1e7 * draw(4 + e, w));
        }
        rig.over_hub = true;
        rig_play();
        memcpy(over_star, rig.worker, sizeof over_star);
        rig.over_hub = false;
        rig_play();
        for (int w = 0; w < n; w++) {
            assert_memory_equal(over_star[w].pushed, rig.worker[w].pushed, sizeof over_star[w].pushed);
            assert_memory_equal(over_star[w].result, rig.worker[w].result, sizeof over_star[w].result);
            assert_int_equal(rig.worker[w].up[2], rig.push[w] + RIG_HEADER);
        }
    }
}

static uint64_t piece(int worker, int step)
{
    (void)worker, (void)step;
    return part(rig.push[0], rig.cluster.workers);
}

static uint64_t vector(int worker, int step)
{
    int n = rig.cluster.workers;
    return rig.push[(worker - step + n) % n];
}

static void test_unequal_ring(void **unused)
{
    (void)unused;
    static vtime arrival[2 * RIG_WORKERS][RIG_WORKERS];
    for (int n = 2; n <= 20; n += 3) {
        rig_begin("ring", n, 0, L, B);
        unequal(n);
        for (int w = 1; w < n; w++)
            rig.push[w] = rig.push[0];
        rig_play();
        expect_steps(2 * (n - 1), piece, arrival);
        vtime update = 0;
        for (int w = 0; w < n; w++)
            update = later(update, arrival[n - 2][w]);
        for (int w = 0; w < n; w++) {
            assert_int_equal(rig.worker[w].pushed[0], update);
            assert_int_equal(rig.worker[(w + 1) % n].result[0], arrival[2 * n - 3][w]);
        }
    }
}

/* The worker that joins last may hold all other vectors by then. */
static void test_unequal_all_gather(void **unused)
{
    (void)unused;
    static vtime arrival[RIG_WORKERS][RIG_WORKERS];
    for (int n = 2; n <= 20; n += 3) {
        rig_begin("tree", n, 0, L, B);
        rig.spec.gathers = always;
        unequal(n);
        rig_play();
        expect_steps(n - 1, vector, arrival);
        vtime update = VTIME_NEVER;
        for (int w = 0; w < n; w++) {
            vtime result = later(arrival[n - 2][(w + n - 1) % n], rig.worker[w].join[0]);
            assert_int_equal(rig.worker[w].result[0], result);
            update = result < update ? result : update;
        }
        for (int w = 0; w < n; w++)
            assert_int_equal(rig.worker[w].pushed[0], update);
    }
}

static void test_late_worker_holds_all_others(void **unused)
{
    (void)unused;
    rig_begin("ring", 3, 1000, L, B);
    rig.spec.gathers = always;
    rig.worker[1].join[0] = 5000000;
    rig_play();
    vtime step = ROUTE + flow(1000, B);
    for (int w = 0; w < 3; w++)
        assert_int_equal(rig.worker[w].pushed[0], 5000000);
    assert_int_equal(rig.worker[1].result[0], 5000000);
    assert_int_equal(rig.worker[2].result[0], 5000000 + 2 * step); /* vector 0 comes after vector 1 */
    assert_int_equal(rig.worker[0].result[0], 5000000 + 2 * step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_halving_doubling),
        cmocka_unit_test(test_halving_doubling_of_three),
        cmocka_unit_test(test_all_gather),
        cmocka_unit_test(test_tree_of_two),
        cmocka_unit_test(test_tree_of_three),
        cmocka_unit_test(test_two_trees_of_many_take_about_two_passes),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_hierarchy),
        cmocka_unit_test(test_sharded),
        cmocka_unit_test(test_colocated_shards),
        cmocka_unit_test(test_shards_with_cost),
        cmocka_unit_test(test_server_over_graph_is_that_over_star),
        cmocka_unit_test(test_unequal_ring),
        cmocka_unit_test(test_unequal_all_gather),
        cmocka_unit_test(test_late_worker_holds_all_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
