/* What messages of a run carry, and how many bytes that is on the wire. */
#ifndef SIM_RUN_PARCELS_H
#define SIM_RUN_PARCELS_H

#include "sim/run/run.h"

/* run->push, reply and snapshot, and the sizes that its conductor reckons with. */
void parcels_prepare(struct run *run);

#endif
