#include "sim/predict/bounds.h"

#include <math.h>

double bounds_iterations(const struct conductor_spec *spec)
{
    double iterations = spec->iterations > 0 ? (double)spec->iterations : INFINITY, pace = 0;
    double of_push = (double)spec->push_bytes + (double)spec->reply_bytes;
    for (int i = 0; i < spec->workers; i++)
        pace += 1 / (double)compute_calm(&spec->compute, i);
    if (spec->budget.ns > 0) /* no worker waits */
        iterations = fmin(iterations, (double)spec->budget.ns * pace);
    if (spec->budget.bytes > 0) /* a push every iteration */
        iterations = fmin(iterations, (double)spec->budget.bytes / of_push);
    return iterations;
}
