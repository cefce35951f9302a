/* --verify: do the files of a run agree with each other and with what must always hold? Nothing is computed anew;
 * everything is judged from resolved.ini, eval.csv, workers.csv, totals.csv and summary.json alone. */
#ifndef SIM_VERIFY_VERIFY_H
#define SIM_VERIFY_VERIFY_H

#include "sim/verify/promises.h"

/* Each of runs (ended by NULL) is the folder of a run, of one of its algorithms, or of a sweep. Findings go to stderr, one line for
 * each algorithm to stdout. Returns EXIT_DONE, or EXIT_FAILED when something was found; a run that was broken off is
 * named incomplete, and what is there is judged. A folder that is no run ends the program with EXIT_USAGE. */
int verify(char *const *runs, const struct promised_by *by);

#endif
