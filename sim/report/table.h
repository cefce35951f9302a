/* The comparison as a table: of runs a row for each variant, of a sweep one for each point of its summary. */
#ifndef SIM_REPORT_TABLE_H
#define SIM_REPORT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/report/variants.h"

struct table_row {
    const char *label; /* "losp, network.bandwidth = 1Gbit/s" */
    int seeds, wanted; /* whose numbers count, of so many */
    const void *of;    /* for sample */
};

struct table {
    int rows;
    const struct table_row *row; /* (rows) at least one */
    bool aims;                   /* at a target accuracy */
    double target;               /* which; NAN: not all at the same */
    const void *context;
    /* A column of comparison.csv over the seeds. A mean of NAN although there are some: only these have a number. */
    struct sample (*sample)(const void *context, const struct table_row *row, const char *column);
};

void table_write(FILE *out, const struct table *t);

#endif
