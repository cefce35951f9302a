/* What output.quality has measured in the last evaluation of an algorithm. */
#ifndef SIM_REPORT_QUALITY_LAST_H
#define SIM_REPORT_QUALITY_LAST_H

#include <stdbool.h>

#include "sim/schema/quality_columns.h"

enum { MOST_LABELS = 256 }; /* a label is a byte */

struct quality_last {
    bool there;                        /* the folder has a quality.csv with a row */
    double measured[QUALITY_MEASURES]; /* NAN: not measured */
    int labels;                        /* 0: the folder has no classes.csv with a row */
    double label[MOST_LABELS];         /* test accuracy; NAN: no samples */
};

/* folder: of the algorithm in a run. A file that cannot be read is as one that is not there: --verify says more. */
void quality_last_read(struct quality_last *last, const char *folder);

#endif
