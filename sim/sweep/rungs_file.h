/* rungs.csv: how far the trials of a halved sweep went. One row for each trial in each rung that it has come to the end of
 * with all seeds: its means there, and whether it was kept: went on or, in the last rung, was chosen. */
#ifndef SIM_SWEEP_RUNGS_FILE_H
#define SIM_SWEEP_RUNGS_FILE_H

#include "sim/sweep/results.h"
#include "sim/sweep/rungs.h"

void rungs_write(const struct rungs *r, const struct results *results); /* r: NULL: does nothing */

/* The trial in any rung, also in the last one, as in a row of the file. false: there is none. */
bool rungs_row(const struct rungs *r, const struct results *results, const struct trial_rung *where,
               struct rung_result *out);

#endif
