/* How far a sweep has come, and how long it still takes: a bar on a terminal, lines elsewhere. The weights of
 * the points (struct sweep) say how much work each point is; the sweep's own speed so far says how fast. */
#ifndef SIM_SWEEP_PROGRESS_H
#define SIM_SWEEP_PROGRESS_H

#include "sim/output/progress.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/sweep.h"

struct running { /* a point that runs */
    const struct point *point;
    const char *algorithm;
    double share, accuracy; /* of the point; accuracy as in struct progress */
};

struct sweep_view {
    int over, points; /* numbers of points */
    double share;     /* of the whole work, 0..1 */
    double left_s;    /* seconds; NAN: not known */
    int running;
    const struct running *run; /* (running) */
};

/* The bar's line, like progress_format. Running points that have no room are left out. */
int sweep_format(char *out, size_t size, const struct look *look, const struct sweep_view *v);

struct outlook {
    const struct sweep *sweep;
    double total, over;   /* the work of all points of this process, and what is done of it by those ... */
    double *done, *all;   /* ... (points) that do not run: parts of each point's weight */
    double begun, before; /* time at which this process began, and the work that was there */
    double away;          /* seconds in which all processes were stopped */
    double said;          /* time of the last line */
    int jobs;             /* as in struct crew */
    struct progress_shared *shared; /* (jobs) in shared memory */
    struct running *run;            /* (jobs) */
};

/* Call before the first fork; then outlook_point for each point of this process, and outlook_begin. */
void outlook_open(struct outlook *o, const struct sweep *s, int jobs);
/* The parts of a whole run that the point has done, and is going to do in all. Again after each change. */
void outlook_point(struct outlook *o, const struct point *p, double done, double all);
void outlook_begin(struct outlook *o);
void outlook_close(struct outlook *o);

struct progress_shared *outlook_start(struct outlook *o, int job, const struct point *p);
void outlook_end(struct outlook *o, int job); /* the point does not run any more */

/* The point is over, in this state: prints a line that stays. */
void outlook_say(struct outlook *o, const struct point *p, enum point_state state, int over, int points);

/* A point has come to the end of its rung, or a rung is decided: likewise. */
struct rung;
struct rungs;
void outlook_say_rest(struct outlook *o, const struct rungs *rungs, const struct point *p, int over,
                      int points);
void outlook_say_rung(struct outlook *o, const struct rungs *rungs, const struct rung *rung);

/* Draws the bar; without a terminal prints a line if none was printed for a while. */
void outlook_show(struct outlook *o, int over, int points);

#endif
