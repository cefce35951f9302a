/* A counter for each number that is in progress. Every counter begins with the same value; counters reach 0 in the
 * order of their numbers. */
#ifndef SIM_EXCHANGE_COUNTS_H
#define SIM_EXCHANGE_COUNTS_H

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"

struct counts {
    int begin; /* value of a new counter; > 0 */
    int *left; /* number i is in place i mod room */
    int64_t first, end;
    int64_t room; /* 0 or a power of two */
};

static inline void counts_grow(struct counts *c)
{
    int64_t room = c->room ? 2 * c->room : 2;
    int *left = need((size_t)room * sizeof *left);
    for (int64_t i = c->first; i < c->end; i++)
        left[i & (room - 1)] = c->left[i & (c->room - 1)];
    free(c->left);
    c->left = left;
    c->room = room;
}

/* One less for this number; whether that was the last. */
static inline bool counts_down(struct counts *c, int64_t number)
{
    assert(number >= c->first);
    while (c->end <= number) {
        if (c->end - c->first == c->room)
            counts_grow(c);
        c->left[c->end++ & (c->room - 1)] = c->begin;
    }
    if (--c->left[number & (c->room - 1)] > 0)
        return false;
    assert(number == c->first);
    c->first++;
    return true;
}

#endif
