/* The bandwidth of one link over time: the nominal one times the factor of its trace. The struct remembers
 * one span between two changes, so that most questions cost nothing. */
#ifndef SIM_TIME_BANDWIDTH_H
#define SIM_TIME_BANDWIDTH_H

#include <stdbool.h>

#include "sim/time/trace.h"

struct bandwidth {
    double rate;        /* bytes/ns, at the time last asked for */
    vtime since, until; /* that holds in [since, until) */
    double nominal;     /* bytes/ns */
    const struct trace *trace;
};

/* Of `nominal` bytes/s at time 0; keeps the trace by pointer. NULL: constant. */
struct bandwidth bandwidth_create(double nominal, const struct trace *trace);

/* Moves to t; whether that is another span. */
bool bandwidth_move(struct bandwidth *b, vtime t);

#endif
