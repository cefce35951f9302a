/* The comparison as a table: a row for each variant. */
#ifndef SIM_REPORT_TABLE_H
#define SIM_REPORT_TABLE_H

#include <stdio.h>

#include "sim/report/variants.h"

void table_write(FILE *out, const struct report_runs *runs, const struct variants *v);

#endif
