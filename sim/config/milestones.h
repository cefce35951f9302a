/* The milestones of output.at: virtual times and amounts of bytes at which a run's accuracy is compared. */
#ifndef SIM_CONFIG_MILESTONES_H
#define SIM_CONFIG_MILESTONES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/config/key.h"

enum { MILESTONES_MOST = 8 };

/* Reads one milestone, such as "60s" or "10GiB". Returns NULL, or, for an error, a hint that may be empty. */
const char *milestone_read(const char *text, struct milestone *milestone);
bool milestone_equal(const struct milestone *a, const struct milestone *b);

/* Prints the shortest text that reads back to the same milestone. */
void milestone_print(const struct milestone *milestone, FILE *out);
char *milestones_text(const struct milestones *milestones); /* "60s, 10GiB"; the caller frees */
void milestones_print(const struct milestones *milestones, FILE *out);

/* Whether an evaluation lies within the milestone, and whether a run has come as far as the milestone. bytes: of pushes
 * and replies together, departed so far. */
bool milestone_includes(const struct milestone *milestone, int64_t ns, int64_t bytes);
bool milestone_is_reached(const struct milestone *milestone, int64_t ns, int64_t bytes);

#endif
