/* Writes CSV files. A row is made in memory; whole rows gather in the buffer of the file, and the buffer is emptied
 * before the row that would not fit. So the file always ends with a whole row, also of a program that is killed. Rows
 * reach the kernel with csv_flush, and the disk with csv_sync, for a checkpoint. A later fork must inherit an empty
 * buffer: no process forks while it has rows there. */
#include "sim/output/csv.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/number.h"
#include "sim/base/text.h"

enum { BUFFER = 1 << 16, FIRST_ROW = 512 };

struct csv {
    FILE *file;
    char *path, *buffer; /* buffer: (BUFFER) of the file */
    int columns;         /* columns in the header */
    int fields;          /* fields written of the open row */
    char *row;           /* (room) the open row */
    size_t used, room;   /* bytes of it */
    size_t pending;      /* bytes in the buffer of the file */
};

static _Noreturn void failed(const struct csv *csv)
{
    die_errno(EXIT_RESOURCE, "writing %s", csv->path);
}

void csv_flush(struct csv *csv)
{
    if (csv->pending == 0)
        return;
    disk_begin();
    if (fflush(csv->file) || ferror(csv->file))
        failed(csv);
    disk_end();
    csv->pending = 0;
}

bool csv_is_half_full(const struct csv *csv)
{
    return csv->pending > BUFFER / 2;
}

/* Room for `bytes` more in the open row. Returns its end. */
static char *room_for(struct csv *csv, size_t bytes)
{
    if (csv->used + bytes > csv->room) {
        csv->room = 2 * (csv->used + bytes);
        csv->row = need_more(csv->row, csv->used, csv->room);
    }
    return csv->row + csv->used;
}

static void put(struct csv *csv, const char *text, size_t bytes)
{
    memcpy(room_for(csv, bytes), text, bytes);
    csv->used += bytes;
}

/* Hands the open row to the file. A row that is larger than the buffer goes through it in pieces. */
static void put_row(struct csv *csv)
{
    put(csv, "\n", 1);
    if (csv->pending + csv->used > BUFFER)
        csv_flush(csv);
    if (fwrite(csv->row, 1, csv->used, csv->file) != csv->used)
        failed(csv);
    csv->pending += csv->used;
    csv->used = 0;
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
    csv->buffer = need(BUFFER);
    setvbuf(csv->file, csv->buffer, _IOFBF, BUFFER);
    csv->room = FIRST_ROW;
    csv->row = need(csv->room);
    return csv;
}

struct csv *csv_create(const char *path, const char *header)
{
    struct csv *csv = open_with(path, header, "wxe"); /* x: an existing file is an error */
    put(csv, header, strlen(header));
    put_row(csv);
    csv_flush(csv);
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
    csv_flush(csv);
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
    free(csv->row);
    free(csv->buffer);
    free(csv);
}

/* Writes the comma before the field, and returns where the field begins, with room for a number. */
static char *begin_field(struct csv *csv)
{
    char *out = room_for(csv, NUMBER_ROOM + 1);
    if (csv->fields++)
        *out++ = ',';
    return out;
}

static void end_field(struct csv *csv, const char *end)
{
    csv->used = (size_t)(end - csv->row);
}

void csv_int(struct csv *csv, int64_t value)
{
    end_field(csv, number_put_int(begin_field(csv), value));
}

void csv_real(struct csv *csv, double value)
{
    end_field(csv, number_put_real(begin_field(csv), value));
}

void csv_seconds(struct csv *csv, int64_t ns)
{
    end_field(csv, number_put_seconds(begin_field(csv), ns));
}

/* Whether the text stands for itself: printable ASCII, without a comma or a quote. */
static bool is_plain(const char *text)
{
    while (*text >= ' ' && *text < 0x7f && *text != ',' && *text != '"')
        text++;
    return !*text;
}

/* Bytes that are in no character of UTF-8 become U+FFFD. */
static void put_text(struct csv *csv, const char *value)
{
    bool quoted = strpbrk(value, ",\"\r\n");
    if (quoted)
        put(csv, "\"", 1);
    for (size_t n; *value; value += n ? n : 1) {
        n = text_character(value);
        if (*value == '"')
            put(csv, "\"", 1);
        if (n == 0)
            put(csv, TEXT_REPLACEMENT, strlen(TEXT_REPLACEMENT));
        else
            put(csv, value, n);
    }
    if (quoted)
        put(csv, "\"", 1);
}

void csv_text(struct csv *csv, const char *value)
{
    end_field(csv, begin_field(csv));
    if (is_plain(value))
        put(csv, value, strlen(value));
    else
        put_text(csv, value);
}

void csv_fields(struct csv *csv, const char *text, size_t bytes, int fields)
{
    char *out = room_for(csv, bytes + 1);
    if (csv->fields > 0)
        *out++ = ',';
    memcpy(out, text, bytes);
    csv->fields += fields;
    end_field(csv, out + bytes);
}

void csv_end_row(struct csv *csv)
{
    assert(csv->fields == csv->columns);
    csv->fields = 0;
    put_row(csv);
}
