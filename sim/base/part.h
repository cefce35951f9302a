/* A part of a count. */
#ifndef SIM_BASE_PART_H
#define SIM_BASE_PART_H

#include <stdint.h>

/* floor(ratio n), exactly, where ratio stands for the decimal that a user writes: the shortest one that reads as
 * this double. 0.7 of 1440 is 1008, though the double is a little less than 0.7. ratio is 0 or more; a product
 * beyond 2^63 - 1 is that. */
uint64_t part_of(double ratio, uint64_t n);

#endif
