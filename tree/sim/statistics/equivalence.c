#include "sim/statistics/equivalence.h"

#include <assert.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

/* Of the test that the mean is below the margin; `distance` is how far it is below. */
static double one_sided_p(double distance, double error, double freedom)
{
    if (error == 0)
        return distance > 0 ? 0 : 1;
    return gsl_cdf_tdist_Q(distance / error, freedom);
}

struct equivalence equivalence_of(struct sample s, double margin, double level, double least_std)
{
    assert(margin > 0 && level > 0.5);
    struct equivalence e = {.interval = t_interval_of(s, 2 * level - 1, least_std), .p = NAN};
    if (isnan(e.interval.mean))
        return e;
    double error = fmax(s.std, least_std) / sqrt(s.n);
    e.p = one_sided_p(margin - fabs(s.mean), error, s.n - 1); /* the end that is nearer has the larger p */
    e.equal = e.interval.low > -margin && e.interval.high < margin;
    return e;
}
