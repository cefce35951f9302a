/* The fluid of a star with fair sharing, without its messages: which flow has which rate, and which is through
 * when. A change costs O(log workers), and as much for each class of links that begins or ceases to be limited
 * by its own bandwidth. network.h has the rules. */
#ifndef SIM_TIME_STAR_H
#define SIM_TIME_STAR_H

#include "sim/time/fluid.h"
#include "sim/time/network.h"

struct star;

struct star *star_create(const struct network_spec *spec);
void star_destroy(struct star *star);

/* The next change if no flow enters: the end of a flow, or another bandwidth while there are flows. */
moment star_next(struct star *star);

/* Moves to `at`, not beyond star_next(). Flows that end there leave: their workers, in no order, and their
 * number. */
int star_move(struct star *star, moment at, int *worker);

/* A flow enters at the moment of the last star_move(). The worker has no other one. */
void star_enter(struct star *star, int worker, uint64_t bytes);

#endif
