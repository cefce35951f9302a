/* A CSV file that is written row by row: comma, header row, '.' as decimal mark, %.9g for reals, NaN spelled
 * out. Rows reach the disk when they are finished (flushed per row). A failed write ends the program with
 * EXIT_RESOURCE, naming the file. */
#ifndef SIM_OUTPUT_CSV_H
#define SIM_OUTPUT_CSV_H

#include <stdint.h>

struct csv;

struct csv *csv_create(const char *path,
                       const char *header); /* refuses to overwrite; header without newline */
/* One that is there, cut off after `end` bytes: the next row follows them. */
struct csv *csv_reopen(const char *path, const char *header, int64_t end);
int64_t csv_sync(struct csv *csv); /* all rows are on the disk; how many bytes these are with the header */
void csv_close(struct csv *csv);

void csv_int(struct csv *csv, int64_t value);
void csv_real(struct csv *csv, double value);
void csv_seconds(struct csv *csv, int64_t ns);     /* exact: 12.345678901 */
void csv_text(struct csv *csv, const char *value); /* quoted where needed */
void csv_end_row(struct csv *csv);                 /* asserts that the row has as many fields as the header */

#endif
