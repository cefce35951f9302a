/* A small graph with a table of routes, and what it says when nothing departs any more. */
#ifndef TESTS_RIGS_ROUTES_H
#define TESTS_RIGS_ROUTES_H

#include <math.h>
#include <string.h>

#include "sim/time/graph.h"

enum { ROUTES_NODES = 16, ROUTES_LINKS = 64 };

struct routes {
    struct graph_spec spec;
    struct graph_link link[ROUTES_LINKS];
    int route[ROUTES_NODES][ROUTES_NODES][LONGEST_ROUTE]; /* number of the link + 1; 0: no more */
};

static inline int routes_find(const void *context, int from, int to, int *links)
{
    const struct routes *r = context;
    int n = 0;
    for (; n < LONGEST_ROUTE && r->route[from][to][n] > 0; n++)
        links[n] = r->route[from][to][n] - 1;
    return n;
}

/* Links of 1 byte/ns without latency, no routes yet. */
static inline void routes_open(struct routes *r, int nodes, int links)
{
    memset(r, 0, sizeof *r);
    r->spec = (struct graph_spec){.nodes = nodes,
                                  .links = links,
                                  .link = r->link,
                                  .route = routes_find,
                                  .context = r,
                                  .latency_factor = 1,
                                  .window = INFINITY};
    for (int i = 0; i < links; i++)
        r->link[i].bandwidth = NS_PER_S;
}

/* The earliest arrival up to `limit`, played; VTIME_NEVER: there is none. */
static inline vtime graph_arrival_by(struct graph *g, vtime limit)
{
    for (vtime t; (t = graph_due(g)) <= limit && t != VTIME_NEVER;)
        if (graph_play(g, t))
            return t;
    return VTIME_NEVER;
}

#endif
