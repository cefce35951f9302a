/* Makes tables from what runs have left. */
#ifndef SIM_PAPER_FROM_H
#define SIM_PAPER_FROM_H

#include "sim/paper/paper.h"

struct report_runs;
struct results;
struct comparison_verdict;

/* The runs are of one problem. */
struct paper *paper_of_runs(const char *title, const struct report_runs *runs);

/* Of a sweep: each algorithm with its chosen values, or with all where none is chosen. verdict: of the same results; its
 * claims then count; NULL: it is no comparison. Both must outlive the table. */
struct paper *paper_of_sweep(const char *title, const struct results *results,
                             const struct comparison_verdict *verdict);

#endif
