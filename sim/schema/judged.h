/* What a run is judged on. Everything that chooses (a target, the best evaluation, sweep.tune) goes by accuracy and loss
 * on validation data where there are any, so that no choice has seen the test data; else by those on test data. */
#ifndef SIM_SCHEMA_JUDGED_H
#define SIM_SCHEMA_JUDGED_H

#include "sim/schema/rows.h"

#define JUDGED_ON_TEST       "test"
#define JUDGED_ON_VALIDATION "validation"

/* For a reader of eval.csv: without validation data, as older programs wrote it. */
extern const struct eval_row eval_row_unknown;

const char *judged_word(bool has_validation);

/* judged_on: a word as above; "" or NULL, as of a file that an older program wrote: the test data. */
bool judged_on_validation(const char *judged_on);

/* The accuracy that the row is judged by. */
double judged_accuracy(const struct eval_row *row, const char *judged_on);

/* Adds an evaluation to what the summary knows of the best one. A later one that is as good changes nothing. */
void judged_best(struct summary *sum, const struct eval_row *row);

/* "50 %", "50 % (validation)". The caller frees. */
char *judged_target(double target, const char *judged_on);

#endif
