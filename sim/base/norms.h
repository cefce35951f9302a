/* How long a vector is. In one pass, in the same order always. NaN or infinity in v: the result is not
 * finite. */
#ifndef SIM_BASE_NORMS_H
#define SIM_BASE_NORMS_H

#include <stddef.h>

float norm_max(const float *v, size_t n); /* largest magnitude */
double norm_l1(const float *v, size_t n); /* sum of magnitudes */
double norm_l2(const float *v, size_t n); /* finite for all floats that are; may be too large for a float */
double norm_deviation(const float *v, size_t n); /* standard deviation about the mean, in two passes */

#endif
