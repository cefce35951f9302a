/* What training has made in another run: the losses of its pushes, the results of its evaluations, the results in its
 * summary.json. A run that has such numbers trains nothing: the conductor alone makes its times and bytes, and these
 * numbers stand in its rows. sim/retime/ reads them, and says whether another run may have them. */
#ifndef SIM_RUNTIME_NUMBERS_H
#define SIM_RUNTIME_NUMBERS_H

#include "sim/base/fifo.h"
#include "sim/schema/quality.h"
#include "sim/schema/rows.h"

struct numbers {
    char *folder;            /* of the algorithm in the other run */
    struct fifo *losses;     /* (workers) of the rows of workers.csv, in the order of the worker's pushes */
    struct fifo evaluations; /* struct eval_row, of which only the results count */
    struct fifo quality;     /* struct quality_row and ... */
    struct fifo classes;     /* ... struct class_row, likewise; empty unless output.quality asks for them */
    struct summary summary;
    int workers;
};

/* Without rows. folder is copied. */
struct numbers *numbers_create(const char *folder, int workers);
void numbers_free(struct numbers *n);

void numbers_add_push(struct numbers *n, const struct push_row *row);
void numbers_add_evaluation(struct numbers *n, const struct eval_row *row);
void numbers_add_quality(struct numbers *n, const struct quality_row *row);
void numbers_add_class(struct numbers *n, const struct class_row *row);

/* Fill in the results of a row. The rows of one worker, and the evaluations, are asked for in the order in which they
 * were added; pushes may be left out. */
void numbers_take_push(struct numbers *n, struct push_row *row);
void numbers_take_evaluation(struct numbers *n, struct eval_row *row);
/* The rows of the evaluation that was taken last; a row of each label. */
struct quality_row numbers_take_quality(struct numbers *n, const struct eval_row *evaluation);
struct class_row numbers_take_class(struct numbers *n, const struct eval_row *evaluation);

#endif
