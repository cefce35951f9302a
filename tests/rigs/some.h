/* Draws of random networks: a stream of numbers, bandwidths and traces that differ widely. */
#ifndef TESTS_RIGS_SOME_H
#define TESTS_RIGS_SOME_H

#include <math.h>

#include "sim/time/trace.h"

static uint64_t stream; /* set it to begin */

static inline uint64_t draw(void)
{
    uint64_t z = stream += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline int below(int n)
{
    return (int)(draw() % (uint64_t)n);
}

static inline double uniform(double from, double to)
{
    return from + (to - from) * (double)(draw() >> 11) * 0x1p-53;
}

static inline vtime up_to(vtime most)
{
    return (vtime)(draw() % ((uint64_t)most + 1));
}

/* 8 Mbit/s to 8 Gbit/s, some whole powers of ten or two, some without bound. */
static inline double some_bandwidth(void)
{
    switch (below(10)) {
    case 0:
        return INFINITY;
    case 1:
        return ldexp(1e9, below(10) - 7);
    case 2:
        return pow(10, 6 + below(4));
    default:
        return pow(10, uniform(6, 9));
    }
}

/* Less than `most` steps. */
static inline struct trace some_trace(struct trace_step *step, int most)
{
    const vtime spans[] = {1000000, 100000000, 1000};
    vtime span = spans[below(3)], t = up_to(span);
    struct trace trace = {(size_t)below(most), step};
    for (size_t i = 0; i < trace.n; i++, t += 1 + up_to(span))
        step[i] = (struct trace_step){t, below(3) ? pow(10, uniform(-1.5, 0.5)) : 1 + below(2)};
    return trace;
}

#endif
