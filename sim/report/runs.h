/* The runs that a report shows, read from their folders: resolved.ini, comparison.csv, and from run.json the
 * program, CPU and kernels. These are compared like keys, since other kernels give other numbers. So are
 * "data.synthetic", from the results, "algorithm.NAME.variant of", and "network.trace contents". */
#ifndef SIM_REPORT_RUNS_H
#define SIM_REPORT_RUNS_H

#include <stdbool.h>

#include "sim/report/sheet.h"

struct pair {
    char *key, *value; /* "network.bandwidth", "1Gbit/s"; value may be "" */
};

struct report_run {
    const char *folder; /* as given by the user */
    struct pair *pair;  /* (pairs) in the order of resolved.ini; then "CPU", "BLAS kernels" and so on */
    int pairs;
    int *sorted;             /* (pairs) indices into pair, sorted by key */
    struct sheet comparison; /* one row for each complete algorithm */
};

struct report_runs {
    int n;
    struct report_run *run; /* (n) */
    const char **known;     /* (keys) every key of any run, once */
    int keys;
    const char **differ; /* (differing) see runs_differ_in */
    int differing;
};

/* Reads n folders; their names are not copied. false, with one line in error: a folder is no run, or has no
 * complete algorithm. */
bool runs_read(struct report_runs *runs, const char *const *folders, int n, char *error, int size);

/* Reads the folders of sweeps, or of one, as runs without a comparison. */
bool runs_read_sweep(struct report_runs *runs, const char *const *folder, char *error, int size);
bool runs_read_sweeps(struct report_runs *runs, const char *const *folders, int n, char *error, int size);

/* Reads only program, CPU and kernels of the runs. */
void runs_read_making(struct report_runs *runs, char *const *folders, int n);
void runs_free(struct report_runs *runs);

/* Some of the runs, for questions about them alone. It borrows from `all`, which must live longer. */
struct report_runs runs_part(const struct report_runs *all, const int *index, int n);
void runs_part_free(struct report_runs *part);

/* The target accuracy of all runs; NAN: they have different ones, or none. */
double runs_target(const struct report_runs *runs);

/* A text of run.json; "" if there is none. The caller frees. */
char *run_made_with(const char *folder, const char *name);

/* A number that files with other contents do not have; "" if there is no such file. The caller frees. */
char *file_contents(const char *path);

/* ---- run_keys.c ---- */

const char *run_value(const struct report_run *run, const char *key); /* "" if there is no such key */

/* Key i of those that differ between runs in which they have an effect; NULL after the last. The seed, and
 * keys that change no result, are left out. "CPU", "BLAS kernels" and so on are among them; their names have
 * no dot (key_is_of_making). */
const char *runs_differ_in(const struct report_runs *runs, int i);
void runs_find_differences(struct report_runs *runs);
bool key_is_of_making(const char *key);

/* The key belongs to no algorithm and to no codec, so it concerns all algorithms. */
bool key_is_shared(const char *key);
/* The key is shared, or belongs to the algorithm or to its codec. */
bool key_concerns(const struct report_run *run, const char *key, const char *algorithm);
/* The key concerns an algorithm that is complete in the run. */
bool key_is_used(const struct report_run *run, const char *key);

/* The end of the key that is enough in a label of the algorithm: "bandwidth", "data.set". */
const char *key_short(const struct report_runs *runs, const char *key, const char *algorithm);

#endif
