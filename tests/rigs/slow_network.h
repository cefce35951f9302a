/* The network of sim/time/network.h in the slowest way: every change looks at every worker, with long doubles,
 * and a question about the future is answered by running a copy of everything. The solver in sim/time must
 * give the same arrivals. */
#ifndef TESTS_RIGS_SLOW_NETWORK_H
#define TESTS_RIGS_SLOW_NETWORK_H

#include "sim/time/network.h"

struct slow_network;

struct slow_network *slow_create(const struct network_spec *spec);
void slow_destroy(struct slow_network *net);
void slow_depart(struct slow_network *net, int worker, vtime t, uint64_t bytes, int64_t id);

/* The earliest arrival if nothing else departs; VTIME_NEVER: nothing is in flight, or it is later than
 * `limit`. */
vtime slow_next(struct slow_network *net);
vtime slow_next_by(struct slow_network *net, vtime limit);
void slow_take(struct slow_network *net, int *worker, int64_t *id);

#endif
