/* Virtual time: integer nanoseconds since all workers hold the first model. */
#ifndef SIM_TIME_VTIME_H
#define SIM_TIME_VTIME_H

#include <stdint.h>

typedef int64_t vtime;

#define VTIME_NEVER INT64_MAX
#define NS_PER_S    1000000000.0

/* Seconds rounded once to the nearest nanosecond (rule 1 of the time model), a half to the even one; at least
 * `least`. */
vtime vtime_from_seconds(double seconds, vtime least);

#endif
