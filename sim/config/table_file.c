#include "sim/config/table_file.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/values.h"

struct reader {
    const struct table_file *table;
    FILE *file;
    const char *path;
    int line, rows;
    const struct config_key *column[TABLE_COLUMNS]; /* (n_columns) in the order of the file */
    int n_columns;
    char *row;
    char *error;
    size_t error_size;
};

static bool refuse(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct reader *r, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    snprintf(r->error, r->error_size, "%s:%d: %s", r->path, r->line, why);
    return false;
}

/* Cuts the next cell out of a line; *rest is NULL after the last. */
static char *next_cell(char **rest)
{
    char *cell = strsep(rest, ",");
    while (isspace((unsigned char)*cell))
        cell++;
    for (char *end = cell + strlen(cell); end > cell && isspace((unsigned char)end[-1]);)
        *--end = '\0';
    return cell;
}

/* ---- the header ---- */

static bool refuse_header(struct reader *r, const char *got)
{
    char quoted[80];
    return refuse(r, "expected the columns %s, got %s", r->table->expected,
                  text_quote(quoted, sizeof quoted, got));
}

static const struct config_key *column_named(const struct reader *r, const char *name)
{
    for (int i = 0; i < r->n_columns; i++)
        if (strcmp(r->column[i]->name, name) == 0)
            return NULL; /* the column occurs twice */
    for (int i = 0; i < r->table->columns; i++)
        if (strcmp(r->table->column[i].name, name) == 0)
            return &r->table->column[i];
    return NULL;
}

static bool read_header(struct reader *r, char *line)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* byte order mark: spreadsheets begin UTF-8 files with it */
    if (strncmp(line, mark, strlen(mark)) == 0)
        line += strlen(mark);
    line[strcspn(line, "\r\n")] = '\0';
    char *copy = text_copy(line);
    bool good = true;
    unsigned columns = 0;
    for (char *rest = line; rest && good;) {
        const struct config_key *column = column_named(r, next_cell(&rest));
        good = column != NULL;
        if (good) {
            r->column[r->n_columns++] = column;
            columns |= 1u << (column - r->table->column);
        }
    }
    good = good && r->table->has_columns(r->table->context, columns);
    if (!good)
        refuse_header(r, copy);
    free(copy);
    return good;
}

/* ---- rows ---- */

static bool read_cells(struct reader *r, char *line)
{
    char why[256];
    int n = 1;
    for (const char *c = line; *c; c++)
        n += *c == ',';
    if (n != r->n_columns)
        return refuse(r, "expected %d columns, got %d", r->n_columns, n);
    for (int i = 0; i < n; i++) {
        const struct config_key *column = r->column[i];
        if (!value_read(column, next_cell(&line), r->row + column->offset, why, sizeof why))
            return refuse(r, "%s: %s", column->name, why);
    }
    return true;
}

static bool read_row(struct reader *r, char *line)
{
    char why[512];
    memset(r->row, 0, r->table->row_size);
    bool good = read_cells(r, line);
    if (good && !r->table->add(r->table->context, r->row, why, sizeof why))
        good = refuse(r, "%s", why);
    for (int i = 0; i < r->n_columns; i++)
        value_free(r->column[i], r->row + r->column[i]->offset);
    r->rows++;
    return good;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
}

static bool end(struct reader *r)
{
    if (!feof(r->file)) {
        die_if_short("reading %s", r->path);
        return refuse(r, "%s", strerror(errno));
    }
    r->line++;
    if (r->n_columns == 0)
        return refuse_header(r, "");
    return r->rows > 0 || refuse(r, "expected a row, found the end of the file");
}

static bool read_lines(struct reader *r)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    while (good && (length = getline(&line, &room, r->file)) >= 0) {
        r->line++;
        if (strlen(line) != (size_t)length)
            good = refuse(r, "NUL byte: this is not a text file");
        else if (r->n_columns == 0)
            good = read_header(r, line);
        else if (!is_blank(line))
            good = read_row(r, line);
    }
    free(line);
    return good && end(r);
}

static bool open_file(struct reader *r)
{
    struct stat status;
    if (stat(r->path, &status) == 0 &&
        !S_ISREG(status.st_mode)) { /* the run folder gets a copy, which a pipe could not give */
        snprintf(r->error, r->error_size, "%s: expected a regular file", r->path);
        return false;
    }
    r->file = fopen(r->path, "re");
    if (!r->file) {
        die_if_short("opening %s", r->path);
        snprintf(r->error, r->error_size, "%s: %s", r->path, strerror(errno));
    }
    return r->file != NULL;
}

bool table_read(const struct table_file *table, const char *path, char *error, size_t error_size)
{
    struct reader r = {.table = table, .path = path, .error = error, .error_size = error_size};
    assert(table->columns <= TABLE_COLUMNS);
    if (!open_file(&r))
        return false;
    r.row = need(table->row_size);
    bool good = read_lines(&r);
    fclose(r.file);
    free(r.row);
    return good;
}
