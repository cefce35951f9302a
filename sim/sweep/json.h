/* --json of a sweep: one object per line on standard output. The names of members are part of the interface:
 *
 *   start      folder, points, over, algorithms
 *   point      point, name, status, over, points, share, left_s       when a point has ended
 *   rest       point, name, rung, rungs, over, points, share, left_s  a halved point has come to the end of its rung
 *   rung       at, algorithm, rung, rungs, trials, kept               all have: `kept` of `trials` go on
 *   progress   over, points, share, left_s, running                   after half a minute without another line
 *   result     at, algorithm, with, best, seeds, diverged, reached, and mean and deviation of each column
 *   end        folder, status, exit_status, retimed */
#ifndef SIM_SWEEP_JSON_H
#define SIM_SWEEP_JSON_H

#include "sim/sweep/progress.h"
#include "sim/sweep/results.h"

void sweep_json_start(const struct sweep *s, const struct sweep_view *v);
void sweep_json_point(const struct point *p, enum point_state state, const struct sweep_view *v);
void sweep_json_rest(const struct point *p, int rung, int rungs, const struct sweep_view *v);
void sweep_json_rung(const struct rungs *rungs, const struct rung *rung);
void sweep_json_progress(const struct sweep_view *v);
void sweep_json_results(const struct results *r); /* the rows of sweep_summary.csv */
/* results: NULL: a job of several, which has none. */
void sweep_json_end(const struct sweep *s, const struct results *results, int exit_status);

#endif
