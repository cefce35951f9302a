/* Virtual time: integer nanoseconds since all workers hold the first model. Integers, so that the order of
 * events is exact and no comparison has a tolerance. */
#ifndef SIM_TIME_VTIME_H
#define SIM_TIME_VTIME_H

#include <stdint.h>

typedef int64_t vtime;

#define VTIME_NEVER INT64_MAX
/* The end of any run. A single duration is below 2^62 ns, so that what begins by VTIME_LAST and lasts as long
 * does not overflow. */
#define VTIME_LAST     ((vtime)1 << 61)
#define VTIME_TOO_LONG "the run is longer than the virtual clock holds (73 years)"
#define NS_PER_S       1000000000.0

/* A fluid's finishing time less this, rounded up, is an arrival (network.h, rule 3): noise of floating point
 * must not cost a ns. The noise stays below this up to 10^13 ns (half an ulp of a double). */
#define SLACK_NS 0x1p-10

/* A queue with one server that is busy until free_at: when it takes what arrives at `now`. A moment beyond the
 * clock is never played; a queue that grows longer must not run over. */
static inline vtime vtime_service(vtime free_at, vtime now)
{
    vtime begin = free_at > now ? free_at : now;
    return begin > VTIME_LAST ? VTIME_LAST + 1 : begin;
}

/* Seconds of the ini, a decimal, rounded once to the nearest nanosecond, a half up (exact.h); at least
 * `least`. */
vtime vtime_from_seconds(double seconds, vtime least);

#endif
