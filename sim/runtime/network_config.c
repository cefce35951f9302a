/* Makes struct network_spec of [network], for each direction. Rates are computed here once, in doubles;
 * latencies are rounded to ns once, exactly. */
#include "sim/runtime/network_config.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/exact.h"

/* The largest rate of TCP: one window per round trip. */
static double window_rate(double window, double latency)
{
    return isnan(window) || latency <= 0 ? INFINITY : window / (2 * latency);
}

static vtime latency_of(const struct config *cfg, double seconds)
{
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, seconds},
                                         {EXACT_TIMES, EXACT_DECIMAL, cfg->network.latency_factor}};
    return exact_ns(product, 2, 0);
}

/* special, server: the values of this direction; where they are not given, the values for both directions
 * hold. */
static struct network_spec direction(const struct config *cfg, const struct reals *special, double server)
{
    int workers = (int)cfg->cluster.workers;
    const struct reals *link = special->n ? special : &cfg->network.bandwidth;
    double *bandwidth = need((size_t)workers * sizeof *bandwidth);
    double *nominal = need((size_t)workers * sizeof *nominal);
    vtime *latency = need((size_t)workers * sizeof *latency);
    for (int i = 0; i < workers; i++) {
        double seconds = reals_at(&cfg->network.latency, i);
        bandwidth[i] =
            fmin(reals_at(link, i), window_rate(cfg->network.tcp_window, seconds)) * cfg->network.efficiency;
        nominal[i] = seconds;
        latency[i] = latency_of(cfg, seconds);
    }
    double bound = isnan(server) ? cfg->network.server_bandwidth : server;
    return (struct network_spec){.workers = workers,
                                 .sharing = cfg->network.sharing,
                                 .link_bandwidth = bandwidth,
                                 .latency = latency,
                                 .latency_seconds = nominal,
                                 .latency_factor = cfg->network.latency_factor,
                                 .server_bandwidth = bound * cfg->network.efficiency,
                                 .link_trace = cfg->traces.link,
                                 .server_trace = cfg->traces.server,
                                 .jitter = cfg->network.jitter,
                                 .seed = (uint64_t)cfg->experiment.seed};
}

struct network_spec star_up(const struct config *cfg)
{
    struct network_spec up = direction(cfg, &cfg->network.bandwidth_up, cfg->network.server_bandwidth_up);
    up.direction = NET_UP;
    return up;
}

struct network_spec star_down(const struct config *cfg)
{
    struct network_spec down =
        direction(cfg, &cfg->network.bandwidth_down, cfg->network.server_bandwidth_down);
    down.direction = NET_DOWN;
    return down;
}

void star_free(struct network_spec *spec)
{
    free((void *)spec->link_bandwidth);
    free((void *)spec->latency);
    free((void *)spec->latency_seconds);
    *spec = (struct network_spec){0};
}
