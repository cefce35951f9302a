/* From [network] to the links of the workers, of the server, of groups and between sites. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/config/sites_file.h"
#include "sim/runtime/network_config.h"

static double latencies[] = {0, 1e-3, 10e-3}, bandwidths[] = {1e6, 2e6, 3e6}, general = 5e6;

static struct config config(void)
{
    return (struct config){.cluster.workers = 3,
                           .network = {.latency = {3, latencies},
                                       .bandwidth = {1, &general},
                                       .bandwidth_up = {3, bandwidths},
                                       .server_bandwidth = 8e6,
                                       .server_bandwidth_up = NAN,
                                       .server_bandwidth_down = 4e6,
                                       .sharing = SHARE_FIFO,
                                       .efficiency = 1,
                                       .latency_factor = 1,
                                       .tcp_window = NAN}};
}

static void expect(struct network_spec spec, const double *links, const vtime *ns, double server)
{
    assert_true(spec.workers == 3 && spec.sharing == SHARE_FIFO && spec.server_bandwidth == server);
    for (int w = 0; w < 3; w++) {
        assert_true(spec.link_bandwidth[w] == links[w] ||
                    fabs(spec.link_bandwidth[w] - links[w]) <= 1e-9 * links[w]);
        assert_int_equal(spec.latency[w], ns[w]);
    }
    star_free(&spec);
    assert_null(spec.latency);
}

static const vtime plain[] = {0, 1000000, 10000000};

static void test_each_direction_has_its_own(void **unused)
{
    (void)unused;
    struct config cfg = config();
    expect(star_up(&cfg), bandwidths, plain, 8e6);
    expect(star_down(&cfg), (double[]){5e6, 5e6, 5e6}, plain, 4e6);
}

static void test_efficiency_and_latency_factor(void **unused)
{
    (void)unused;
    struct config cfg = config();
    cfg.network.efficiency = 0.5;
    cfg.network.latency_factor = 13.01;
    expect(star_up(&cfg), (double[]){0.5e6, 1e6, 1.5e6}, (vtime[]){0, 13010000, 130100000}, 4e6);
}

/* 20 kB a round trip: nothing without latency, 10 MB/s at 1 ms, 1 MB/s at 10 ms. The server link has none. */
static void test_window(void **unused)
{
    (void)unused;
    struct config cfg = config();
    cfg.network.tcp_window = 20000;
    expect(star_up(&cfg), (double[]){1e6, 2e6, 1e6}, plain, 8e6);
    cfg.network.efficiency = 0.5;
    cfg.network.latency_factor = 2; /* leaves the window's round trip alone */
    expect(star_up(&cfg), (double[]){0.5e6, 1e6, 0.5e6}, (vtime[]){0, 2000000, 20000000}, 4e6);
    general = INFINITY;
    expect(star_down(&cfg), (double[]){INFINITY, 5e6, 0.5e6}, (vtime[]){0, 2000000, 20000000}, 2e6);
}

/* ---- topologies ---- */

static const struct graph_link *link_of(const struct topology *t, int link)
{
    return &t->graph.link[link];
}

static void test_topology_of_a_star(void **unused)
{
    (void)unused;
    struct config cfg = config();
    general = 5e6;
    cfg.network.efficiency = 0.5;
    cfg.network.latency_factor = 3;
    cfg.network.jitter = 0.25;
    cfg.network.tcp_window = 20000;
    cfg.experiment.seed = 9;
    struct topology *t = network_topology(&cfg, 2, false);
    assert_int_equal(t->kind, TOPOLOGY_STAR);
    assert_int_equal(t->shards, 2);
    for (int w = 0; w < 3; w++) {
        assert_true(link_of(t, topology_up(t, w))->bandwidth == 0.5 * bandwidths[w]);
        assert_true(link_of(t, topology_down(t, w))->bandwidth == 2.5e6);
        assert_true(link_of(t, topology_up(t, w))->latency == latencies[w]);
    }
    assert_true(link_of(t, topology_into(t, 1))->bandwidth == 4e6);
    assert_true(link_of(t, topology_out_of(t, 1))->bandwidth == 2e6);
    assert_true(t->graph.window == 10000); /* the efficiency counts in rates, and so in the window's */
    assert_true(t->graph.latency_factor == 3 && t->graph.jitter == 0.25 && t->graph.seed == 9);
    topology_destroy(t);
    cfg.network.tcp_window = NAN;
    t = network_topology(&cfg, 3, true);
    assert_true(t->colocated && isinf(t->graph.window));
    topology_destroy(t);
}

static void groups_are(const struct config *cfg, int parts, const int *part_of)
{
    struct topology *t = network_topology(cfg, 1, false);
    assert_int_equal(t->parts, parts);
    assert_int_equal(t->server_part, cfg->network.server_group);
    for (int w = 0; w < 3; w++)
        assert_int_equal(t->part_of[w], part_of[w]);
    topology_destroy(t);
}

static void test_topology_of_groups(void **unused)
{
    (void)unused;
    struct config cfg = config();
    double sizes[] = {1, 2}, one = 1, three = 3, wide = 7e6, up[] = {1e6, 2e6}, late = 0.5,
           down[] = {0.1, 0.2};
    cfg.network.topology = TOPOLOGY_GROUPS;
    cfg.network.efficiency = 0.5;
    cfg.network.groups = (struct reals){2, sizes};
    cfg.network.group_bandwidth = (struct reals){1, &wide};
    cfg.network.group_bandwidth_up = (struct reals){2, up};
    cfg.network.group_latency = (struct reals){1, &late};
    cfg.network.group_latency_down = (struct reals){2, down};
    cfg.network.server_group = -1;
    struct topology *t = network_topology(&cfg, 1, false);
    for (int g = 0; g < 2; g++) {
        assert_true(link_of(t, topology_part_up(t, g))->bandwidth == 0.5 * up[g]);
        assert_true(link_of(t, topology_part_down(t, g))->bandwidth == 3.5e6);
        assert_true(link_of(t, topology_part_up(t, g))->latency == 0.5);
        assert_true(link_of(t, topology_part_down(t, g))->latency == down[g]);
    }
    topology_destroy(t);
    groups_are(&cfg, 2, (int[]){0, 1, 1});
    cfg.network.server_group = 1;
    groups_are(&cfg, 2, (int[]){0, 1, 1});
    cfg.network.group_bandwidth_up.n = cfg.network.group_latency_down.n = 0;
    cfg.network.server_group = 0;
    cfg.network.groups = (struct reals){1, &three};
    groups_are(&cfg, 3, (int[]){0, 1, 2});
    cfg.network.groups = (struct reals){1, &one};
    groups_are(&cfg, 1, (int[]){0, 0, 0});
}

static void test_topology_of_sites(void **unused)
{
    (void)unused;
    struct config cfg = config();
    double bandwidth[] = {0, 3e6, 4e6, 0}, latency[] = {0, 0.3, 0.4, 0};
    int of[] = {1, 0, 1};
    struct sites sites = {.n = 2, .bandwidth = bandwidth, .latency = latency, .of = of, .server = 1};
    cfg.network.topology = TOPOLOGY_SITES;
    cfg.network.efficiency = 0.5;
    cfg.traces.sites = &sites;
    struct topology *t = network_topology(&cfg, 1, false);
    assert_int_equal(t->parts, 2);
    assert_int_equal(t->server_part, 1);
    for (int w = 0; w < 3; w++)
        assert_int_equal(t->part_of[w], of[w]);
    assert_true(link_of(t, topology_between(t, 0, 1))->bandwidth == 1.5e6);
    assert_true(link_of(t, topology_between(t, 1, 0))->bandwidth == 2e6);
    assert_true(link_of(t, topology_between(t, 1, 0))->latency == 0.4);
    topology_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_direction_has_its_own),
        cmocka_unit_test(test_efficiency_and_latency_factor),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_topology_of_a_star),
        cmocka_unit_test(test_topology_of_groups),
        cmocka_unit_test(test_topology_of_sites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
