/* The tables of a run: eval.csv and workers.csv, written while it goes on, totals.csv, whose rows come at
 * its end, and, where there may be faults, faults.csv. One writer: the PS's process. Rows come in virtual
 * order; a row that has been written is on its way to the disk. */
#ifndef SIM_OUTPUT_METRICS_H
#define SIM_OUTPUT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/schema/rows.h"

struct rows { /* where the tables end, in bytes */
    int64_t eval, workers, totals, faults;
};

struct metrics;

/* rows: NULL: new tables. Otherwise those that are there, cut off at these ends. every:
 * output.workers_every. faults: there may be some: faults.csv, and two more columns of totals.csv. */
struct metrics *metrics_open(const char *folder, const struct rows *rows, int64_t every, bool faults);
bool metrics_reach(const char *folder, const struct rows *rows); /* the tables are at least so long */
struct rows metrics_sync(struct metrics *m); /* everything written so far is on the disk */
void metrics_push(struct metrics *m, const struct push_row *row);
void metrics_eval(struct metrics *m, const struct eval_row *row);
void metrics_total(struct metrics *m, const struct worker_total *row);
void metrics_fault(struct metrics *m, const struct fault_row *row);
void metrics_close(struct metrics *m);

#endif
