/* The exact sign-flip test of paired differences (Fisher, 1935, sections 20 and 21; Pitman, 1937). If neither side is better,
 * each difference could as well have the other sign: p is the share of the 2^n ways to set the signs at which
 * |sum| is at least the sum that was seen. It does not assume a normal distribution, and it cannot be less than
 * 2^(1 - n). */
#ifndef SIM_STATISTICS_SIGN_FLIP_H
#define SIM_STATISTICS_SIGN_FLIP_H

enum { SIGN_FLIP_MOST = 40 }; /* seeds: with more the test takes too long */

/* Two-sided p. Sums that differ by rounding alone (1e-12 of the sum of all |x|) are equal. All differences 0: 1.
 * NAN: n is 0 or more than SIGN_FLIP_MOST, or a difference is no finite number. */
double sign_flip_p(const double *x, int n);

/* The smallest number of seeds at which p can be FAMILY_ERROR / m: the least n >= 1 + log2(m / FAMILY_ERROR). 6 for one
 * claim, 8 for five. With fewer a p is not worth showing. */
int sign_flip_seeds(int m);

#endif
