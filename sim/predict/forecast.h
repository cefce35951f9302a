/* The result of a run, without its training. The virtual part is exact: the conductor runs, and no process
 * receives its orders. */
#ifndef SIM_PREDICT_FORECAST_H
#define SIM_PREDICT_FORECAST_H

#include "sim/predict/speed.h"
#include "sim/runtime/run.h"

/* false: the run would end with EXIT_STUCK; the table of waiting workers has been printed. */
bool forecast_totals(const struct run *run, struct totals *totals);

/* The same answer for a run that trains and in which workers crash by chance; true for any other run. The
 * question is asked before the first gradient, as hours of training may come before the moment at which
 * the conductor gives up. */
bool forecast_ends(const struct run *run);

/* Wall seconds of a run on this machine at that speed. An estimate: it is right as long as the machine stays as
 * busy as it was when the speed was measured. */
double forecast_wall_seconds(const struct run *run, const struct totals *totals, const struct speed *speed);

/* The same without a measurement, on a machine of a fixed speed: to compare the lengths of runs. trains: not only by
 * its settings. */
double forecast_length(const struct run *run, bool trains);

#endif
