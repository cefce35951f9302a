/* A table for the terminal. All cells are made before the first line is printed, so that each column is as
 * wide as its widest cell. */
#ifndef SIM_OUTPUT_TABLE_H
#define SIM_OUTPUT_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { TABLE_COLUMNS = 20, TABLE_CELL = 72 };

struct table_line {
    int cells;
    char cell[TABLE_COLUMNS][TABLE_CELL];
};

/* Each adds one cell, in short human form. A missing value (NULL, NaN, a negative time) becomes "-". */
void table_text(struct table_line *line, const char *text);
void table_texts(struct table_line *line, const char *const *texts, size_t n); /* a cell each */
void table_int(struct table_line *line, int64_t value);
void table_real(struct table_line *line, const char *format, double value); /* format of one double */
void table_percent(struct table_line *line, double share);
void table_time(struct table_line *line, double ns);
void table_bytes(struct table_line *line, double bytes);

/* Prints on stdout. The first column is left-aligned, the others are right-aligned. */
void table_print(const struct table_line *lines, int n);

#endif
