/* The rungs of a halved sweep (sweep.halving): how far each point is, which trials go on, which are left behind. All of it
 * follows from the files of the points, so a sweep goes on after any interruption and several jobs agree.
 *
 *   run.json of a point   "rungs": "3,9"      its last evaluations in the rungs 0 and 1; rung 2 is the last one
 *   eval.csv              rows 3 and 9        the scores of these rungs: the mean over the seeds, on validation data
 *                                             where there are any; accuracy, or loss with sweep.tune = loss
 *
 * A trial is a combination of an algorithm's own values, with all seeds; the trials of an algorithm at one setting
 * compete. A rung is decided when all its trials have come to its end, with all seeds. One that diverged goes on no more. */
#ifndef SIM_SWEEP_RUNGS_H
#define SIM_SWEEP_RUNGS_H

#include "sim/sweep/halving.h"
#include "sim/sweep/sweep.h"

struct rungs;

/* Reads all points. NULL: the sweep is not halved. */
struct rungs *rungs_read(const struct sweep *s);
void rungs_free(struct rungs *r);

/* Reads a point once more, which has come further, and decides what can be decided then. */
void rungs_take(struct rungs *r, const struct point *p);
/* The same for all points that are not over: other jobs may run them. */
void rungs_look(struct rungs *r);

const struct grid *rungs_grid(const struct rungs *r);
int rungs_of(const struct rungs *r,
             const struct point *p); /* number of rungs of its algorithm; 1: it is not halved */

/* The rung to the end of which the point runs next; -1: there is none now, since it is over, left behind, or waits for the
 * others of its rung. */
int rungs_goal(const struct rungs *r, const struct point *p);
bool rungs_leaves(const struct rungs *r, const struct point *p); /* its trial is left behind */

/* Parts of a whole run: that it has run; that it is going to have run, as a mean over what may become of it. */
double rungs_part(const struct rungs *r, const struct point *p);
double rungs_expected(const struct rungs *r, const struct point *p);

struct rung { /* that has been decided */
    int setting, algorithm, rung, rungs;
    int trials, kept; /* in this rung, and in the next one: fewer than might be where some have diverged */
};
/* The next decision that this function has not given yet; false: there is none. */
bool rungs_next(struct rungs *r, struct rung *out);
/* "losp: rung 1 of 3 is over: 4 of 12 trials go on to 1/3 of the run"; the caller frees. */
char *rungs_words(const struct rungs *r, const struct rung *rung);
int rungs_passed(const struct rungs *r, const struct point *p); /* rungs that it has come to the end of */

/* ---- for tables ---- */

struct trial_rung {
    int setting, algorithm, trial, rung;
};

struct rung_result { /* of a trial, at the end of a rung */
    int point;       /* index of its first seed's point */
    int rungs;
    double part, accuracy, loss; /* means over the seeds; NAN: a seed has diverged */
    bool decided, kept;
};

/* The trial runs in this rung: it was not left behind before. */
bool rungs_runs(const struct rungs *r, const struct trial_rung *where);
/* Not of the last rung. false: it has not come to its end with all seeds. */
bool rungs_result(const struct rungs *r, const struct trial_rung *where, struct rung_result *out);

#endif
