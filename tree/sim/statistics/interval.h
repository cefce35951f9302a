/* Confidence intervals of a mean. docs/statistics.md has the formulae and their sources.
 *
 * Of all functions here: the values are independent, one for each seed; they have any unit, and the interval has
 * the same one (differences of accuracies as fractions, logarithms of factors without a unit). `level` is the
 * confidence, in (0, 1): 0.95, or family_level(). Equal arguments give equal bits. */
#ifndef SIM_STATISTICS_INTERVAL_H
#define SIM_STATISTICS_INTERVAL_H

#include <stdbool.h>

struct interval {
    double mean, low, high; /* all are NAN where there is no interval */
};

struct sample {
    int n;
    double mean, std; /* std: with n - 1; NAN below two values */
};

/* Of the n values. A NAN or an infinity among them, or n = 0: both are NAN. Equal values: std is exactly 0. */
struct sample sample_of(const double *x, int n);

/* Student's t (Student, 1908): mean +- t(n - 1, (1 + level) / 2) std / sqrt(n).
 *
 * least_std: the standard deviation that the measurement itself causes, as it has steps; the sample's is not taken
 * as less. Without it two seeds that happen to have the same difference would be an interval without a width. 0:
 * there are no steps. struct paired has it for accuracies and times.
 *
 * One value, a NAN or an infinity: NAN throughout. Equal values and least_std = 0: low = high = mean. With
 * two values the factor of std is 9 at 0.95 and 45 at 0.99. */
struct interval t_interval(const double *x, int n, double level, double least_std);
struct interval t_interval_of(struct sample sample, double level, double least_std);

/* Its two parts: the quantile, t(freedom, (1 + level) / 2), and half of the interval's width. */
double t_quantile(double freedom, double level);
double t_half_width(double std, int n, double level);

/* Bootstrap of the mean, bias-corrected and accelerated (Efron, 1987): BCA_RESAMPLES samples with replacement. Which
 * values a resample draws is a pure function of n (purpose DRAW_BOOTSTRAP, seed 1): there is nothing to choose.
 *
 * Below BCA_SEEDS values it covers less than it says, and callers do not show it; it exists from two values on.
 * NAN: as t_interval; also if (1 - level) / 2 of the resamples are fewer than five (from level 0.999 on), or if the
 * acceleration is too large for an interval. Equal values: low = high = mean. */
enum { BCA_RESAMPLES = 10000, BCA_SEEDS = 20 };
struct interval bca_interval(const double *x, int n, double level);

/* false without an interval, or if the value is in it; its ends are in it. */
bool interval_excludes(struct interval interval, double value);

#endif
