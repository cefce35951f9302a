/* The evaluation of W_0. All algorithms of a program call start from the same parameters and test them on the
 * same images. So the first algorithm that evaluates W_0 leaves the result in shared memory, and the others
 * take it from there:
 *
 *   algorithm 1   PS --snapshot--> evaluator --result--> PS
 *                                       | first_test_keep
 *                                       v
 *                              struct first_test
 *                                       | first_test_find
 *                                       v
 *   algorithm 2                        PS
 *
 * A snapshot is W_0 if its version is 0 and its parameters and statistics equal W_0 bit for bit. */
#ifndef SIM_RUNTIME_FIRST_TEST_H
#define SIM_RUNTIME_FIRST_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct evaluation;
struct run;
struct first_test;

struct measured { /* mean over the samples of a split */
    double accuracy, loss;
};

struct test_result {                  /* what the evaluator answers */
    struct measured test, validation; /* validation: NAN where there is no validation data */
};

/* stats: floats of BatchNorm's statistics. */
struct first_test *first_test_create(size_t stats);
void first_test_destroy(struct first_test *first);

bool first_test_is_of(const struct run *run, int64_t version, const float *params, const float *stats);

/* Evaluator: keeps the result for W_0, and the statistics that it has measured, if it measures any. Where
 * run->first_test is NULL, nothing is kept. more: what else is asked for (quality.h); NULL: nothing. */
void first_test_keep(const struct run *run, const struct test_result *result, const struct evaluation *more);
/* PS: the result for W_0, with the statistics in the place where the evaluator leaves them. false: there is
 * none yet. */
bool first_test_find(const struct run *run, struct test_result *result, struct evaluation *more);

#endif
