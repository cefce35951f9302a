/* What theory predicts for a run: the algorithm's closed forms (algorithms/predict.h) fed with the closed form of its
 * exchange (sim/time/exchange.h). Knows what the conductor is asked to do, and does not run it: where the two part,
 * jitter, contention or unequal workers did something that no closed form knows. */
#ifndef SIM_PREDICT_THEORY_H
#define SIM_PREDICT_THEORY_H

#include "algorithms/predict.h"
#include "sim/engine/conductor.h"
#include "sim/time/exchange.h"

/* All pushes and all replies of one round; where an update of the model takes several exchanges, of those together. */
struct exchange theory_exchange(const struct conductor_spec *spec);

struct sizes { /* bytes on the wire, in the mean over the exchanges */
    double push, reply;
};
struct sizes theory_sizes(const struct conductor_spec *spec);

/* One local iteration of a worker, without jitter; ns. */
double theory_compute(const struct conductor_spec *spec, int worker);

/* false: the algorithm has no closed form, or a codec warms up. */
bool theory_predict(const struct conductor_spec *spec, struct prediction *out);
/* How long the run takes by it; -1: not known. Of unequal workers it may be more than the run takes, and more than
 * the clock holds. */
int64_t theory_ns(const struct conductor_spec *spec);

#endif
