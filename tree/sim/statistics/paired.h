/* What is compared: a rival and the reference, paired by seed. Both runs of a pair have the same seed, so the same
 * initial model, batches and stragglers, and what these cause is in both. */
#ifndef SIM_STATISTICS_PAIRED_H
#define SIM_STATISTICS_PAIRED_H

#include <stdbool.h>

enum bound {
    BOUND_NONE,    /* the effect is what was measured */
    BOUND_AT_MOST, /* the true effect is at most this: the reference never reached the target in some pairs */
    BOUND_AT_LEAST, /* at least this: the rival never reached it */
};

struct paired {
    int n;           /* pairs */
    bool determined; /* false: there is no mean, and the members below are unset */
    enum bound bound;
    /* Where the mean of the differences can be, if each time is moved to just behind the evaluation before it. The
     * true mean, that of evaluations without a pause, is between them. -INFINITY, INFINITY: anywhere, as a target
     * was reached at the first evaluation. Accuracies: both are the mean. */
    double earliest, latest;
    double least_std; /* of the differences, from the steps of the measurement alone; for t_interval() */
};

/* Times in seconds to a target, of one pair: a of the rival, b of the reference. */
struct pair_times {
    double a, b;               /* of the evaluation that reached it; NAN: never reached */
    double a_before, b_before; /* of the evaluation before that one; 0: there is none */
    double a_end, b_end;       /* of the run's end; NAN: unknown, also of a run that diverged */
};

/* Writes difference[i] = log(a / b): exp() of the mean is the factor of the reference's time, below 1 for a faster
 * rival. Times of 0 (all of them at a target that the initial model has reached) leave a pair undetermined.
 *
 *   both reached          log(a / b)
 *   one never reached     its end stands in if it is not before the other's time: BOUND_AT_LEAST for a, BOUND_AT_MOST
 *                         for b. (It is at least so slow: the difference is moved towards 0, never away from it.)
 *   otherwise             the pair is undetermined
 *
 * One undetermined pair makes the whole undetermined, as leaving it out would choose seeds by their result. So do
 * bounds in both directions, as their mean is no bound. A remedy: experiment.virtual_time.
 *
 * earliest, latest: means of log(a_before / b) and log(a / b_before). least_std: the error of a time is uniform
 * between two evaluations, so its variance is (1 - before / time)^2 / 12 for a logarithm; the mean of both sides'
 * sums over the pairs. A time that stands in has no such error. */
struct paired paired_times(const struct pair_times *pair, int n, double *difference);

/* Writes difference[i] = a[i] - b[i], for instance of accuracies as fractions. step: a and b are multiples of it (1 /
 * test samples); 0: of nothing. least_std = step / sqrt(6), that of two rounded values. A NAN (a run that diverged):
 * undetermined. */
struct paired paired_values(const double *a, const double *b, int n, double step, double *difference);

#endif
