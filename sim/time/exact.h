/* Durations to the nanosecond, without an error of floating point: a product, quotient or sum of numbers is a rational
 * number, which is rounded once, a half up. So two programs that know the formula and its numbers agree, whatever they
 * calculate with.
 *
 * Where exactness comes from:
 *   a number of the ini   is the decimal with the fewest digits that reads back to its double, which is what
 *                         resolved.ini shows. It is what the ini says wherever that has at most 15 significant digits,
 *                         because no two decimals of 15 digits have the same double. So 1.42 is 142 / 100, though no
 *                         double is.
 *   any other number      a factor that was drawn, a whole number: is the value of its double, a fraction of a power
 *                         of two.
 * The formula is calculated with long doubles first; their error has a bound. Only where a half lies within the bound
 * integers of as many digits as it takes decide. */
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

/* Begins with 1 s, applies the terms one after the other, and rounds to the nearest ns, a half up; at least `least`.
 * Too much for the virtual clock ends the program. */
vtime exact_ns(const struct exact_term *term, int n, vtime least);

#endif
