/* Links are numbered in blocks, in this order:
 *
 *   workers' up-links | workers' down-links | shards' links from the workers | shards' links to the workers |
 *   groups' up-links | groups' down-links            or            pairs of sites, row after row
 *
 * Colocated shards have no links, and a site has none to itself: that number of the block stays unused. */
#include "sim/time/topology.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

const char *const topology_words[] = {
    [TOPOLOGY_STAR] = "star", [TOPOLOGY_GROUPS] = "groups", [TOPOLOGY_SITES] = "sites", NULL};

enum { THE_CORE = -1 };

/* ---- numbers of links ---- */

static int first_shard_link(const struct topology *t)
{
    return 2 * t->workers;
}

static int first_part_link(const struct topology *t)
{
    return first_shard_link(t) + (t->colocated ? 0 : 2 * t->shards);
}

static int links_of(const struct topology *t)
{
    return first_part_link(t) + (t->kind == TOPOLOGY_GROUPS  ? 2 * t->parts
                                 : t->kind == TOPOLOGY_SITES ? t->parts * t->parts
                                                             : 0);
}

int topology_up(const struct topology *t, int worker)
{
    assert(worker >= 0 && worker < t->workers);
    return worker;
}

int topology_down(const struct topology *t, int worker)
{
    return t->workers + topology_up(t, worker);
}

int topology_into(const struct topology *t, int shard)
{
    assert(!t->colocated && shard >= 0 && shard < t->shards);
    return first_shard_link(t) + shard;
}

int topology_out_of(const struct topology *t, int shard)
{
    return t->shards + topology_into(t, shard);
}

int topology_part_up(const struct topology *t, int group)
{
    assert(t->kind == TOPOLOGY_GROUPS && group >= 0 && group < t->parts);
    return first_part_link(t) + group;
}

int topology_part_down(const struct topology *t, int group)
{
    return t->parts + topology_part_up(t, group);
}

int topology_between(const struct topology *t, int site, int to_site)
{
    assert(t->kind == TOPOLOGY_SITES && site != to_site);
    return first_part_link(t) + site * t->parts + to_site;
}

/* ---- routes ---- */

struct place { /* of a node */
    int up, down, part;
};

static struct place place_of(const struct topology *t, int node)
{
    int shard = node - t->workers, worker = shard < 0 ? node : shard;
    if (shard < 0 || t->colocated)
        return (struct place){topology_up(t, worker), topology_down(t, worker), t->part_of[worker]};
    return (struct place){topology_out_of(t, shard), topology_into(t, shard), t->server_part};
}

static int route(const void *context, int from, int to, int *links)
{
    const struct topology *t = context;
    struct place sender = place_of(t, from), receiver = place_of(t, to);
    bool crosses = t->kind != TOPOLOGY_STAR && sender.part != receiver.part;
    int n = 0;
    links[n++] = sender.up;
    if (crosses && t->kind == TOPOLOGY_SITES)
        links[n++] = topology_between(t, sender.part, receiver.part);
    if (crosses && t->kind == TOPOLOGY_GROUPS && sender.part != THE_CORE)
        links[n++] = topology_part_up(t, sender.part);
    if (crosses && t->kind == TOPOLOGY_GROUPS && receiver.part != THE_CORE)
        links[n++] = topology_part_down(t, receiver.part);
    links[n++] = receiver.down;
    return n;
}

/* ---- links ---- */

static void link_workers(const struct topology *t, const struct topology_spec *spec, struct graph_link *link)
{
    for (int i = 0; i < t->workers; i++) {
        const struct trace *trace = spec->link_trace ? &spec->link_trace[i] : NULL;
        link[topology_up(t, i)] = (struct graph_link){spec->up[i], spec->latency[i], trace};
        link[topology_down(t, i)] = (struct graph_link){spec->down[i], spec->latency[i], trace};
    }
}

static void link_shards(const struct topology *t, const struct topology_spec *spec, struct graph_link *link)
{
    for (int j = 0; j < t->shards && !t->colocated; j++) {
        link[topology_into(t, j)] = (struct graph_link){spec->server_up, 0, spec->server_trace};
        link[topology_out_of(t, j)] = (struct graph_link){spec->server_down, 0, spec->server_trace};
    }
}

static void link_groups(const struct topology *t, const struct topology_spec *spec, struct graph_link *link)
{
    for (int g = 0; g < t->parts; g++) {
        link[topology_part_up(t, g)] = (struct graph_link){spec->part_up[g], spec->part_latency_up[g], NULL};
        link[topology_part_down(t, g)] =
            (struct graph_link){spec->part_down[g], spec->part_latency_down[g], NULL};
    }
}

/* A site's link to itself is in no route, and never full. */
static void link_sites(const struct topology *t, const struct topology_spec *spec, struct graph_link *link)
{
    for (int a = 0; a < t->parts; a++)
        for (int b = 0; b < t->parts; b++) {
            int pair = a * t->parts + b;
            link[first_part_link(t) + pair] =
                a == b ? (struct graph_link){INFINITY, 0, NULL}
                       : (struct graph_link){spec->pair_bandwidth[pair], spec->pair_latency[pair], NULL};
        }
}

struct topology *topology_create(const struct topology_spec *spec)
{
    struct topology *t = need(sizeof *t);
    size_t ranks = (size_t)spec->workers * sizeof *t->part_of;
    *t = (struct topology){.kind = spec->kind,
                           .workers = spec->workers,
                           .shards = spec->shards,
                           .parts = spec->kind == TOPOLOGY_STAR ? 1 : spec->parts,
                           .colocated = spec->colocated,
                           .part_of = need(ranks),
                           .server_part = spec->kind == TOPOLOGY_STAR ? THE_CORE : spec->server_part};
    assert(t->shards >= 1 && (!t->colocated || t->shards == t->workers));
    assert(t->kind != TOPOLOGY_SITES || t->server_part >= 0);
    if (spec->part_of && t->kind != TOPOLOGY_STAR)
        memcpy(t->part_of, spec->part_of, ranks);
    int links = links_of(t);
    struct graph_link *link = need((size_t)links * sizeof *link);
    link_workers(t, spec, link);
    link_shards(t, spec, link);
    if (t->kind == TOPOLOGY_GROUPS)
        link_groups(t, spec, link);
    if (t->kind == TOPOLOGY_SITES)
        link_sites(t, spec, link);
    t->graph = (struct graph_spec){.nodes = t->workers + t->shards,
                                   .links = links,
                                   .link = link,
                                   .route = route,
                                   .context = t,
                                   .latency_factor = spec->latency_factor,
                                   .jitter = spec->jitter,
                                   .window = spec->window,
                                   .seed = spec->seed};
    return t;
}

void topology_destroy(struct topology *topology)
{
    if (!topology)
        return;
    free((void *)topology->graph.link);
    free(topology->part_of);
    free(topology);
}
