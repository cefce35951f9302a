/* What the conductor knows before anything is trained: whether the runs come as far as the milestones of output.at (a
 * run that ends before has no accuracy there), and whether their budget is more than the first update needs. */
#ifndef SIM_COMMANDS_REACH_H
#define SIM_COMMANDS_REACH_H

#include "sim/config/milestones.h"
#include "sim/runtime/run.h"

struct reach { /* zeroed at first; one for --check, or for all points of a sweep */
    int runs;
    int at_once;    /* runs that their budget ends with the first update */
    char first[64]; /* the first of them, and its key */
    const char *budget;
    int before[MILESTONES_MOST]; /* runs that end before the milestone */
    double least[MILESTONES_MOST];
    char name[MILESTONES_MOST][64]; /* the run that ends first, and where: in seconds or bytes */
};

void reach_note(struct reach *reach, const struct run *run, const struct totals *totals);

/* A warning for each milestone that a run does not reach, and one for budgets that are too small. */
void reach_say(const struct reach *reach, const struct config *cfg);

#endif
