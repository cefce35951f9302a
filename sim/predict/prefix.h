/* What a prefix of a run has, before the run begins: sweep.halving pauses runs there. A prefix ends like a run: with the
 * first update of the model at or past a part of the run's bounds. */
#ifndef SIM_PREDICT_PREFIX_H
#define SIM_PREDICT_PREFIX_H

#include "sim/runtime/run.h"

struct prefix {
    int64_t evaluation; /* number of the last one; that of W_0 is 0 */
    int64_t iterations; /* local iterations in the model at its end */
};

/* The prefixes of these parts. part, prefix: (n); the parts rise, in (0, 1). Plays the conductor as far as the longest
 * prefix; where stop = target ends the run before, it has fewer evaluations. */
void prefixes_find(const struct run *run, const double *part, int n, struct prefix *prefix);

#endif
