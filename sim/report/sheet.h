/* A CSV file as sim/output/csv.c writes it (without quotes), in memory, with cells by row and column name. */
#ifndef SIM_REPORT_SHEET_H
#define SIM_REPORT_SHEET_H

#include <stdbool.h>

struct sheet {
    int columns, rows;
    char **cell; /* ((rows + 1) x columns) pointers into text; the header comes first */
    char *text;
};

/* Reads a file. Without file or header the sheet is empty. A line with another number of cells than the
 * header is left out: a run that was killed may leave such a line. Without memory the program ends. */
struct sheet sheet_read(const char *path);
void sheet_free(struct sheet *s);

/* The cell of a row, from 0; NULL: there is no such column. */
const char *sheet_cell(const struct sheet *s, int row, const char *column);

/* The cell as a number; NAN: there is no such column, or the cell is no number. */
double sheet_number(const struct sheet *s, int row, const char *column);

/* The first row with this text in the column; -1: none. */
int sheet_find(const struct sheet *s, const char *column, const char *text);

/* The whole file as text; NULL: the file cannot be read. The caller frees. */
char *sheet_text(const char *path);

#endif
