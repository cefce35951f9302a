/* What a prefix of a run has, before the run begins: sweep.halving pauses runs there. A prefix ends like a run: with the
 * first update of the model at or past a part of the run's bounds. */
#ifndef SIM_PREDICT_PREFIX_H
#define SIM_PREDICT_PREFIX_H

#include "sim/runtime/run.h"

/* The number of the last evaluation up to the end of each prefix; that of W_0 is 0. part: (n) rising, in (0, 1). Plays the
 * conductor as far as the longest prefix; where stop = target ends the run before, it has fewer evaluations. */
void prefix_evaluations(const struct run *run, const double *part, int n, int64_t *evaluation);

#endif
