#include "sim/time/vtime.h"

#include "sim/time/exact.h"

vtime vtime_from_seconds(double seconds, vtime least)
{
    return exact_ns(&(struct exact_term){EXACT_TIMES, EXACT_DECIMAL, seconds}, 1, least);
}
