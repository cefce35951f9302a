/* Reads a trace file into struct trace (sim/time/trace.h): a header, then rows; rows are sorted by worker
 * at the end. Each error names path and line. */
#include "sim/config/trace_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/config/values.h"

struct cells {
    double seconds, factor;
    int64_t worker;
};

enum { COLUMNS = 3, OPTIONAL = 2 /* the last column is optional */, FIRST_ROOM = 64 };

/* Seconds up to 30 years; factors with the bounds of the key compute.factor. No cell may be empty. */
static const struct config_key columns[COLUMNS] = {
    {"seconds", KEY_REAL, offsetof(struct cells, seconds), "0", .min = 0, .max = 1e9},
    {"factor", KEY_REAL, offsetof(struct cells, factor), "1", .min = 1e-6, .max = 1e6},
    {"worker", KEY_INT, offsetof(struct cells, worker), "0", .min = 0, .max = LARGEST_CLUSTER - 1}};

struct row {
    int64_t worker; /* 0 without a column `worker` */
    struct trace_step step;
};

struct reader {
    FILE *file;
    const char *path;
    int workers, line;
    const struct config_key *column[COLUMNS]; /* (n_columns) in the order of the file */
    int n_columns;
    bool per_worker;
    struct row *rows;
    size_t n, room;
    vtime *last; /* (traces) time of the worker's last row */
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

static int traces_of(const struct reader *r)
{
    return r->workers == THE_SERVER ? 1 : r->workers;
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
    return refuse(r, "expected the columns seconds,factor%s, got %s",
                  r->workers == THE_SERVER ? "" : " and perhaps worker",
                  text_quote(quoted, sizeof quoted, got));
}

static const struct config_key *column_named(const struct reader *r, const char *name)
{
    for (int i = 0; i < r->n_columns; i++)
        if (strcmp(r->column[i]->name, name) == 0)
            return NULL; /* the column occurs twice */
    for (int i = 0; i < (r->workers == THE_SERVER ? OPTIONAL : COLUMNS); i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

static bool read_header(struct reader *r, char *line)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* byte order mark: spreadsheets begin UTF-8 files with it */
    if (strncmp(line, mark, strlen(mark)) == 0)
        line += strlen(mark);
    line[strcspn(line, "\r\n")] = '\0';
    char *copy = text_copy(line);
    bool good = true, seen[COLUMNS] = {false};
    for (char *rest = line; rest && good;) {
        const struct config_key *column = column_named(r, next_cell(&rest));
        good = column != NULL;
        if (good) {
            r->column[r->n_columns++] = column;
            seen[column - columns] = true;
        }
    }
    good = good && seen[0] && seen[1];
    if (!good)
        refuse_header(r, copy);
    r->per_worker = seen[OPTIONAL];
    free(copy);
    return good;
}

/* ---- rows ---- */

static void add_row(struct reader *r, const struct row *row)
{
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : FIRST_ROOM;
        r->rows = need_more(r->rows, r->n * sizeof *r->rows, r->room * sizeof *r->rows);
    }
    r->rows[r->n++] = *row;
}

static bool check_row(struct reader *r, const struct cells *cells)
{
    if (r->per_worker && cells->worker >= r->workers)
        return refuse(r, "worker: expected 0 to %d (cluster.workers - 1), got %lld", r->workers - 1,
                      (long long)cells->worker);
    struct row row = {cells->worker, {vtime_from_seconds(cells->seconds, 0), cells->factor}};
    vtime *last = &r->last[cells->worker];
    if (row.step.at <= *last)
        return refuse(r, "seconds: expected more than the %.9f of the row before%s, got %.9f",
                      (double)*last / NS_PER_S, r->per_worker ? " of this worker" : "", cells->seconds);
    *last = row.step.at;
    add_row(r, &row);
    return true;
}

static bool read_row(struct reader *r, char *line)
{
    struct cells cells = {0};
    char why[256];
    int n = 1;
    for (const char *c = line; *c; c++)
        n += *c == ',';
    if (n != r->n_columns)
        return refuse(r, "expected %d columns, got %d", r->n_columns, n);
    for (int i = 0; i < n; i++) {
        const struct config_key *column = r->column[i];
        if (!value_read(column, next_cell(&line), (char *)&cells + column->offset, why, sizeof why))
            return refuse(r, "%s: %s", column->name, why);
    }
    return check_row(r, &cells);
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
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
    if (good && !feof(r->file)) {
        die_if_short("reading %s", r->path);
        return refuse(r, "%s", strerror(errno));
    }
    if (good && r->n == 0) {
        r->line++;
        return r->n_columns ? refuse(r, "expected a row, found the end of the file") : refuse_header(r, "");
    }
    return good;
}

/* Makes the result, one block of memory: all traces, then their steps, worker after worker. */
static struct trace *arrange(const struct reader *r)
{
    size_t n = (size_t)traces_of(r);
    struct trace *traces = need(n * sizeof *traces + r->n * sizeof *traces->step);
    struct trace_step *step = (struct trace_step *)(traces + n);
    for (size_t w = 0; w < n; w++) {
        if (w > 0 && !r->per_worker) {
            traces[w] = traces[0];
            continue;
        }
        traces[w].step = step;
        for (size_t i = 0; i < r->n; i++)
            if (r->rows[i].worker == (int64_t)w)
                step[traces[w].n++] = r->rows[i].step;
        step += traces[w].n;
    }
    return traces;
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

struct trace *trace_read(const char *path, int workers, char *error, size_t error_size)
{
    struct reader r = {.path = path, .workers = workers, .error = error, .error_size = error_size};
    if (!open_file(&r))
        return NULL;
    r.last = need((size_t)traces_of(&r) * sizeof *r.last);
    for (int i = 0; i < traces_of(&r); i++)
        r.last[i] = -1;
    struct trace *traces = read_lines(&r) ? arrange(&r) : NULL;
    fclose(r.file);
    free(r.last);
    free(r.rows);
    return traces;
}
