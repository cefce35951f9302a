/* The rows of a report's table and the curves of its figures: an algorithm in one configuration, over seeds. The same as
 * plots/variants.sh finds: tests/cli/test_report.sh compares. */
#ifndef SIM_REPORT_VARIANTS_H
#define SIM_REPORT_VARIANTS_H

#include "sim/report/runs.h"

struct variant {
    char *label; /* "losp, network.bandwidth = 1Gbit/s": what differs between all runs of the algorithm */
    const char *algorithm;
    int n;
    int *run; /* (n) whose seeds are different */
};

struct variants {
    int n;
    struct variant *at; /* (n) algorithm by algorithm, in the order of the first run's comparison */
};

struct variants variants_find(const struct report_runs *runs);
void variants_free(struct variants *v);

/* Over a variant's runs, those that have a number there. */
struct sample {
    int n;
    double mean, deviation; /* the standard deviation with n - 1; both NAN with nobody, 0 with one */
};
struct sample variant_sample(const struct report_runs *runs, const struct variant *v, const char *column);

#endif
