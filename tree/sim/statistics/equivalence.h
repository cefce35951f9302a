/* Equality within a margin. That a difference is not told apart from none says nothing of the kind. */
#ifndef SIM_STATISTICS_EQUIVALENCE_H
#define SIM_STATISTICS_EQUIVALENCE_H

#include <stdbool.h>

#include "sim/statistics/interval.h"

/* Two one-sided t tests (TOST; Schuirmann, 1987), each with an error of 1 - level. */
struct equivalence {
    struct interval interval; /* t interval at 2 level - 1, 0.9 for 0.95 */
    double p;                 /* the larger one of both tests; NAN without an interval */
    bool equal; /* the interval is inside (-margin, margin) and does not touch its ends: p < 1 - level */
};

/* The margin is positive and has the unit of the values: for logarithms half_width_of_share(). level: above 0.5.
 * No variance and least_std = 0: p is 0 or 1. */
struct equivalence equivalence_of(struct sample sample, double margin, double level, double least_std);

#endif
