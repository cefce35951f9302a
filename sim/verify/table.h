/* Reads a CSV file row by row into the struct of its rows, by the columns of sim/schema/. A column is
 * found by its name, so other columns may stand between. A column that older programs do not write may be missing, and
 * leaves the row as it is. Damage of any kind is a finding and never ends
 * the program. */
#ifndef SIM_VERIFY_TABLE_H
#define SIM_VERIFY_TABLE_H

#include "sim/schema/columns.h"
#include "sim/verify/finding.h"

/* Whole numbers are within +-LARGEST_CELL, the clock's last moment: differences of two do not overflow. */
#define LARGEST_CELL ((int64_t)1 << 61)

/* Room for a text without comma or quote (FIELD_NAME). */
enum { TABLE_NAME = 64 };

struct table;

/* Opens folder/<the file of these columns>. NULL: there is no such file, or a column is missing; a finding
 * says so. While a table is open, it sets file and line of the findings. columns is kept by pointer. */
struct table *table_open(const char *folder, const struct columns *columns, struct findings *f);
void table_close(struct table *t);

/* Reads the next row into the struct. false: the end, or, with a finding, a row that cannot be read. */
bool table_next(struct table *t, void *row);

/* A row could not be read. The rows after the damaged row have not been read. */
bool table_damaged(const struct table *t);

/* The last line has no newline: the run was cut off while it wrote the line. Such a line is neither a row
 * nor a finding. */
bool table_cut(const struct table *t);

#endif
