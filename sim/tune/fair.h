/* The rules that make a tuning fair: equal trials for each algorithm, and nothing chosen by what counts. */
#ifndef SIM_TUNE_FAIR_H
#define SIM_TUNE_FAIR_H

#include "sim/tune/tuning.h"

/* Also counts the trials of a grid. false, with one line in error that says what to set. */
bool fair_check(struct tuning *t, const struct config_source *src, char *error, size_t size);

#endif
