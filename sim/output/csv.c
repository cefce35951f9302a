/* Writes CSV files. Every row is flushed when it is finished: a run that is killed leaves whole rows, and
 * a later fork inherits an empty buffer. Rows reach the disk, not only the kernel, with csv_sync, for a
 * checkpoint. */
#include "sim/output/csv.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

struct csv {
    FILE *file;
    char *path;
    int columns; /* columns in the header */
    int fields;  /* fields written of the open row */
};

static _Noreturn void failed(const struct csv *csv)
{
    die_errno(EXIT_RESOURCE, "writing %s", csv->path);
}

/* Called at the end of every row. */
static void flush(struct csv *csv)
{
    disk_begin();
    if (fflush(csv->file) || ferror(csv->file))
        failed(csv);
    disk_end();
}

static int count_columns(const char *header)
{
    int columns = 1;
    for (const char *c = header; *c; c++)
        columns += *c == ',';
    return columns;
}

static struct csv *open_with(const char *path, const char *header, const char *mode)
{
    assert(*header && !strchr(header, '\n'));
    struct csv *csv = need(sizeof *csv);
    csv->path = text_copy(path);
    csv->columns = count_columns(header);
    disk_begin();
    csv->file = fopen(path, mode);
    if (!csv->file)
        die_errno(EXIT_RESOURCE, "making %s", path);
    disk_end();
    return csv;
}

struct csv *csv_create(const char *path, const char *header)
{
    struct csv *csv = open_with(path, header, "wxe"); /* x: an existing file is an error */
    fprintf(csv->file, "%s\n", header);
    flush(csv);
    return csv;
}

struct csv *csv_reopen(const char *path, const char *header, int64_t end)
{
    struct csv *csv = open_with(path, header, "r+e");
    disk_begin();
    if (ftruncate(fileno(csv->file), end) || fseeko(csv->file, 0, SEEK_END))
        failed(csv);
    disk_end();
    return csv;
}

int64_t csv_sync(struct csv *csv)
{
    flush(csv);
    off_t end = ftello(csv->file);
    disk_begin();
    if (end < 0 || !disk_sync(fileno(csv->file)))
        failed(csv);
    disk_end();
    return end;
}

void csv_close(struct csv *csv)
{
    if (!csv)
        return;
    assert(csv->fields == 0); /* no half row */
    disk_begin();
    if (fclose(csv->file))
        failed(csv);
    disk_end();
    free(csv->path);
    free(csv);
}

static void separate(struct csv *csv)
{
    if (csv->fields++)
        putc(',', csv->file);
}

void csv_int(struct csv *csv, int64_t value)
{
    separate(csv);
    fprintf(csv->file, "%" PRId64, value);
}

void csv_real(struct csv *csv, double value)
{
    separate(csv);
    if (isnan(value)) /* printf could say -nan */
        fputs("NaN", csv->file);
    else
        fprintf(csv->file, "%.9g", value);
}

void csv_seconds(struct csv *csv, int64_t ns)
{
    const uint64_t second = 1000000000;
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns; /* of INT64_MIN too */
    separate(csv);
    fprintf(csv->file, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", size / second, size % second);
}

/* Bytes that are in no character of UTF-8 become U+FFFD. */
void csv_text(struct csv *csv, const char *value)
{
    bool quoted = strpbrk(value, ",\"\r\n");
    separate(csv);
    if (quoted)
        putc('"', csv->file);
    for (size_t n; *value; value += n ? n : 1) {
        n = text_character(value);
        if (*value == '"')
            putc('"', csv->file);
        if (n == 0)
            fputs(TEXT_REPLACEMENT, csv->file);
        else
            fwrite(value, 1, n, csv->file);
    }
    if (quoted)
        putc('"', csv->file);
}

void csv_end_row(struct csv *csv)
{
    assert(csv->fields == csv->columns);
    csv->fields = 0;
    putc('\n', csv->file);
    flush(csv);
}
