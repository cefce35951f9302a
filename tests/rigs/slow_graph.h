/* The graph of sim/time/graph.h in the slowest way: every change looks at every pair of nodes and at every link, and
 * finds all rates again. The solver in sim/time must give the same arrivals. */
#ifndef TESTS_RIGS_SLOW_GRAPH_H
#define TESTS_RIGS_SLOW_GRAPH_H

#include "sim/time/graph.h"

struct slow_graph;

struct slow_graph *slow_graph_create(const struct graph_spec *spec);
void slow_graph_destroy(struct slow_graph *graph);
void slow_graph_depart(struct slow_graph *graph, vtime t, const struct graph_message *message);
vtime slow_graph_due(struct slow_graph *graph);
bool slow_graph_play(struct slow_graph *graph, vtime t);
void slow_graph_take(struct slow_graph *graph, struct graph_message *message);

#endif
