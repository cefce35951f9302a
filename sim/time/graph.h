/* A network of nodes and directed links as a fluid, with max-min fair sharing over routes. Pure, as network.h
 * is for a star with one hub; star and graph agree to the nanosecond wherever both can say what happens.
 *
 *      node 0 --- link ---> o --- link ---> node 1        a route is a list of links; switches (o) only forward
 *
 *   1. Entry. A message that departs at t asks to enter at t + the summed latency of its route. Messages of one
 *      ordered pair of nodes are served one after the other: a message enters at the arrival of the one before
 *      if that is later. Those that depart in one ns are served in the order of `order`, but none of them before
 *      one that has arrived already.
 *   2. Sharing. A message that has entered uses bandwidth on all links of its route until its last byte. Rates
 *      are max-min fair over all links (progressive filling: Bertsekas and Gallager, Data Networks, 6.5.2).
 *   3. Rounding. As network.h, rule 3: the fluid is never rounded; a message arrives at its finishing time less
 *      2^-10 ns, rounded up to a whole ns; one that would finish in the 2^-10 ns after its arrival leaves all
 *      its links at its arrival. The rest of a message is computed again only when its own rate changes.
 *   4. Changes. A bandwidth may change at whole ns, as its trace says. The latency of a message is fixed when
 *      it departs: the exact sum of its links' latencies, times latency_factor, times exp(jitter z), rounded once
 *      to the nearest ns. z is drawn with rank = from, round = 2 + to (0 and 1 are the directions of network.h)
 *      and iteration = the number of the message among those of its pair, in the order of service, from 0.
 *   5. Window. A message is no faster than window / (2 x the nominal latency of its route, without factor): the
 *      latencies summed as doubles in the order of the route. No latency: no such bound. No trace changes it. */
#ifndef SIM_TIME_GRAPH_H
#define SIM_TIME_GRAPH_H

#include <stdbool.h>

#include "sim/time/trace.h"
#include "sim/time/vtime.h"

enum { LONGEST_ROUTE = 6 };

struct graph_link {
    double bandwidth;          /* bytes/s, > 0, times the efficiency already; INFINITY: no bound */
    double latency;            /* seconds, >= 0; a decimal of the ini */
    const struct trace *trace; /* of the bandwidth; NULL: constant; kept by pointer */
};

struct graph_spec {
    int nodes, links;
    const struct graph_link *link; /* (links) */
    /* Writes the links from one node to another, in order, and returns their number: 1 .. LONGEST_ROUTE. Always
     * the same for one pair. */
    int (*route)(const void *context, int from, int to, int *links);
    const void *context;
    double latency_factor; /* a decimal of the ini */
    double jitter;         /* sigma of a lognormal factor of each latency; 0: none */
    double window;         /* bytes; INFINITY: none. Times the efficiency already */
    uint64_t seed;
};

struct graph_message {
    int from, to;
    uint64_t bytes; /* > 0, below 2^62 */
    uint64_t order; /* among those of one pair that depart in one ns; equal: as they were given */
    int64_t id;     /* the caller's */
    vtime depart;   /* written by graph_depart() */
};

struct graph;

struct graph *graph_create(const struct graph_spec *spec); /* copies the spec but for traces and context */
void graph_destroy(struct graph *graph);                   /* NULL is fine */

/* A message departs at time t. t never falls from call to call, nor below the arrival last taken. */
void graph_depart(struct graph *graph, vtime t, const struct graph_message *message);

/* As net_due(), net_play() and net_take() (network.h). Ties go to the lowest (from, to). */
vtime graph_due(struct graph *graph);
bool graph_play(struct graph *graph, vtime t);
void graph_take(struct graph *graph, struct graph_message *message);

#endif
