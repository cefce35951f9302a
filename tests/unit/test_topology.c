/* Which links a message takes, by their names, and what each link has. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time/topology.h"

enum { WORKERS = 5, SHARDS = 2, PARTS = 3 };

static const double up[WORKERS] = {1, 2, 3, 4, 5}, down[WORKERS] = {10, 20, 30, 40, 50};
static const double latency[WORKERS] = {.1, .2, .3, .4, .5};
static const struct trace traces[WORKERS], server_trace;
static const int part_of[WORKERS] = {0, 0, 1, 2, 2};
static const double part_up[PARTS] = {7, 8, 9}, part_down[PARTS] = {70, 80, 90};
static const double part_latency_up[PARTS] = {.7, .8, .9}, part_latency_down[PARTS] = {7, 8, 9};
static const double bandwidth[PARTS * PARTS] = {0, 12, 13, 21, 0, 23, 31, 32, 0};
static const double between[PARTS * PARTS] = {NAN, .12, .13, .21, NAN, .23, .31, .32, NAN};

static struct topology_spec spec_of(enum topology_kind kind, int shards, int server_part)
{
    return (struct topology_spec){.kind = kind,
                                  .workers = WORKERS,
                                  .shards = shards,
                                  .up = up,
                                  .down = down,
                                  .latency = latency,
                                  .server_up = 100,
                                  .server_down = INFINITY,
                                  .parts = PARTS,
                                  .part_of = part_of,
                                  .server_part = server_part,
                                  .part_up = part_up,
                                  .part_down = part_down,
                                  .part_latency_up = part_latency_up,
                                  .part_latency_down = part_latency_down,
                                  .pair_bandwidth = bandwidth,
                                  .pair_latency = between,
                                  .latency_factor = 2,
                                  .jitter = .5,
                                  .window = 6,
                                  .seed = 7};
}

static void name(const struct topology *t, int link, char *out, size_t size)
{
    *out = '\0';
    for (int i = 0; i < t->workers; i++) {
        if (link == topology_up(t, i))
            snprintf(out, size, "up%d", i);
        if (link == topology_down(t, i))
            snprintf(out, size, "down%d", i);
    }
    for (int j = 0; j < t->shards && !t->colocated; j++) {
        if (link == topology_into(t, j))
            snprintf(out, size, "in%d", j);
        if (link == topology_out_of(t, j))
            snprintf(out, size, "out%d", j);
    }
    for (int g = 0; g < t->parts && t->kind == TOPOLOGY_GROUPS; g++) {
        if (link == topology_part_up(t, g))
            snprintf(out, size, "UP%d", g);
        if (link == topology_part_down(t, g))
            snprintf(out, size, "DOWN%d", g);
    }
    for (int a = 0; a < t->parts && t->kind == TOPOLOGY_SITES; a++)
        for (int b = 0; b < t->parts; b++)
            if (a != b && link == topology_between(t, a, b))
                snprintf(out, size, "%d>%d", a, b);
}

static void expect(const struct topology *t, int from, int to, const char *route)
{
    int links[LONGEST_ROUTE], n = t->graph.route(t->graph.context, from, to, links);
    char got[200] = "";
    for (int i = 0; i < n; i++) {
        char one[40];
        assert_in_range(links[i], 0, t->graph.links - 1);
        name(t, links[i], one, sizeof one);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "", one);
    }
    assert_string_equal(got, route);
}

static void expect_link(const struct topology *t, int link, double rate, double seconds)
{
    assert_true(t->graph.link[link].bandwidth == rate);
    assert_true(t->graph.link[link].latency == seconds);
    assert_null(t->graph.link[link].trace);
}

static void test_star(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_STAR, 1, 2); /* its parts do not count */
    struct topology *t = topology_create(&spec);
    assert_int_equal(t->parts, 1);
    assert_int_equal(t->part_of[4], 0);
    assert_int_equal(t->graph.nodes, WORKERS + 1);
    assert_int_equal(t->graph.links, 2 * WORKERS + 2);
    expect(t, 0, 4, "up0 down4");
    expect(t, 4, 3, "up4 down3");
    expect(t, 2, topology_server(t, 0), "up2 in0");
    expect(t, topology_server(t, 0), 2, "out0 down2");
    expect_link(t, topology_up(t, 3), 4, .4);
    expect_link(t, topology_down(t, 3), 40, .4);
    expect_link(t, topology_into(t, 0), 100, 0);
    expect_link(t, topology_out_of(t, 0), INFINITY, 0);
    topology_destroy(t);
}

static void test_groups_with_the_server_at_the_core(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_GROUPS, SHARDS, -1);
    struct topology *t = topology_create(&spec);
    assert_int_equal(t->graph.links, 2 * WORKERS + 2 * SHARDS + 2 * PARTS);
    expect(t, 0, 1, "up0 down1");
    expect(t, 1, 2, "up1 UP0 DOWN1 down2");
    expect(t, 4, 0, "up4 UP2 DOWN0 down0");
    expect(t, 4, topology_server(t, 1), "up4 UP2 in1");
    expect(t, topology_server(t, 0), 2, "out0 DOWN1 down2");
    for (int g = 0; g < PARTS; g++) {
        expect_link(t, topology_part_up(t, g), part_up[g], part_latency_up[g]);
        expect_link(t, topology_part_down(t, g), part_down[g], part_latency_down[g]);
    }
    topology_destroy(t);
}

static void test_groups_with_the_server_in_one(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_GROUPS, 1, 2);
    struct topology *t = topology_create(&spec);
    expect(t, 4, topology_server(t, 0), "up4 in0");
    expect(t, topology_server(t, 0), 3, "out0 down3");
    expect(t, 2, topology_server(t, 0), "up2 UP1 DOWN2 in0");
    expect(t, topology_server(t, 0), 0, "out0 UP2 DOWN0 down0");
    topology_destroy(t);
}

static void test_sites(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_SITES, 1, 1);
    struct topology *t = topology_create(&spec);
    expect(t, 0, 1, "up0 down1");
    expect(t, 1, 2, "up1 0>1 down2");
    expect(t, 3, 0, "up3 2>0 down0");
    expect(t, 2, topology_server(t, 0), "up2 in0");
    expect(t, 3, topology_server(t, 0), "up3 2>1 in0");
    expect(t, topology_server(t, 0), 0, "out0 1>0 down0");
    expect_link(t, topology_between(t, 0, 1), 12, .12);
    expect_link(t, topology_between(t, 1, 0), 21, .21);
    expect_link(t, topology_between(t, 2, 1), 32, .32);
    topology_destroy(t);
}

static void test_colocated_shards_share_their_workers_links(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_GROUPS, WORKERS, -1);
    spec.colocated = true;
    struct topology *t = topology_create(&spec);
    assert_int_equal(t->graph.nodes, 2 * WORKERS);
    assert_int_equal(t->graph.links, 2 * WORKERS + 2 * PARTS);
    expect(t, 0, topology_server(t, 1), "up0 down1");
    expect(t, topology_server(t, 1), 0, "up1 down0");
    expect(t, 0, topology_server(t, 4), "up0 UP0 DOWN2 down4");
    expect(t, topology_server(t, 4), 0, "up4 UP2 DOWN0 down0");
    topology_destroy(t);
}

static void test_traces_and_the_rest_of_the_graph(void **unused)
{
    (void)unused;
    struct topology_spec spec = spec_of(TOPOLOGY_SITES, SHARDS, 0);
    spec.link_trace = traces;
    spec.server_trace = &server_trace;
    struct topology *t = topology_create(&spec);
    for (int i = 0; i < WORKERS; i++) {
        assert_ptr_equal(t->graph.link[topology_up(t, i)].trace, &traces[i]);
        assert_ptr_equal(t->graph.link[topology_down(t, i)].trace, &traces[i]);
    }
    for (int j = 0; j < SHARDS; j++) {
        assert_ptr_equal(t->graph.link[topology_into(t, j)].trace, &server_trace);
        assert_ptr_equal(t->graph.link[topology_out_of(t, j)].trace, &server_trace);
    }
    assert_null(t->graph.link[topology_between(t, 0, 1)].trace);
    assert_true(t->graph.latency_factor == 2 && t->graph.jitter == .5 && t->graph.window == 6);
    assert_int_equal(t->graph.seed, 7);
    topology_destroy(t);
    topology_destroy(NULL);
}

/* Every link but a site's to itself is in a route, and no link has two names. */
static void test_links_have_one_name_each(void **unused)
{
    (void)unused;
    for (int kind = TOPOLOGY_STAR; kind <= TOPOLOGY_SITES; kind++) {
        struct topology_spec spec = spec_of((enum topology_kind)kind, SHARDS, 0);
        struct topology *t = topology_create(&spec);
        bool used[2 * WORKERS + 2 * SHARDS + PARTS * PARTS] = {false};
        int n = 0;
        for (int from = 0; from < t->graph.nodes; from++)
            for (int to = 0; to < t->graph.nodes; to++) {
                int links[LONGEST_ROUTE], length = from == to ? 0 : t->graph.route(t, from, to, links);
                for (int i = 0; i < length; i++) {
                    n += !used[links[i]];
                    used[links[i]] = true;
                }
            }
        assert_int_equal(n, t->graph.links - (kind == TOPOLOGY_SITES ? PARTS : 0));
        topology_destroy(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_star),
        cmocka_unit_test(test_groups_with_the_server_at_the_core),
        cmocka_unit_test(test_groups_with_the_server_in_one),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_colocated_shards_share_their_workers_links),
        cmocka_unit_test(test_traces_and_the_rest_of_the_graph),
        cmocka_unit_test(test_links_have_one_name_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
