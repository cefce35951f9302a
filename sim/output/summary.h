/* The results of a run's algorithms: summary.json of each, and the tables that compare them. */
#ifndef SIM_OUTPUT_SUMMARY_H
#define SIM_OUTPUT_SUMMARY_H

#include "sim/schema/rows.h"

/* Writes folder/summary.json, by rename: a summary.json that exists is complete. */
void summary_write(const struct summary *s, const char *folder);
/* The same as one line on standard output, with "event": "summary". */
void summary_line(const struct summary *s);

/* The table on the terminal (stdout) and folder/comparison.csv: accuracy; loss; virtual time, and how much
 * it differs from the predicted time; time to the target; speed-up over the first algorithm (without a
 * target: of virtual time); bytes up and down; idle share, waiting / (workers x virtual time); faults, for
 * runs with faults. comparison.csv has no wall time. target: NAN: no target. */
void comparison_print(const struct summary *s, int n, double target);
void comparison_write(const struct summary *s, int n, double target, const char *folder);

/* folder/time.csv: how a worker spent its time (means over the workers), for the bar chart. Communication
 * can overlap with compute, so the parts need not add up to the virtual time. */
void time_split_write(const struct summary *s, int n, const char *folder);

#endif
