/* Which points of a sweep need not train, as others have the same numbers (sweep.retime): each follows a leader. What
 * is said here is likely: the point itself looks again when its leader is over, and trains where it was wrong. */
#ifndef SIM_COMMANDS_LEADERS_H
#define SIM_COMMANDS_LEADERS_H

#include "sim/commands/program.h"

struct leaders;

/* By the configuration of the sweep. */
struct leaders *leaders_create(const struct grid *grid, const struct config_source *src);
void leaders_free(struct leaders *l);

/* Looks at the next point, in the order of the grid: the program is configured and open. */
void leaders_note(struct leaders *l, const struct program *p);

/* Whether run i of the point that was noted last will train. */
bool leaders_trains(const struct leaders *l, int i);

/* (points) the index of the point that each one follows; -1: it follows none. */
const int *leaders_all(const struct leaders *l);

#endif
