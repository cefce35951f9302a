/* Makes struct network_spec of [network], for each direction, or struct topology_spec. Rates are computed here
 * once, in doubles; latencies are rounded to ns once, exactly. */
#include "sim/runtime/network_config.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/config/sites_file.h"
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

/* ---- topologies ---- */

/* (n) A list of bandwidths, times the efficiency. */
static double *rates_of(const struct config *cfg, const struct reals *special, const struct reals *both,
                        int n)
{
    const struct reals *list = special->n ? special : both;
    double *rate = need((size_t)n * sizeof *rate);
    for (int i = 0; i < n; i++)
        rate[i] = reals_at(list, i) * cfg->network.efficiency;
    return rate;
}

static double *seconds_of(const struct reals *special, const struct reals *both, int n)
{
    const struct reals *list = special->n ? special : both;
    double *seconds = need((size_t)n * sizeof *seconds);
    for (int i = 0; i < n; i++)
        seconds[i] = reals_at(list, i);
    return seconds;
}

static double of_server(const struct config *cfg, double special)
{
    return (isnan(special) ? cfg->network.server_bandwidth : special) * cfg->network.efficiency;
}

/* Equal groups, or groups of the given sizes. */
static void place_groups(const struct config *cfg, struct topology_spec *spec, int *part_of)
{
    const struct reals *groups = &cfg->network.groups;
    spec->parts = groups->n > 1 ? groups->n : (int)groups->at[0];
    for (int g = 0, worker = 0; g < spec->parts; g++) {
        int size = groups->n > 1 ? (int)groups->at[g] : spec->workers / spec->parts;
        for (int i = 0; i < size; i++)
            part_of[worker++] = g;
    }
    spec->server_part = (int)cfg->network.server_group;
    spec->part_up =
        rates_of(cfg, &cfg->network.group_bandwidth_up, &cfg->network.group_bandwidth, spec->parts);
    spec->part_down =
        rates_of(cfg, &cfg->network.group_bandwidth_down, &cfg->network.group_bandwidth, spec->parts);
    spec->part_latency_up =
        seconds_of(&cfg->network.group_latency_up, &cfg->network.group_latency, spec->parts);
    spec->part_latency_down =
        seconds_of(&cfg->network.group_latency_down, &cfg->network.group_latency, spec->parts);
}

static void place_sites(const struct config *cfg, struct topology_spec *spec, int *part_of)
{
    const struct sites *sites = cfg->traces.sites;
    size_t pairs = (size_t)sites->n * (size_t)sites->n;
    double *bandwidth = need(pairs * sizeof *bandwidth);
    spec->parts = sites->n;
    for (int i = 0; i < spec->workers; i++)
        part_of[i] = sites->of[i];
    for (size_t i = 0; i < pairs; i++)
        bandwidth[i] = sites->bandwidth[i] * cfg->network.efficiency;
    spec->server_part = sites->server;
    spec->pair_bandwidth = bandwidth;
    spec->pair_latency = sites->latency;
}

static void free_spec(const struct topology_spec *spec)
{
    const void *const own[] = {spec->up,
                               spec->down,
                               spec->latency,
                               spec->part_of,
                               spec->part_up,
                               spec->part_down,
                               spec->part_latency_up,
                               spec->part_latency_down,
                               spec->pair_bandwidth};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free((void *)own[i]);
}

struct topology *network_topology(const struct config *cfg, int shards, bool colocated)
{
    int workers = (int)cfg->cluster.workers;
    int *part_of = need((size_t)workers * sizeof *part_of);
    struct topology_spec spec = {
        .kind = cfg->network.topology,
        .workers = workers,
        .shards = shards,
        .colocated = colocated,
        .up = rates_of(cfg, &cfg->network.bandwidth_up, &cfg->network.bandwidth, workers),
        .down = rates_of(cfg, &cfg->network.bandwidth_down, &cfg->network.bandwidth, workers),
        .latency = seconds_of(&cfg->network.latency, &cfg->network.latency, workers),
        .link_trace = cfg->traces.link,
        .server_up = of_server(cfg, cfg->network.server_bandwidth_up),
        .server_down = of_server(cfg, cfg->network.server_bandwidth_down),
        .server_trace = cfg->traces.server,
        .parts = 1,
        .part_of = part_of,
        .latency_factor = cfg->network.latency_factor,
        .jitter = cfg->network.jitter,
        .window =
            isnan(cfg->network.tcp_window) ? INFINITY : cfg->network.tcp_window * cfg->network.efficiency,
        .seed = (uint64_t)cfg->experiment.seed};
    if (spec.kind == TOPOLOGY_GROUPS)
        place_groups(cfg, &spec, part_of);
    if (spec.kind == TOPOLOGY_SITES)
        place_sites(cfg, &spec, part_of);
    struct topology *topology = topology_create(&spec);
    free_spec(&spec);
    return topology;
}
