/* Reads a trace file into struct trace (sim/time/trace.h): rows are sorted by worker at the end. */
#include "sim/config/trace_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/config/table_file.h"

struct cells {
    double seconds, factor;
    int64_t worker;
};

enum { SECONDS, FACTOR, WORKER, COLUMNS, FIRST_ROOM = 64 };

/* Seconds up to 30 years; factors with the bounds of the key compute.factor. */
static const struct config_key columns[COLUMNS] = {
    {"seconds", KEY_REAL, offsetof(struct cells, seconds), "0", .min = 0, .max = 1e9},
    {"factor", KEY_REAL, offsetof(struct cells, factor), "1", .min = 1e-6, .max = 1e6},
    {"worker", KEY_INT, offsetof(struct cells, worker), "0", .min = 0, .max = LARGEST_CLUSTER - 1}};

struct row {
    int64_t worker; /* 0 without a column `worker` */
    struct trace_step step;
};

struct reader {
    int workers;
    bool per_worker;
    struct row *rows;
    size_t n, room;
    vtime *last; /* (traces) time of the worker's last row */
};

static int traces_of(const struct reader *r)
{
    return r->workers == THE_SERVER ? 1 : r->workers;
}

static bool has_columns(void *context, unsigned seen)
{
    ((struct reader *)context)->per_worker = seen & 1u << WORKER;
    return seen & 1u << SECONDS && seen & 1u << FACTOR;
}

static void add_row(struct reader *r, const struct row *row)
{
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : FIRST_ROOM;
        r->rows = need_more(r->rows, r->n * sizeof *r->rows, r->room * sizeof *r->rows);
    }
    r->rows[r->n++] = *row;
}

static bool add(void *context, const void *row, char *why, size_t size)
{
    struct reader *r = context;
    const struct cells *cells = row;
    if (r->per_worker && cells->worker >= r->workers) {
        snprintf(why, size, "worker: expected 0 to %d (cluster.workers - 1), got %lld", r->workers - 1,
                 (long long)cells->worker);
        return false;
    }
    struct row one = {cells->worker, {vtime_from_seconds(cells->seconds, 0), cells->factor}};
    vtime *last = &r->last[cells->worker];
    if (one.step.at <= *last) {
        snprintf(why, size, "seconds: expected more than the %.9f of the row before%s, got %.9f",
                 (double)*last / NS_PER_S, r->per_worker ? " of this worker" : "", cells->seconds);
        return false;
    }
    *last = one.step.at;
    add_row(r, &one);
    return true;
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

struct trace *trace_read(const char *path, int workers, char *error, size_t error_size)
{
    struct reader r = {.workers = workers};
    bool alone = workers == THE_SERVER;
    const struct table_file table = {.column = columns,
                                     .columns = alone ? WORKER : COLUMNS,
                                     .row_size = sizeof(struct cells),
                                     .expected =
                                         alone ? "seconds,factor" : "seconds,factor and perhaps worker",
                                     .has_columns = has_columns,
                                     .add = add,
                                     .context = &r};
    r.last = need((size_t)traces_of(&r) * sizeof *r.last);
    for (int i = 0; i < traces_of(&r); i++)
        r.last[i] = -1;
    struct trace *traces = table_read(&table, path, error, error_size) ? arrange(&r) : NULL;
    free(r.last);
    free(r.rows);
    return traces;
}
