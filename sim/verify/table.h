/* Reads a CSV file of numbers row by row, columns by name; others may stand between them. Damage of any kind is a
 * finding, never an end of the program. */
#ifndef SIM_VERIFY_TABLE_H
#define SIM_VERIFY_TABLE_H

#include "sim/verify/finding.h"

enum cell {
    CELL_INT,
    CELL_SECONDS, /* exact decimals, read as integer ns */
    CELL_REAL,
    CELL_WORD /* one of those of table_words() */
};

struct column {
    const char *name;
    enum cell kind;
};

union value {
    int64_t i; /* CELL_INT, CELL_SECONDS: within +-LARGEST_CELL; CELL_WORD: which */
    double r;  /* CELL_REAL; NAN for "NaN" */
};

#define LARGEST_CELL ((int64_t)1 << 61) /* the clock's last moment; differences of two do not run over */

struct table;

/* NULL: there is no such file, or it has not these columns; a finding says so. While a table is open, its file and
 * line are those of the findings. columns (n) and path are kept by pointer. */
struct table *table_open(const char *path, const struct column *columns, int n, struct findings *f);
void table_close(struct table *t);
void table_words(struct table *t, const char *const *words); /* ended by NULL; kept by pointer */

/* The next row into row (n); false at the end, and, with a finding, at a row that cannot be read. */
bool table_next(struct table *t, union value *row);

bool table_damaged(
    const struct table *t); /* a row could not be read: what follows it has not been looked at */

/* The last line has no end: the run was cut off while it was written. It is neither a row nor a finding. */
bool table_cut(const struct table *t);

#endif
