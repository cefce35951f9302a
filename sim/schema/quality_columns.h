/* The columns of quality.csv and classes.csv. */
#ifndef SIM_SCHEMA_QUALITY_COLUMNS_H
#define SIM_SCHEMA_QUALITY_COLUMNS_H

#include "sim/schema/columns.h"
#include "sim/schema/quality.h"

extern const struct columns class_columns;
struct columns quality_columns(quality_set asked); /* the caller frees with quality_columns_end() */
void quality_columns_end(struct columns *columns);

#endif
