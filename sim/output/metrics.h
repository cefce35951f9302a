/* The tables of a run: eval.csv and workers.csv, written during the run; totals.csv, written at its end;
 * faults.csv, only for runs with faults; quality.csv and classes.csv, only where output.quality asks for them. Only the PS's process writes. Rows come in the order of
 * virtual time. Rows gather until metrics_flush: a process calls it before it sleeps or exits. Where one table has
 * many rows all are flushed, so that the tables of a program that is killed tell of about the same time. */
#ifndef SIM_OUTPUT_METRICS_H
#define SIM_OUTPUT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/schema/quality.h"
#include "sim/schema/rows.h"

struct rows { /* where the tables end, in bytes */
    int64_t eval, workers, totals, faults;
    int64_t quality, classes;
    int64_t asked; /* a quality_set: which of the last two there are */
};

struct metrics;

/* rows: NULL: makes new tables; otherwise opens the existing tables and cuts them off at these ends. every:
 * output.workers_every. faults: the run has faults.csv, and two more columns in totals.csv. asked: output.quality. */
struct metrics *metrics_open(const char *folder, const struct rows *rows, int64_t every, bool faults,
                             quality_set asked);
bool metrics_reach(const char *folder, const struct rows *rows); /* no table ends before these ends */
struct rows metrics_sync(struct metrics *m); /* puts all rows on the disk; returns where the tables end */
/* With output.workers_every = every, and in these tables: whether workers.csv has the row. */
bool metrics_every(const struct push_row *row, int64_t every);
bool metrics_keeps(const struct metrics *m, const struct push_row *row);
void metrics_push(struct metrics *m, const struct push_row *row);
void metrics_eval(struct metrics *m, const struct eval_row *row);
void metrics_total(struct metrics *m, const struct worker_total *row);
void metrics_fault(struct metrics *m, const struct fault_row *row);
void metrics_quality(struct metrics *m, const struct quality_row *row);
void metrics_class(struct metrics *m, const struct class_row *row);
void metrics_flush(struct metrics *m);
void metrics_close(struct metrics *m);

#endif
