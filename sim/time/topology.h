/* Which nodes and links a cluster has, and which links a message takes.
 *
 *   star      worker --- up-link ---> [PS's link] ---> PS        a message between two workers: the up-link of
 *                                                                the sender, the down-link of the receiver
 *   groups    as star, and each group has an up- and a down-link to the core; the PS is at the core, or in a
 *             group
 *   sites     as star, and each ordered pair of sites has a link; the PS is at a site
 *
 * Nodes 0 .. workers - 1 are the workers; node workers + j is shard j of the PS, or the PS itself (j = 0). All
 * shards have a link of their own, in the place of the PS, or, colocated, use that of worker j. The PS's link
 * has no latency. A route is
 *
 *   up-link of the sender    worker's up-link, or PS's link towards the workers
 *   between                  star, or both in one part: nothing
 *                            groups: the up-link of the sender's group unless the sender is at the core, and
 *                                    the down-link of the receiver's group unless the receiver is there
 *                            sites: the link from the sender's site to the receiver's
 *   down-link of the receiver */
#ifndef SIM_TIME_TOPOLOGY_H
#define SIM_TIME_TOPOLOGY_H

#include "sim/time/graph.h"

enum topology_kind { TOPOLOGY_STAR, TOPOLOGY_GROUPS, TOPOLOGY_SITES };
extern const char *const topology_words[];

struct topology_spec { /* bandwidths in bytes/s, times the efficiency; latencies in seconds, of the ini */
    enum topology_kind kind;
    int workers, shards;              /* shards >= 1: one is the PS */
    bool colocated;                   /* shard j is at worker j and has no link of its own */
    const double *up, *down;          /* (workers) bandwidths */
    const double *latency;            /* (workers) */
    const struct trace *link_trace;   /* (workers) of both directions; NULL: constant */
    double server_up, server_down;    /* of each shard, from and towards the workers; INFINITY: no bound */
    const struct trace *server_trace; /* NULL: constant */
    int parts;                        /* groups or sites; star: 1 */
    const int *part_of;               /* (workers) each group's or site's number; star: NULL */
    int server_part;                  /* of the PS; -1: the core (groups) */
    const double *part_up, *part_down, *part_latency_up, *part_latency_down; /* groups: (parts) */
    const double *pair_bandwidth, *pair_latency; /* sites: (parts x parts), from x to */
    double latency_factor, jitter, window;       /* as in graph.h */
    uint64_t seed;
};

struct topology {
    enum topology_kind kind;
    int workers, shards, parts;
    bool colocated;
    int *part_of;            /* (workers) 0 .. parts - 1; star: all 0 */
    int server_part;         /* -1: the core, or a star */
    struct graph_spec graph; /* its context is this topology */
};

struct topology *topology_create(const struct topology_spec *spec); /* copies all but the traces */
void topology_destroy(struct topology *topology);                   /* NULL is fine */

/* The links of the graph, by number. */
int topology_up(const struct topology *t, int worker);                 /* from the worker */
int topology_down(const struct topology *t, int worker);               /* to the worker */
int topology_into(const struct topology *t, int shard);                /* from the workers; not colocated */
int topology_out_of(const struct topology *t, int shard);              /* to the workers; not colocated */
int topology_part_up(const struct topology *t, int group);             /* from the group to the core */
int topology_part_down(const struct topology *t, int group);           /* from the core to the group */
int topology_between(const struct topology *t, int site, int to_site); /* not from a site to itself */

static inline int topology_server(const struct topology *t, int shard) /* its node */
{
    return t->workers + shard;
}

#endif
