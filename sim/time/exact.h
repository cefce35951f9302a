/* Durations that are exact to the nanosecond: products, quotients and sums of given numbers are rational
 * numbers, and each is rounded once, a half up. Two programs that know the formula and its numbers agree,
 * whichever arithmetic they use.
 *
 *   a number of the ini   is the decimal with the fewest digits that reads back to its double, which
 *                         resolved.ini shows. That is what the ini says wherever it gives at most 15
 *                         significant digits, because no two decimals of 15 digits have the same double: 1.42
 *                         is 142 / 100, though no double is.
 *   any other number      (a drawn factor, a whole number) is the value of its double, a fraction of a power
 *                         of two.
 *
 * The formula is computed with long doubles first, within a known bound of error. Only where a half lies
 * within that bound, integers with as many digits as needed decide. */
#ifndef SIM_TIME_EXACT_H
#define SIM_TIME_EXACT_H

#include "sim/time/vtime.h"

enum exact_op { EXACT_TIMES, EXACT_OVER, EXACT_PLUS };

struct exact_term {
    enum exact_op op;
    enum exact_kind { EXACT_DECIMAL, EXACT_DOUBLE } kind; /* of the ini; any other */
    double x;                                             /* >= 0; not 0 with EXACT_OVER */
};

#define EXACT_TERMS 10 /* of a formula, at most */

/* Begins with 1 s, applies the terms one after the other, and rounds to the nearest ns, a half up; at least
 * `least`. A duration beyond the virtual clock ends the program. */
vtime exact_ns(const struct exact_term *term, int n, vtime least);

#endif
