/* The result of a run, without its training. The virtual part is exact: the conductor runs, and no process
 * receives its orders. */
#ifndef SIM_PREDICT_FORECAST_H
#define SIM_PREDICT_FORECAST_H

#include "sim/runtime/run.h"

/* false: the run would end with EXIT_STUCK; the table of waiting workers has been printed. */
bool forecast_totals(const struct run *run, struct totals *totals);

/* The same answer for a run that trains and in which workers crash by chance; true for any other run. The
 * question is asked before the first gradient, as hours of training may come before the moment at which
 * the conductor gives up. */
bool forecast_ends(const struct run *run);

/* Seconds that one gradient takes on this machine: the fastest of a few. The same for all algorithms of a
 * program call. */
double forecast_gradient(const struct run *run);

/* Wall seconds of a run on this machine, when a gradient takes `gradient` seconds. An estimate, for an
 * unloaded machine. */
double forecast_wall_seconds(const struct run *run, const struct totals *totals, double gradient);

/* The same without a measurement, on a machine of a fixed speed: to compare the lengths of runs. */
double forecast_length(const struct run *run);

#endif
