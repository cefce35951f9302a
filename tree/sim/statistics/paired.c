#include "sim/statistics/paired.h"

#include <math.h>

struct difference {
    double value, earliest, latest; /* NAN: undetermined */
    double variance;                /* of the error that the spacing of evaluations makes */
    enum bound bound;
};

static double spacing_variance(double time, double before)
{
    double share = 1 - before / time;
    return share * share / 12;
}

/* `time` is that of the one that reached the target. */
static bool stands_in(double time, double end)
{
    return time > 0 && end >= time;
}

static struct difference of_times(const struct pair_times *t)
{
    if (t->a > 0 && t->b > 0)
        return (struct difference){.value = log(t->a / t->b),
                                   .earliest = log(t->a_before / t->b),
                                   .latest = log(t->a / t->b_before),
                                   .variance = spacing_variance(t->a, t->a_before) +
                                               spacing_variance(t->b, t->b_before)};
    if (isnan(t->a) && stands_in(t->b, t->a_end))
        return (struct difference){.value = log(t->a_end / t->b),
                                   .earliest = log(t->a_end / t->b),
                                   .latest = INFINITY,
                                   .variance = spacing_variance(t->b, t->b_before),
                                   .bound = BOUND_AT_LEAST};
    if (isnan(t->b) && stands_in(t->a, t->b_end))
        return (struct difference){.value = log(t->a / t->b_end),
                                   .earliest = -INFINITY,
                                   .latest = log(t->a / t->b_end),
                                   .variance = spacing_variance(t->a, t->a_before),
                                   .bound = BOUND_AT_MOST};
    return (struct difference){.value = NAN};
}

/* A bound and an exact difference have a bound as their mean; two different bounds have none. */
static bool join(enum bound *bound, enum bound next)
{
    if (*bound != BOUND_NONE && next != BOUND_NONE && next != *bound)
        return false;
    if (next != BOUND_NONE)
        *bound = next;
    return true;
}

struct paired paired_times(const struct pair_times *pair, int n, double *difference)
{
    struct paired p = {.n = n, .determined = n > 0};
    double variance = 0;
    for (int i = 0; i < n; i++) {
        struct difference d = of_times(&pair[i]);
        difference[i] = d.value;
        p.determined = p.determined && !isnan(d.value) && join(&p.bound, d.bound);
        p.earliest += d.earliest / n;
        p.latest += d.latest / n;
        variance += d.variance / n;
    }
    p.least_std = sqrt(variance);
    return p;
}

struct paired paired_values(const double *a, const double *b, int n, double step, double *difference)
{
    struct paired p = {.n = n, .determined = n > 0, .least_std = step / sqrt(6)};
    for (int i = 0; i < n; i++) {
        difference[i] = a[i] - b[i];
        p.determined = p.determined && isfinite(difference[i]);
        p.earliest += difference[i] / n;
    }
    p.latest = p.earliest;
    return p;
}
