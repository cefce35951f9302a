/* The speed-up of a report over several runs: over one algorithm, with which every row can be compared. The
 * speed-ups of comparison.csv are over the first algorithm of each run; in another run that may be another
 * one. */
#ifndef SIM_REPORT_BASELINE_H
#define SIM_REPORT_BASELINE_H

#include "sim/report/entries.h"

/* The first algorithm that ran in everything that is compared: for each run that is shown there is one of
 * the algorithm with the same shared keys and the same seed, and only one entry of the algorithm has these
 * keys. None: there is no such algorithm, or all entries are of one algorithm. */
struct baseline {
    const char *algorithm; /* NULL: there is none */
    int *partner;          /* for each run the run of the algorithm to compare it with; -1: there is none */
};
struct baseline baseline_find(const struct report_runs *runs, const struct entries *all);
void baseline_free(struct baseline *b);

/* How many times sooner the entry is than the baseline with the same keys and seed: at the target, or,
 * without a target, at the end. */
struct sample baseline_speedup(const struct report_runs *runs, const struct baseline *b,
                               const struct entry *v);

#endif
