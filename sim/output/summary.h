/* What one algorithm's run came to: summary.json, and the rows of the comparison. */
#ifndef SIM_OUTPUT_SUMMARY_H
#define SIM_OUTPUT_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/output/metrics.h"

enum replicas { REPLICAS_NONE = -1, REPLICAS_DIFFER = 0, REPLICAS_EQUAL = 1 };

enum clocked {
    CLOCKED_BY_MODEL,
    CLOCKED_BY_CPU,
    CLOCKED_REALLY
}; /* the last two cannot be repeated to the bit */

struct summary { /* plain values only: the PS process fills it in shared memory, the launcher reads it */
    char algorithm[64], model[64], dataset[64];
    bool synthetic, trained; /* trained = false: times and bytes alone, all else is NAN */
    enum clocked clocked;
    int64_t workers, seed, rounds, iterations;
    double epochs;
    int64_t virtual_ns;
    int64_t predicted_ns; /* the same by a closed form; -1: there is none */
    double wall_seconds;
    double test_accuracy, test_loss, train_loss; /* of the last evaluation; accuracy 0..1 */
    double best_accuracy;
    int64_t target_ns; /* first evaluation at or above experiment.target_accuracy; -1: never */
    int64_t target_iterations, target_bytes_up, target_bytes_down;
    int64_t bytes_up, bytes_down, bytes_initial; /* headers included */
    int64_t pushes, replies;
    int128 compute_ns, communication_ns, waiting_ns; /* sums over workers */
    int128 overlapped_ns;                            /* likewise: computing while a message is under way */
    int64_t wasted_iterations;                       /* computed or begun, in no update */
    int64_t dropped_pushes;                          /* in no update */
    bool faulty;                                     /* there may have been faults: */
    struct fault_totals faults;
    uint64_t parameters_hash;
    enum replicas replicas_equal;
    char status[32]; /* "done" */
    bool hung;       /* nothing was heard of it: another time it may end */
    int exit_status; /* how the run ended: 0, or enum exit_status or 128 + signal */
};

/* folder/summary.json, by rename. */
void summary_write(const struct summary *s, const char *folder);
void summary_line(
    const struct summary *s); /* the same as one line on standard output, with "event": "summary" */

/* The table on the terminal (stdout) and folder/comparison.csv: accuracy, loss, virtual time and by how much
 * it is off the predicted one, time to the target and speed-up over the first algorithm (virtual time where there
 * is no target), bytes up and down, idle share (waiting / (workers x virtual time)), faults where there may be some.
 * comparison.csv holds no wall time. target: NAN: none. */
void comparison_print(const struct summary *s, int n, double target);
void comparison_write(const struct summary *s, int n, double target, const char *folder);
extern const char comparison_header[]; /* of comparison.csv; no cell of it is quoted */

/* folder/time.csv: where the time of a worker went (means over the workers), for the bar chart. Communication
 * may run under compute, so the parts need not add up to the virtual time. */
void time_split_write(const struct summary *s, int n, const char *folder);

#endif
