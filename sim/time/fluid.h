/* The arithmetic of fluids: moments, volumes and rates as integers of 128 bits. Sums and differences are
 * exact, so a fluid that is computed from change to change does not drift. Products and quotients are rounded
 * down, by less than 2^-60 bytes or 2^-63 of themselves. With doubles a message's end among 1000 others is off
 * by up to 10^-4 ns; here by less than 10^-9 ns. */
#ifndef SIM_TIME_FLUID_H
#define SIM_TIME_FLUID_H

#include "sim/base/wide.h"
#include "sim/time/vtime.h"

__extension__ typedef unsigned __int128 uint128;

typedef int128 moment; /* in 2^-64 ns since the beginning: the upper half is whole ns */
typedef int128 volume; /* in 2^-60 bytes */

#define MOMENT_NEVER ((moment)(~(uint128)0 >> 1))

enum { VOLUME_BITS = 60 };

/* A message has fewer bytes: sums of two volumes do not overflow. */
#define MOST_MESSAGE ((uint64_t)1 << 62)

struct rate {          /* mantissa * 2^-shift bytes/ns */
    uint64_t mantissa; /* 2^63 or more; 0: infinitely fast */
    int shift;
};

struct rate rate_of(double bytes_per_ns);

/* over * 2^-scale / under bytes/ns, with over and under > 0 */
struct rate rate_of_quotient(int128 over, int scale, int under);

/* What flows in this time. For rates that are finite. */
volume volume_in(struct rate rate, moment time);

/* How long that takes; infinitely fast: 0. A time beyond the virtual clock ends the program. */
moment time_for(struct rate rate, volume v);

static inline moment moment_of(vtime ns)
{
    return ns == VTIME_NEVER ? MOMENT_NEVER : (moment)((uint128)ns << 64);
}

static inline vtime whole_ns(moment m) /* rounded down */
{
    return (vtime)(m >> 64);
}

/* 2^-10 ns: network.h, rule 3. */
#define SLACK ((moment)(SLACK_NS * 0x1p64))

/* The arrival of a message that finishes at m. */
static inline vtime arrival_of(moment m)
{
    return whole_ns(m - SLACK - 1) + 1;
}

/* Rule 3, fair: in the SLACK after a whole ns a flow leaves at that ns. */
static inline moment snapped(moment m)
{
    return (uint64_t)m <= (uint64_t)SLACK ? m - (moment)(uint64_t)m : m;
}

static inline volume volume_of(uint64_t bytes)
{
    return (volume)bytes << VOLUME_BITS;
}

#endif
