/* Variants: an algorithm with one configuration, over all seeds. A variant is a row of the report's table and
 * a curve of its figures. plots/variants.sh finds the same variants; tests/cli/test_report.sh compares the
 * two. */
#ifndef SIM_REPORT_VARIANTS_H
#define SIM_REPORT_VARIANTS_H

#include "sim/report/runs.h"

struct variant {
    char *label; /* "losp, network.bandwidth = 1Gbit/s": what differs between all runs of the algorithm */
    const char *algorithm;
    int n;
    int *run; /* (n) indices of runs; their seeds differ */
};

struct variants {
    int n;
    struct variant *at; /* (n) algorithm by algorithm, in the order of the first run's comparison */
};

struct variants variants_find(const struct report_runs *runs);
void variants_free(struct variants *v);

/* Mean over the runs of a variant that have a number in the column. */
struct sample {
    int n;
    double mean, deviation; /* standard deviation with n - 1; n = 0: both NAN; n = 1: deviation 0 */
};
struct sample variant_sample(const struct report_runs *runs, const struct variant *v, const char *column);

#endif
