/* The columns of quality.csv and classes.csv. */
#ifndef SIM_SCHEMA_QUALITY_COLUMNS_H
#define SIM_SCHEMA_QUALITY_COLUMNS_H

#include "sim/schema/columns.h"
#include "sim/schema/quality.h"

extern const struct columns class_columns;
struct columns quality_columns(quality_set asked); /* the caller frees with quality_columns_end() */
void quality_columns_end(struct columns *columns);

/* ---- for readers that do not know what was asked for ---- */

/* All columns: those that are not in the file leave the row as it is, as quality_row_unknown() has it. */
struct columns quality_columns_of_any_file(void);
struct quality_row quality_row_unknown(void);

/* The numbers of a row, without the moment. NAN: it is not in the file, or is NaN there. */
enum { QUALITY_MEASURES = 14 };
double quality_measure(const struct quality_row *row, int i);
const char *quality_measure_name(int i);
int quality_measure_named(const char *column); /* -1: there is none */

#endif
