/* What a report knows of the runs that it is about, from their folders alone: resolved.ini, comparison.csv, and of
 * run.json what the run was made with, which is compared as the keys are: other kernels give other numbers. */
#ifndef SIM_REPORT_RUNS_H
#define SIM_REPORT_RUNS_H

#include <stdbool.h>

#include "sim/report/sheet.h"

struct pair {
    char *key, *value; /* "network.bandwidth", "1Gbit/s"; value may be "" */
};

struct report_run {
    const char *folder; /* as given */
    struct pair *pair;  /* (pairs) of resolved.ini, in its order; then "CPU", "BLAS kernels" and the like */
    int pairs;
    int *sorted;             /* (pairs) their indices, by key */
    struct sheet comparison; /* the algorithms that are complete */
};

struct report_runs {
    int n;
    struct report_run *run; /* (n) */
    const char **differ;    /* (differing) see runs_differ_in */
    int differing;
};

/* folders: n of them, kept by pointer. false, with one line in error: one of them is no run, or has no complete
 * algorithm. */
bool runs_read(struct report_runs *runs, const char *const *folders, int n, char *error, int size);
bool runs_read_sweep(struct report_runs *runs, const char *const *folder, char *error,
                     int size); /* one: of a sweep, without a comparison */
void runs_read_making(struct report_runs *runs, char *const *folders,
                      int n); /* only what they were made with */
void runs_free(struct report_runs *runs);

const char *run_value(const struct report_run *run, const char *key); /* "" when there is no such key */

/* A text of run.json; "" when there is none. Caller frees. */
char *run_made_with(const char *folder, const char *name);

/* Key i of all that do not have the same value in every run, but the seed and what changes no result; NULL after the
 * last. What runs were made with is among them, by names without a dot. */
const char *runs_differ_in(const struct report_runs *runs, int i);
bool key_is_of_making(const char *key);

/* That key's section is this algorithm's or every algorithm's. */
bool key_concerns(const struct report_run *run, const char *key, const char *algorithm);

#endif
