/* Successive halving (Jamieson and Talwalkar 2016), the bracket with the most trials of Hyperband (Li et al. 2018), as
 * arithmetic: n trials of one algorithm run in rungs 0 .. R - 1, R = floor(log_eta n) + 1.
 *
 *   rung r:  floor(n / eta^r) trials run to the part eta^-(R - 1 - r) of a whole run
 *
 *   n = 12, eta = 3:   12 to 1/9   -->   4 to 1/3   -->   1 to the end      12/9 + 4 x 2/9 + 1 x 2/3 = 2.9 runs
 *
 * A trial that goes on continues its run, so that a rung costs what the rung before has not yet run. */
#ifndef SIM_SWEEP_HALVING_H
#define SIM_SWEEP_HALVING_H

#include <stdbool.h>

enum { MOST_RUNGS = 14 }; /* of MOST_POINTS trials, halved by two */

/* eta = 0, or fewer trials than eta: 1, and all of them run to the end. */
int halving_rungs(int trials, int eta);
int halving_trials(int trials, int eta, int rung); /* that run in this rung */
double halving_part(int rungs, int eta, int rung); /* of a whole run, at the end of the rung */
double halving_work(int trials, int eta);          /* of all trials, in whole runs */
/* "9 to 1/9, 3 to 1/3, 1 to the end: the work of 2.33 runs instead of 9"; the caller frees. */
char *halving_words(int trials, int eta);

/* kept: (n) true for the `most` best trials: the higher the score, the better. Of equal scores the first goes on;
 * -INFINITY does not. */
void halving_keep(const double *score, int n, int most, bool *kept);

#endif
