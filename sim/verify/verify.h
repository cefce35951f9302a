/* --verify: do the files of a run agree with each other, and do they keep the invariants of every run? The
 * judge repeats no computation. It reads resolved.ini, run.json and, of each algorithm, eval.csv,
 * workers.csv, totals.csv, faults.csv and summary.json. */
#ifndef SIM_VERIFY_VERIFY_H
#define SIM_VERIFY_VERIFY_H

#include "sim/verify/promises.h"

/* Each of runs (ended by NULL) is the folder of a run, of one of its algorithms, or of a sweep. Findings
 * go to stderr, and one line for each algorithm goes to stdout. Returns EXIT_DONE, or EXIT_FAILED when
 * there are findings. A run that was broken off is called incomplete, and the files that it has are
 * judged. A folder that is no run ends the program with EXIT_USAGE. */
int verify(char *const *runs, const struct promised_by *by);

#endif
