/* How far a point of a halved sweep is (rungs.h), read from its run.json and eval.csv. */
#ifndef SIM_SWEEP_MARKS_H
#define SIM_SWEEP_MARKS_H

struct mark { /* an evaluation; NAN: training has diverged */
    double accuracy, loss;
};

/* Reads the last evaluations of the first n rungs, as far as they are there, and returns the number of them. mark: (n + 1);
 * the one behind them is the last evaluation so far. On validation data, where there are any. */
int marks_read(const char *folder, const char *algorithm, struct mark *mark, int n);

#endif
