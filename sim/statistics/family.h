/* Several claims at once, and how many seeds they need. */
#ifndef SIM_STATISTICS_FAMILY_H
#define SIM_STATISTICS_FAMILY_H

/* The probability that a family has a false claim is at most this one (Bonferroni; Dunn, 1961). */
#define FAMILY_ERROR 0.05

/* Level of the interval of each of m claims: 1 - FAMILY_ERROR / m. m: at least 1; the number of claims that are
 * planned, those included that turn out undetermined. */
double family_level(int m);

/* The smallest number of seeds, at least 2, at which the t interval at this level has the half-width, if the
 * standard deviation is std (Cochran, 1977, 4.7; with t in place of the normal). It does not know the effect that
 * was seen. 0: unknown, as std is NAN or half_width is not positive. At most MOST_SEEDS, which means that number or
 * more. */
enum { MOST_SEEDS = 1000000 };
int seeds_for(double std, double half_width, double level);

/* A resolution or margin of factors as a half-width of logarithms: 0.05 (5 %) is log(1.05), so that the interval is
 * from factor / 1.05 to factor * 1.05. */
double half_width_of_share(double share);

#endif
