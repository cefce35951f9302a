/* A CSV file that is written row by row: commas, a header row, '.' as decimal mark, %.9g for reals, the
 * word NaN. Finished rows gather in memory: csv_flush hands them to the kernel, and so do a full buffer, csv_sync,
 * csv_close and the end of the program. The file holds whole rows at any moment. A failed write ends the program with
 * EXIT_RESOURCE and names the file. */
#ifndef SIM_OUTPUT_CSV_H
#define SIM_OUTPUT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv;

/* Makes a new file; an existing file is an error. header: without newline. */
struct csv *csv_create(const char *path, const char *header);
/* Opens an existing file and cuts it off after `end` bytes. The next row follows these bytes. */
struct csv *csv_reopen(const char *path, const char *header, int64_t end);
/* Hands all finished rows to the kernel: before the process sleeps, since a row may be the last one for long. */
void csv_flush(struct csv *csv);
/* Half of the memory for rows is in use. A program that the kernel ends loses the rows there. */
bool csv_is_half_full(const struct csv *csv);
/* Puts all rows on the disk. Returns the size of the file in bytes. */
int64_t csv_sync(struct csv *csv);
void csv_close(struct csv *csv);

void csv_int(struct csv *csv, int64_t value);
void csv_real(struct csv *csv, double value);
void csv_seconds(struct csv *csv, int64_t ns);     /* exact: 12.345678901 */
void csv_text(struct csv *csv, const char *value); /* quoted where needed */
/* Several fields that many rows have, as csv_int and the others have written them: "12,0.500000000". */
void csv_fields(struct csv *csv, const char *text, size_t bytes, int fields);
void csv_end_row(struct csv *csv); /* asserts that the row has as many fields as the header */

#endif
