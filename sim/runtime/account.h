/* Makes the plain values of a summary from a run and from the conductor's counters. */
#ifndef SIM_RUNTIME_ACCOUNT_H
#define SIM_RUNTIME_ACCOUNT_H

#include "sim/output/summary.h"
#include "sim/runtime/run.h"

/* What made the times of the run. */
enum clocked account_clocked(const struct run *run);

/* The values that are known before the start. Results are NAN, or -1 for "never". */
void account_names(struct summary *sum, const struct run *run); /* algorithm, model, data set */
struct summary account_open(const struct run *run);

/* The key, or keys, of the budget. */
const char *account_budget_key(const struct budget *budget);

/* Adds what the conductor knows at the end: everything except the results of training. */
void account_close(struct summary *sum, const struct run *run, const struct totals *all);

/* Takes the results of the next evaluation. */
void account_evaluation(struct summary *sum, const struct run *run, const struct eval_row *row);
/* A part of it: the accuracies at the milestones; the last evaluation by each milestone counts. */
void account_milestones(struct summary *sum, const struct milestones *milestones, const struct eval_row *row);

#endif
