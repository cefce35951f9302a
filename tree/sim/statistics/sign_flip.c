/* All sums of signs, in two halves: the 2^(n/2) sums of each half are sorted, and pairs of them are counted. */
#include "sim/statistics/sign_flip.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/statistics/family.h"

static const double rounding = 1e-12;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted; 2^n of them. */
static double *sums(const double *x, int n)
{
    int64_t count = (int64_t)1 << n;
    double *sum = need((size_t)count * sizeof *sum);
    for (int i = 0; i < n; i++) /* each value doubles the number of sums */
        for (int64_t k = 0; k < (int64_t)1 << i; k++) {
            sum[k + ((int64_t)1 << i)] = sum[k] + x[i];
            sum[k] -= x[i];
        }
    qsort(sum, (size_t)count, sizeof *sum, by_value);
    return sum;
}

/* Pairs of the two sorted lists that add up to at least `least`. */
static int64_t pairs_from(const double *a, int64_t n, const double *b, int64_t m, double least)
{
    int64_t pairs = 0, first = m; /* of b; it falls as a[i] grows */
    for (int64_t i = 0; i < n; i++) {
        while (first > 0 && a[i] + b[first - 1] >= least)
            first--;
        pairs += m - first;
    }
    return pairs;
}

double sign_flip_p(const double *x, int n)
{
    double sum = 0, size = 0;
    for (int i = 0; i < n; i++) {
        sum += x[i];
        size += fabs(x[i]);
    }
    if (n < 1 || n > SIGN_FLIP_MOST || !isfinite(size))
        return NAN;
    double least = fabs(sum) - rounding * size;
    if (least <= 0) /* every sum is at least as large */
        return 1;
    double *a = sums(x, n / 2), *b = sums(x + n / 2, n - n / 2);
    int64_t extreme = pairs_from(a, (int64_t)1 << n / 2, b, (int64_t)1 << (n - n / 2), least);
    free(a);
    free(b);
    return ldexp((double)extreme, 1 - n); /* both tails, which are alike */
}

int sign_flip_seeds(int m)
{
    int n = 1;
    while (ldexp(1, 1 - n) > FAMILY_ERROR / m)
        n++;
    return n;
}
