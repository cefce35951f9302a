/* The BCa bootstrap of a mean: Efron and Tibshirani, An Introduction to the Bootstrap (1993), 14.3. */
#include "sim/statistics/interval.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

enum { TAIL = 5, WORDS = 8 }; /* the fewest resamples beyond an end; words in a block of draws */

static const struct interval none = {NAN, NAN, NAN};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted means of the resamples; of values around their mean, which loses no digits. */
static double *resample(const double *x, int n)
{
    struct draw_key key = {.seed = 1, .purpose = DRAW_BOOTSTRAP};
    size_t blocks = ((size_t)n + WORDS - 1) / WORDS;
    uint32_t *word = need(blocks * WORDS * sizeof *word);
    double *means = need(BCA_RESAMPLES * sizeof *means);
    for (int r = 0; r < BCA_RESAMPLES; r++) {
        double sum = 0;
        key.round = (uint64_t)r;
        draw_blocks(&key, 0, blocks, word);
        for (int i = 0; i < n; i++)
            sum += x[(uint64_t)word[i] * (uint64_t)n >> 32];
        means[r] = sum / n;
    }
    free(word);
    qsort(means, BCA_RESAMPLES, sizeof *means, by_value);
    return means;
}

/* z0: how far the median of the resamples is from the mean, here 0. A resample that equals it, but for rounding,
 * counts half: values with few digits have many of these. */
static double bias(const double *means, double rounding)
{
    double below = 0;
    for (int r = 0; r < BCA_RESAMPLES; r++)
        below += fabs(means[r]) <= rounding ? 0.5 : means[r] < 0 ? 1 : 0;
    return gsl_cdf_ugaussian_Pinv(below / BCA_RESAMPLES);
}

/* a: from the jackknife, which for a mean is the skewness of the sample over 6 sqrt(n). */
static double acceleration(const double *x, int n)
{
    double squares = 0, cubes = 0;
    for (int i = 0; i < n; i++) {
        squares += x[i] * x[i];
        cubes += x[i] * x[i] * x[i];
    }
    return cubes / (6 * pow(squares, 1.5));
}

/* Between two order statistics, as R's type 7 and numpy have it. */
static double quantile(const double *sorted, int n, double share)
{
    double at = share * (n - 1);
    int i = (int)at;
    return i >= n - 1 ? sorted[n - 1] : sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

/* NAN: the formula has no value, as 1 - a (z0 + z) is not positive. */
static double end(const double *means, double z0, double a, double z)
{
    double scale = 1 - a * (z0 + z);
    return scale > 0 ? quantile(means, BCA_RESAMPLES, gsl_cdf_ugaussian_P(z0 + (z0 + z) / scale)) : NAN;
}

static struct interval interval_of(const double *x, int n, double level)
{
    double *means = resample(x, n);
    double z0 = bias(means, 1e-12 * (means[BCA_RESAMPLES - 1] - means[0]));
    double a = acceleration(x, n), z = gsl_cdf_ugaussian_Qinv((1 - level) / 2);
    double low = end(means, z0, a, -z), high = end(means, z0, a, z);
    free(means);
    return isfinite(low) && isfinite(high) ? (struct interval){0, low, high} : none;
}

struct interval bca_interval(const double *x, int n, double level)
{
    struct sample s = sample_of(x, n);
    if (!isfinite(s.std) || (1 - level) / 2 * BCA_RESAMPLES < TAIL)
        return none;
    if (s.std == 0)
        return (struct interval){s.mean, s.mean, s.mean};
    double *centred = need((size_t)n * sizeof *centred);
    for (int i = 0; i < n; i++)
        centred[i] = x[i] - s.mean;
    struct interval interval = interval_of(centred, n, level);
    free(centred);
    return (struct interval){interval.mean + s.mean, interval.low + s.mean, interval.high + s.mean};
}
