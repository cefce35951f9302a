/* Performance profiles over several workloads (Dolan and More, Mathematical Programming 91, 2002): for each algorithm the
 * share of workloads in which it needs at most t times the fastest one's time. A workload is a setting of a comparison;
 * the time is the mean over the seeds to the target accuracy. An algorithm that misses the target with some seed has
 * failed there, and its ratio is infinite. */
#ifndef SIM_COMPARE_PROFILES_H
#define SIM_COMPARE_PROFILES_H

#include "sim/compare/verdict.h"

struct compared { /* a comparison with its folder */
    const char *folder, *name;
    const struct comparison_verdict *verdict;
};

/* The number of workloads that some algorithm has a time in. Comparisons that have no time among their measures have
 * none. */
int profiles_workloads(const struct compared *all, int n);

/* profiles.csv in the folder: a row for each workload and each algorithm that is in all comparisons, by its name.
 * plots/profile.gp draws it. */
extern const char profiles_file[];
void profiles_write(const struct compared *all, int n, const char *folder);

#endif
