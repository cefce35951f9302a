/* Runs a sweep: every point of the grid is a child process, several run side by side. Then writes the
 * results. The command (sim/commands/sweep.c) says how a point is configured and run. */
#ifndef SIM_SWEEP_SWEEP_H
#define SIM_SWEEP_SWEEP_H

#include "sim/sweep/grid.h"

struct progress_shared;

struct sweep {
    struct grid grid;
    const char *folder; /* see folder.h; locked by the caller */
    enum tune_kind tune;
    int halving;            /* sweep.halving; 0: every point runs to its end */
    const char *milestones; /* output.at of all points, "60s, 10GiB" */
    int processes;          /* largest number of processes of a point; 1 if nothing is trained */
    double patience;  /* host.patience: seconds that a point may need to end, if more than the default */
    bool real;        /* some point measures time; points side by side would disturb each other */
    int jobs;         /* points side by side; 0: sweep_jobs decides */
    int fit;          /* points that fit into memory side by side; at least 1 */
    int index, of;    /* run every `of`-th point from the index-th on, without results; of = 0: run all */
    bool quiet;       /* nothing about the progress on stderr */
    bool json;        /* JSON on stdout (json.h), and no table; quiet is then set */
    bool bar, colour; /* a progress bar instead of lines now and then */
    /* The folder of the comparison that this sweep is a stage of: that one says what comes of it. NULL: it is none. */
    const char *whole;
    /* (points) how long each point takes, compared with the others; NULL: all the same */
    const double *weight;
    /* (points) index of the point that gives this one its numbers, so that this one begins after that one's
     * end; -1: none; NULL: none does */
    const int *leader;
    void *program;
    /* Runs the point in the folder, which is new or to be resumed, and returns the exit status of the point.
     * Called in a process of its own. It says in `shared` how far it is. rung: of a halved point, the rung (rungs.h) at
     * which it stops with EXIT_RESTED. */
    int (*run)(void *program, const struct point *point, const char *folder, int rung,
               struct progress_shared *shared);
};

/* The number of points that run side by side: each process of a run gets a core, and all points fit into
 * memory. At least 1; exactly 1 if time is measured. */
int sweep_jobs(const struct sweep *s);

bool sweep_is_mine(const struct sweep *s, const struct point *p); /* the point is of this job (--index) */

/* Runs all points that are not over, and prints a table on stdout. Returns the exit status of the program:
 * 128 + n after signal n; the status of the first point that failed (this ends the other points); else
 * EXIT_DONE. A point that diverges or has no end has not failed. */
int sweep_run(const struct sweep *s);

/* A part of sweep_run: runs the points. With results, it adds each point that ends, and writes sweep.csv each
 * time. */
struct results;
int jobs_run(const struct sweep *s, struct results *results);

#endif
