/* What theory predicts for a run: the algorithm's closed forms (algorithms/predict.h), fed with the closed
 * form of its exchange (sim/time/closed_form.h). Reads the conductor's specification, and does not run the
 * conductor. Where the run differs from the prediction, the cause is jitter, contention or unequal
 * workers, which no closed form covers. */
#ifndef SIM_PREDICT_THEORY_H
#define SIM_PREDICT_THEORY_H

#include "algorithms/predict.h"
#include "sim/engine/conductor.h"
#include "sim/time/closed_form.h"

/* The exchange of one round: all pushes and all replies. Where a step of the model takes several
 * exchanges: their sum. up = NAN: there is no closed form. */
struct closed_form theory_exchange(const struct conductor_spec *spec);

struct sizes { /* bytes on the wire, means over the exchanges */
    double push, reply;
};
struct sizes theory_sizes(const struct conductor_spec *spec);

/* The time of one local iteration of a worker, without jitter; ns. */
double theory_compute(const struct conductor_spec *spec, int worker);

/* false: the algorithm has no closed form, or a codec warms up. */
bool theory_predict(const struct conductor_spec *spec, struct prediction *out);
/* The run takes exactly as long as the closed form says. With unequal workers the closed form may be longer. */
bool theory_is_exact(const struct conductor_spec *spec);
/* The virtual time of the run by the closed form, in ns; -1: not known. With unequal workers the closed
 * form may give more than the run takes. */
int64_t theory_ns(const struct conductor_spec *spec);

#endif
