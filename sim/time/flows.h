/* The fluid of a graph, without its messages: which flow has which rate, and which is through when. graph.h has
 * the rules.
 *
 * Only the flows that share a link with a flow that enters or leaves, and those that share one with these, and so
 * on, can get another rate. Of these all bottlenecks are found again; of each flow only that another one limits it
 * now. */
#ifndef SIM_TIME_FLOWS_H
#define SIM_TIME_FLOWS_H

#include "sim/time/fluid.h"
#include "sim/time/graph.h"

struct route {
    int links, link[LONGEST_ROUTE]; /* those that have a bound */
    double cap;                     /* bytes/ns, of the window; INFINITY: none */
};

struct flows;

struct flows *flows_create(const struct graph_spec *spec);
void flows_destroy(struct flows *flows);

/* The next change if no flow enters: the end of a flow, or another bandwidth of a link that is in use. */
moment flows_next(struct flows *flows);

/* Moves to `at`, not beyond flows_next(). Flows that end there leave: points to their numbers, in no order, and
 * returns how many. */
int flows_move(struct flows *flows, moment at, const int **ended);

/* A flow enters at the moment of the last flows_move(). Its number is not in use; numbers begin with 0 and have no
 * large gaps. The route is kept by pointer. */
void flows_enter(struct flows *flows, int flow, const struct route *route, uint64_t bytes);

/* Takes back a flow that has entered at the moment of the last flows_move(). */
void flows_withdraw(struct flows *flows, int flow);

#endif
