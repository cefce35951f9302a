/* Measuring: what the bench programs share. A figure is one line, NAME VALUE UNIT. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/fail.h"

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

__attribute__((format(printf, 3, 4))) static inline void report(double value, const char *unit,
                                                                const char *name, ...)
{
    va_list args;
    va_start(args, name);
    vprintf(name, args);
    va_end(args);
    printf(" %.6g %s\n", value, unit);
}

/* How often a second work can be done, over at least `seconds`; one call before that does not count. */
static inline double rate_of(void (*work)(void *), void *context, double seconds)
{
    work(context);
    double begun = now(), taken;
    int done = 0;
    do {
        work(context);
        done++;
        taken = now() - begun;
    } while (taken < seconds);
    return done / taken;
}

/* The best of ten rounds that take `seconds` together: the speed of the machine when no other process disturbs it. */
static inline double best_rate_of(void (*work)(void *), void *context, double seconds)
{
    enum { TIMES = 10 };
    double best = 0;
    for (int i = 0; i < TIMES; i++) {
        double rate = rate_of(work, context, seconds / TIMES);
        best = rate > best ? rate : best;
    }
    return best;
}

/* Noise of the size of gradients. */
static inline float *noise(size_t n)
{
    float *v = need(n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = (float)((int)(i * 2654435761u >> 8 & 0xffff) - 0x8000) * 0x1p-25f;
    return v;
}

/* Argument i is a number of seconds, if it is there. */
static inline double seconds_from(int argc, char **argv, int i, double otherwise)
{
    double seconds = argc > i ? strtod(argv[i], NULL) : otherwise;
    if (!(seconds > 0))
        die(EXIT_USAGE, "%s: expected seconds above 0, got '%s'", argv[0], argv[i]);
    return seconds;
}

#endif
