/* A table for the terminal. All cells are made before the first line is printed, so that each column is as
 * wide as its widest cell. A unit that all cells of a column share stands once, below the heading. A table
 * that is wider than the terminal leaves columns out, or goes on in further blocks of lines. */
#ifndef SIM_OUTPUT_TABLE_H
#define SIM_OUTPUT_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { TABLE_COLUMNS = 28, TABLE_CELL = 72 };

struct table_line {
    int cells;
    char cell[TABLE_COLUMNS][TABLE_CELL];
};

/* Each adds one cell, in short human form. A missing value (NULL, NaN, a negative time) becomes "-". */
void table_text(struct table_line *line, const char *text);
/* "topk1 (top-k 1 %)": an algorithm's name in the run, and its label if that has other words. */
void table_name(struct table_line *line, const char *name, const char *label);
void table_texts(struct table_line *line, const char *const *texts, size_t n); /* a cell each */
void table_int(struct table_line *line, int64_t value);
void table_real(struct table_line *line, const char *format, double value); /* format of one double */
void table_percent(struct table_line *line, double share);
void table_time(struct table_line *line, double ns);
void table_bytes(struct table_line *line, double bytes);

/* How a table gets narrower. Columns that do not fit follow in further blocks of lines, and each block begins
 * with the first `keys` columns. Columns of `leave_out` go, one after the other, until there are as few blocks
 * as possible; a line below the table names them, and `where` they are. */
struct table_fit {
    int keys;                     /* columns that say what a line is about; at least 1 */
    const char *const *leave_out; /* headings, ended by NULL; NULL: no column is left out */
    const char *where;            /* "comparison.csv" */
};

/* Prints on stdout. The first of the lines (n) has the headings. The first column is left-aligned, the others
 * are right-aligned. Takes shared units out of the cells. */
void table_print(struct table_line *lines, int n, const struct table_fit *fit);

/* Characters in a line of stdout: $COLUMNS, or the terminal's width, 80 where it is unknown; INT_MAX: stdout
 * is no terminal, and there is no limit. */
int table_width(void);

#endif
