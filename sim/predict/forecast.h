/* What a run will come to, without running it. The virtual part is exact: it is the conductor playing to nobody. */
#ifndef SIM_PREDICT_FORECAST_H
#define SIM_PREDICT_FORECAST_H

#include "sim/runtime/run.h"

/* false: the run would end with EXIT_STUCK, which has been said. */
bool forecast_totals(const struct run *run, struct totals *totals);

/* The same answer for a run that trains and in which workers crash by chance: it is asked before anything is
 * computed, as hours of gradients may lie before the moment at which the conductor gives up. True of any other run. */
bool forecast_ends(const struct run *run);

/* Seconds that one gradient takes on this machine: the best of a few. The same for all algorithms of a program call. */
double forecast_gradient(const struct run *run);

/* Seconds of this machine, of a run whose gradients take so long: multiplication. A guess for an unloaded machine. */
double forecast_wall_seconds(const struct run *run, const struct totals *totals, double gradient);

#endif
