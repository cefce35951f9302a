/* Where the points of a halved sweep stop (sweep.halving): their rungs end with evaluations, which the control plane knows
 * before anything is trained. */
#ifndef SIM_COMMANDS_RESTS_H
#define SIM_COMMANDS_RESTS_H

#include "sim/commands/program.h"
#include "sim/sweep/sweep.h"

struct rests;

/* all: the program of the sweep. Refuses a sweep that cannot be halved. NULL: sweep.halving is 0. */
struct rests *rests_create(const struct program *all, const struct sweep *s);
void rests_free(struct rests *r);

/* Looks at the next point: the program is configured and open. Refuses runs that cannot be paused, and rungs without an
 * evaluation. */
void rests_note(struct rests *r, const struct program *p);

/* Before a point runs to the end of a rung. r: NULL: to its end. */
void rests_prepare(const struct rests *r, struct program *p, int rung);

/* The part of a whole run that the point is expected to run. 1: r is NULL. */
double rests_expected(const struct rests *r, const struct point *p);

/* For --check: "losp: halving by 3: 12 to 1/9 of the run, ...", a line for each algorithm. */
void rests_print(const struct rests *r);

#endif
