/* How many local iterations a run has that budgets may bound. */
#ifndef SIM_PREDICT_BOUNDS_H
#define SIM_PREDICT_BOUNDS_H

#include "algorithms/predict.h"
#include "sim/engine/conductor.h"
#include "sim/time/closed_form.h"

/* Predicts the run by the algorithm's closed form, and sets in->iterations to as many as the run has with its first
 * bound. step: all exchanges of a step of the model. false: there is no closed form, or the run comes to no bound. */
bool bounds_predict(const struct conductor_spec *spec, const struct closed_form *step,
                    struct prediction_input *in, struct prediction *out);

/* An estimate: exact where iterations are the only bound. */
double bounds_iterations(const struct conductor_spec *spec);

#endif
