/* To which floats of a vector weight decay applies ([train] weight_decay_on). */
#ifndef ALGORITHMS_DECAY_H
#define ALGORITHMS_DECAY_H

#include "algorithms/algorithm.h"

struct decay_slice { /* neighbouring floats that weight decay treats alike */
    size_t n;        /* > 0 */
    bool decays;
};

/* The slice that begins at float number `first` of a whole vector, at most n floats long. The filler behind
 * the last tensor (fragments.h) does not decay. */
struct decay_slice decay_slice(const struct setup *setup, size_t first, size_t n);

#endif
