/* Reads a CSV file row by row into the struct of its rows, by the columns of sim/schema/. A column is
 * found by its name; other columns may stand between. Damage of any kind is a finding, never an end of the
 * program. */
#ifndef SIM_VERIFY_TABLE_H
#define SIM_VERIFY_TABLE_H

#include "sim/schema/columns.h"
#include "sim/verify/finding.h"

/* Whole numbers are within +-LARGEST_CELL, the clock's last moment: differences of two do not overflow. */
#define LARGEST_CELL ((int64_t)1 << 61)

struct table;

/* folder/<the file of these columns>. NULL: there is no such file, or a column is missing; a finding says
 * so. While a table is open, its file and line are those of the findings. columns is kept by pointer. */
struct table *table_open(const char *folder, const struct columns *columns, struct findings *f);
void table_close(struct table *t);

/* The next row into the struct; false at the end, and, with a finding, at a row that cannot be read. */
bool table_next(struct table *t, void *row);

/* A row could not be read: what follows it has not been looked at. */
bool table_damaged(const struct table *t);

/* The last line has no end: the run was cut off while it was written. It is neither a row nor a finding. */
bool table_cut(const struct table *t);

#endif
