/* From [network] to the links of the workers and of the server. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_direction_has_its_own),
        cmocka_unit_test(test_efficiency_and_latency_factor),
        cmocka_unit_test(test_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
