/* What is wrong with a run's files: one line each on stderr, "simulate: FILE:LINE: what: expected ..., got ...". */
#ifndef SIM_VERIFY_FINDING_H
#define SIM_VERIFY_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

struct findings {
    const char *file; /* that is looked at now */
    int64_t line;     /* of it; 0: the file as a whole */
    int n;            /* so far; only the first few are printed */
    bool silent;      /* none is */
};

void finding(struct findings *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each is true when `got` is as it should be; `why` names the bound ("depart_ns"). */
bool expect_equal(struct findings *f, const char *what, int64_t got, int64_t want, const char *why);
bool expect_sum(struct findings *f, const char *what, int128 got, int128 want, const char *why); /* equal */
bool expect_least(struct findings *f, const char *what, int64_t got, int64_t least, const char *why);
bool expect_most(struct findings *f, const char *what, int64_t got, int64_t most, const char *why);

/* Reals that were written with nine digits, perhaps NaN. */
bool expect_near(struct findings *f, const char *what, double got, double want, const char *why);

/* a + b, a - b, at the ends of the range where it would run over: damaged numbers may be anything. */
int64_t sum_of(int64_t a, int64_t b);
int64_t difference_of(int64_t a, int64_t b);
int64_t product_of(int64_t a, int64_t b); /* neither below 0 */

#endif
