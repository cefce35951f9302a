/* Entries: an algorithm with one configuration, over all seeds. A entry is a row of the report's table and
 * a curve of its figures. plots/list_curves.sh finds the same entries; tests/cli/test_merged.sh compares the
 * two. */
#ifndef SIM_REPORT_VARIANTS_H
#define SIM_REPORT_VARIANTS_H

#include "sim/report/runs.h"

struct entry {
    /* "losp, bandwidth = 1Gbit/s, seed 2": every key in which the runs differ and that concerns the
     * algorithm, and the seeds if not all entries have the same. */
    char *label;
    const char *algorithm;
    int n;
    int *run; /* (n) indices of runs; their seeds differ */
};

struct entries {
    int n;
    struct entry *at; /* (n) algorithm by algorithm, in the order of the first run's comparison */
};

struct entries entries_find(const struct report_runs *runs);
void entries_free(struct entries *v);

/* A mean over the runs of an entry. If only some of them have a number, there is no mean: one over the seeds
 * that reached the target would look better than that of an entry that always reaches it. */
struct sample {
    int n;                  /* runs with a number */
    double mean, deviation; /* deviation with n - 1. n = 1: 0; some run has no number: both NAN */
};
struct sample sample_over(const double *x, int n); /* NAN: no number */
struct sample entry_sample(const struct report_runs *runs, const struct entry *v, const char *column);

#endif
