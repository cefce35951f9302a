#include "sim/statistics/interval.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

static const struct interval none = {NAN, NAN, NAN};

struct sample sample_of(const double *x, int n)
{
    double sum = 0, squares = 0;
    bool equal = true;
    for (int i = 0; i < n; i++) {
        sum += x[i];
        equal = equal && x[i] == x[0];
    }
    if (n < 1 || !isfinite(sum))
        return (struct sample){n, NAN, NAN};
    double mean = equal ? x[0] : sum / n, rest = 0; /* n equal values may add up to a sum that is rounded */
    for (int i = 0; i < n; i++)
        rest += x[i] - mean;
    mean += rest / n; /* and the mean of large values to one that is off by digits of their spread */
    for (int i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return (struct sample){n, mean, n < 2 ? NAN : sqrt(squares / (n - 1))};
}

double t_quantile(double freedom, double level)
{
    return gsl_cdf_tdist_Qinv((1 - level) / 2, freedom);
}

double t_half_width(double std, int n, double level)
{
    return n < 2 ? NAN : t_quantile(n - 1, level) * std / sqrt(n);
}

struct interval t_interval_of(struct sample s, double level, double least_std)
{
    double half = t_half_width(fmax(s.std, least_std), s.n, level);
    if (!isfinite(s.std) || !isfinite(half))
        return none;
    return (struct interval){s.mean, s.mean - half, s.mean + half};
}

struct interval t_interval(const double *x, int n, double level, double least_std)
{
    return t_interval_of(sample_of(x, n), level, least_std);
}

bool interval_excludes(struct interval interval, double value)
{
    return value < interval.low || value > interval.high;
}
