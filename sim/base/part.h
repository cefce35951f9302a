/* A part of a count, for instance the top 1 % of a tensor's entries. */
#ifndef SIM_BASE_PART_H
#define SIM_BASE_PART_H

#include <stdint.h>

/* floor(ratio n), exactly. `ratio` means the decimal that a user writes: the shortest decimal that reads as
 * this double. 0.7 of 1440 is 1008, although the double is a little less than 0.7. ratio >= 0. A product
 * above 2^63 - 1 gives 2^63 - 1. */
uint64_t part_of(double ratio, uint64_t n);

/* The shortest decimal that reads as x >= 0: returns its digits as a whole number, and the power of ten to multiply
 * them with. 0.7 gives 7 and -1. */
uint64_t part_decimal(double x, int *power);

#endif
