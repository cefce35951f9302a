#include "sim/time/trace.h"

/* The number of steps at or before t, by bisection. */
static size_t steps_by(const struct trace *trace, vtime t)
{
    size_t low = 0, high = trace->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace->step[middle].at <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct trace_piece trace_at(const struct trace *trace, vtime t)
{
    struct trace_piece piece = {.factor = 1, .since = INT64_MIN, .until = VTIME_NEVER};
    size_t passed = trace ? steps_by(trace, t) : 0;
    if (passed > 0) {
        piece.factor = trace->step[passed - 1].factor;
        piece.since = trace->step[passed - 1].at;
    }
    if (trace && passed < trace->n)
        piece.until = trace->step[passed].at;
    return piece;
}
