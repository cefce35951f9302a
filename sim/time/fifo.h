/* Messages one after the other on the server link, each as fast as its own link lets it. */
#ifndef SIM_TIME_FIFO_H
#define SIM_TIME_FIFO_H

#include "sim/time/fluid.h"
#include "sim/time/network.h"

struct fifo;

struct fifo *fifo_create(const struct network_spec *spec);
void fifo_destroy(struct fifo *fifo);

/* When a message that is served alone from `start` on is through, across all changes of bandwidths. */
moment fifo_end(struct fifo *fifo, int worker, uint64_t bytes, moment start);

#endif
