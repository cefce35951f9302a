/* A CSV file as sim/output/csv.c writes it (no quotes), all of it in memory, its cells by the names of their columns. */
#ifndef SIM_REPORT_SHEET_H
#define SIM_REPORT_SHEET_H

#include <stdbool.h>

struct sheet {
    int columns, rows;
    char **cell; /* ((rows + 1) x columns) the header first; into text */
    char *text;
};

/* An empty sheet when there is no such file, or no header in it; lines of another length than the header are left out, as
 * a run that dies leaves one. Ends the program when memory is short. */
struct sheet sheet_read(const char *path);
void sheet_free(struct sheet *s);

const char *sheet_cell(const struct sheet *s, int row,
                       const char *column); /* row: from 0; NULL: no such column */
double sheet_number(const struct sheet *s, int row, const char *column); /* NAN: likewise, or no number */
int sheet_find(const struct sheet *s, const char *column,
               const char *text); /* the first row with it; -1: none */

char *sheet_text(const char *path); /* the whole file; NULL: it cannot be read. Caller frees */

#endif
