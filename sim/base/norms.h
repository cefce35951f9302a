/* Norms of a vector, computed in a fixed order. If v has NaN or infinity, the result is not finite. */
#ifndef SIM_BASE_NORMS_H
#define SIM_BASE_NORMS_H

#include <stddef.h>

float norm_max(const float *v, size_t n); /* largest magnitude */
double norm_l1(const float *v, size_t n); /* sum of magnitudes */
double norm_l2(const float *v, size_t n); /* finite if v is finite; may be too large for a float */
double norm_distance(const float *v, const float *other, size_t n); /* l2 of v - other */
double norm_deviation(const float *v, size_t n); /* standard deviation about the mean, in two passes */
double norm_max_and_deviation(const float *v, size_t n, float *most); /* both, in the same two passes */

#endif
