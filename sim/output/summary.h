/* The results of a run's algorithms: summary.json of each, and the tables that compare them. */
#ifndef SIM_OUTPUT_SUMMARY_H
#define SIM_OUTPUT_SUMMARY_H

#include "sim/schema/rows.h"

/* folder/summary.json, by rename. */
void summary_write(const struct summary *s, const char *folder);
/* The same as one line on standard output, with "event": "summary". */
void summary_line(const struct summary *s);

/* The table on the terminal (stdout) and folder/comparison.csv: accuracy, loss, virtual time and by how
 * much it is off the predicted one, time to the target and speed-up over the first algorithm (virtual time
 * where there is no target), bytes up and down, idle share (waiting / (workers x virtual time)), faults
 * where there may be some. comparison.csv holds no wall time. target: NAN: none. */
void comparison_print(const struct summary *s, int n, double target);
void comparison_write(const struct summary *s, int n, double target, const char *folder);

/* folder/time.csv: where the time of a worker went (means over the workers), for the bar chart. Communication
 * may run under compute, so the parts need not add up to the virtual time. */
void time_split_write(const struct summary *s, int n, const char *folder);

#endif
