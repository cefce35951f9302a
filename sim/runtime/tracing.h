/* The timeline of a run, as output.trace says: timeline.csv and trace.json. */
#ifndef SIM_RUNTIME_TRACING_H
#define SIM_RUNTIME_TRACING_H

#include "sim/runtime/run.h"

struct timeline;

/* Before the first advance of the conductor. NULL: no timeline is wanted. */
struct timeline *tracing_open(const struct run *run, struct conductor *c);
void tracing_close(const struct run *run, struct timeline *timeline);

#endif
