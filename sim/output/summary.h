/* The results of a run's algorithms: summary.json of each, and the tables that compare them. */
#ifndef SIM_OUTPUT_SUMMARY_H
#define SIM_OUTPUT_SUMMARY_H

#include <stdint.h>

#include "sim/schema/rows.h"

/* Writes folder/summary.json, by rename: a summary.json that exists is complete. */
void summary_write(const struct summary *s, const char *folder);
/* The same as one line on standard output, with "event": "summary". */
void summary_line(const struct summary *s);

struct comparison_terms { /* equal for all algorithms of a run */
    double target;        /* accuracy; NAN: none */
    const char *budget;   /* budget_words() of the run; "": none */
    int64_t iterations;   /* with fewer a budget has ended a run: no speed-up without a target; 0: no bound */
};

/* The table on the terminal (stdout) and folder/comparison.csv: accuracy; loss; virtual time, and how much
 * it differs from the predicted time; time to the target; speed-up over the first algorithm (without a
 * target: of virtual time, unless a budget ended one of the two); bytes up and down; idle share, waiting /
 * (workers x virtual time); faults, for runs with faults. comparison.csv has no wall time. */
void comparison_print(const struct summary *s, int n, const struct comparison_terms *terms);
void comparison_write(const struct summary *s, int n, const struct comparison_terms *terms,
                      const char *folder);

/* folder/time.csv: how a worker spent its time (means over the workers), for the bar chart. Communication
 * can overlap with compute, so the parts need not add up to the virtual time. */
void time_split_write(const struct summary *s, int n, const char *folder);

#endif
