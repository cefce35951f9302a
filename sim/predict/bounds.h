/* How many local iterations a run has whose bounds may be budgets. */
#ifndef SIM_PREDICT_BOUNDS_H
#define SIM_PREDICT_BOUNDS_H

#include "sim/engine/conductor.h"

/* An estimate: exact where iterations are the only bound. */
double bounds_iterations(const struct conductor_spec *spec);

#endif
