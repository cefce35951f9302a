/* The comparison as a table. For runs there is a row for each entry, for a sweep a row for each point of
 * the summary. */
#ifndef SIM_REPORT_TABLE_H
#define SIM_REPORT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/report/entries.h"
#include "sim/schema/columns.h"

struct table_row {
    const char *label; /* "losp, network.bandwidth = 1Gbit/s" */
    int seeds, wanted; /* number of seeds with results, and of all seeds */
    const void *of;    /* argument for sample */
};

struct table {
    const struct columns *columns; /* of comparison.csv; those with a heading are shown */
    int rows;
    const struct table_row *row; /* (rows) at least one */
    bool aims;                   /* the runs have a target accuracy */
    double target;               /* the target accuracy; NAN: the runs have different ones */
    const char *baseline;        /* algorithm over which the speed-up is; NULL: none */
    const void *context;
    /* A column of comparison.csv over the seeds. If the mean is NAN and n > 0, only n seeds have a number. */
    struct sample (*sample)(const void *context, const struct table_row *row, const char *column);
    /* A column of words; "": none. */
    const char *(*word)(const void *context, const struct table_row *row, const char *column);
};

/* table_cell.c: the text of one cell. The caller frees. */
char *table_cell(const struct table *t, const struct table_row *row, const struct field *c);

void table_write(FILE *out, const struct table *t);

#endif
