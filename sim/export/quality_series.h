/* What output.quality has added to a run, in long form: a series for each column of quality.csv and for each label of
 * classes.csv, with a value for each evaluation. Only sim/export/ uses this header. */
#ifndef SIM_EXPORT_QUALITY_SERIES_H
#define SIM_EXPORT_QUALITY_SERIES_H

#include <stddef.h>

#include "sim/verify/finding.h"

struct quality_series {
    char *tag;     /* "test/top5_accuracy", "test_class/3" */
    double *value; /* (rows) */
};

struct quality_list {
    size_t rows; /* evaluations */
    int n;
    struct quality_series *at;
};

/* rows: of eval.csv. A file that was not asked for is not there, and no finding; a series without any value is left
 * out. */
struct quality_list quality_list_read(const char *folder, size_t rows, struct findings *f);
void quality_list_free(struct quality_list *list);

#endif
