/* Which floats of a vector weight decay applies to ([train] weight_decay_on). */
#ifndef ALGORITHMS_DECAY_H
#define ALGORITHMS_DECAY_H

#include "algorithms/algorithm.h"

struct decay_slice {
    size_t n; /* > 0 */
    bool decays;
};

/* Of the n floats from float number `first` of a whole vector on: the first ones that all decay or all do
 * not. Floats behind the last tensor (fragments.h: filler) do not. */
struct decay_slice decay_slice(const struct setup *setup, size_t first, size_t n);

#endif
