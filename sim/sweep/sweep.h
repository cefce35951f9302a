/* Runs a sweep: every point of its grid as a child process of this program, some of them side by side; then writes what
 * they came to. How a point is configured and run is main.c's affair. */
#ifndef SIM_SWEEP_SWEEP_H
#define SIM_SWEEP_SWEEP_H

#include "sim/sweep/grid.h"

struct sweep {
    struct grid grid;
    const char *folder; /* see folder.h; locked by the caller */
    enum tune_kind tune;
    int processes;   /* the most that any of its points has; 1 where nothing is trained */
    double patience; /* seconds that points may take to end, if that is more than is usual: host.patience */
    bool real;       /* some point measures time: points side by side would disturb each other */
    int jobs;        /* points side by side; 0: see sweep_jobs */
    int fit;         /* points that have room in memory side by side; at least 1 */
    int index, of;   /* only every `of`-th point from the index-th on, and no results then; 0: all */
    bool quiet;      /* no line on stderr for every point that is over */
    void *program;
    /* In a process of its own: runs the point in this folder, new or to be resumed, and returns its exit status. */
    int (*play)(void *program, const struct point *point, const char *folder);
};

/* How many points run side by side: as many as leave each process of a run a core, and have room in memory; at least
 * 1; 1 where time is measured. */
int sweep_jobs(const struct sweep *s);

/* Returns the exit status of the program: 128 + n after signal n, the status of the first point that failed in
 * another way than by diverging or coming to no end (the others are ended then), EXIT_DONE otherwise. A table on
 * stdout. Points that are over are kept. */
int sweep_run(const struct sweep *s);

/* A part of sweep_run: the points. With results, which are those of the points that are over, sweep.csv follows
 * them. */
struct results;
int jobs_run(const struct sweep *s, struct results *results);

#endif
