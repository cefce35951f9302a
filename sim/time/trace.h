/* How a speed or a bandwidth changes over time: a piecewise constant factor of its nominal value. */
#ifndef SIM_TIME_TRACE_H
#define SIM_TIME_TRACE_H

#include <stddef.h>

#include "sim/time/vtime.h"

struct trace_step { /* from `at` on, until the next step */
    vtime at;       /* >= 0 */
    double factor;  /* > 0; 0.5: half as fast */
};

struct trace {
    size_t n;
    const struct trace_step *step; /* (n) rising times; before the first the factor is 1 */
};

struct trace_piece {
    double factor;
    vtime since, until; /* it holds in [since, until); VTIME_NEVER: for ever */
};

struct trace_piece trace_at(const struct trace *trace, vtime t); /* NULL: always 1 */

#endif
