/* What a run will come to, without running it. The virtual part is exact: it is the conductor playing to nobody. */
#ifndef SIM_RUN_FORECAST_H
#define SIM_RUN_FORECAST_H

#include "sim/run/run.h"

struct totals forecast_totals(const struct run *run);

/* Seconds of this machine: some gradients and evaluations are timed, the rest is multiplication. A guess for an unloaded
 * machine. */
double forecast_wall_seconds(const struct run *run, const struct totals *totals);

#endif
