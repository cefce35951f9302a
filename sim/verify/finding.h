/* A finding is one thing that is wrong with a run's files. Each is a line on stderr:
 *   simulate: FILE:LINE: what: expected ..., got ... */
#ifndef SIM_VERIFY_FINDING_H
#define SIM_VERIFY_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

struct findings {
    const char *file; /* the file that is read now */
    int64_t line;     /* line of that file; 0: the file as a whole */
    int n;            /* findings so far; only the first few are printed */
    bool silent;      /* prints no finding; only counts */
};

void finding(struct findings *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each returns true when `got` is right, and adds a finding otherwise. `why` names the bound ("depart_ns").
 * expect_sum is expect_equal for the wide sums over workers. */
bool expect_equal(struct findings *f, const char *what, int64_t got, int64_t want, const char *why);
bool expect_sum(struct findings *f, const char *what, int128 got, int128 want, const char *why);
bool expect_least(struct findings *f, const char *what, int64_t got, int64_t least, const char *why);
bool expect_most(struct findings *f, const char *what, int64_t got, int64_t most, const char *why);

/* The same for reals that the run wrote with nine digits. NaN equals NaN. */
bool expect_near(struct findings *f, const char *what, double got, double want, const char *why);

/* Saturating arithmetic: a + b, a - b, a * b, at the end of the range where the result would overflow. A
 * damaged file can hold any number, and must not make the judge overflow. */
int64_t sum_of(int64_t a, int64_t b);
int64_t difference_of(int64_t a, int64_t b);
int64_t product_of(int64_t a, int64_t b); /* a and b are not below 0 */

#endif
