/* Opens the tables of a run, and writes rows by the columns of sim/schema/. The server's loop
 * (sim/runtime/server/) and, without training, timing.c hand the rows in. A checkpoint stores where each
 * table ends (struct rows); a resumed run cuts the tables off there, and the rows that follow are written
 * again, equal to the bit. */
#include "sim/output/metrics.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/fields.h"
#include "sim/schema/quality_columns.h"

struct metrics {
    struct csv *eval, *workers, *totals;
    struct csv *faults;            /* NULL: the run has no faults */
    struct csv *quality, *classes; /* NULL: not asked for */
    struct columns totals_columns, quality_columns;
    quality_set asked;
    int64_t every; /* rows of workers.csv are written for one round in `every` */
};

static void open_quality(struct metrics *m, const char *folder, const struct rows *rows)
{
    m->quality_columns = quality_columns(m->asked);
    if (quality_has_rows(m->asked))
        m->quality = fields_open(folder, &m->quality_columns, rows ? &rows->quality : NULL);
    if (quality_has(m->asked, QUALITY_PER_CLASS))
        m->classes = fields_open(folder, &class_columns, rows ? &rows->classes : NULL);
}

struct metrics *metrics_open(const char *folder, const struct rows *rows, int64_t every, bool faults,
                             quality_set asked)
{
    struct metrics *m = need(sizeof *m);
    m->every = every;
    m->asked = asked;
    m->totals_columns = totals_columns(faults);
    m->eval = fields_open(folder, &eval_columns, rows ? &rows->eval : NULL);
    m->workers = fields_open(folder, &workers_columns, rows ? &rows->workers : NULL);
    m->totals = fields_open(folder, &m->totals_columns, rows ? &rows->totals : NULL);
    if (faults)
        m->faults = fields_open(folder, &faults_columns, rows ? &rows->faults : NULL);
    open_quality(m, folder, rows);
    return m;
}

static bool reaches(const char *folder, const struct columns *columns, int64_t end)
{
    struct stat st;
    char *path = text_format("%s/%s", folder, columns->file);
    bool good = stat(path, &st) == 0 && st.st_size >= end;
    free(path);
    return good;
}

static bool quality_reaches(const char *folder, const struct rows *rows)
{
    quality_set asked = (quality_set)rows->asked;
    struct columns quality = quality_columns(asked);
    bool good = !quality_has_rows(asked) || reaches(folder, &quality, rows->quality);
    quality_columns_end(&quality);
    return good && (!quality_has(asked, QUALITY_PER_CLASS) || reaches(folder, &class_columns, rows->classes));
}

bool metrics_reach(const char *folder, const struct rows *rows)
{
    struct columns totals = totals_columns(rows->faults);
    return quality_reaches(folder, rows) && reaches(folder, &eval_columns, rows->eval) &&
           reaches(folder, &workers_columns, rows->workers) && reaches(folder, &totals, rows->totals) &&
           (!rows->faults || reaches(folder, &faults_columns, rows->faults));
}

struct rows metrics_sync(struct metrics *m)
{
    return (struct rows){.eval = csv_sync(m->eval),
                         .workers = csv_sync(m->workers),
                         .totals = csv_sync(m->totals),
                         .faults = m->faults ? csv_sync(m->faults) : 0,
                         .quality = m->quality ? csv_sync(m->quality) : 0,
                         .classes = m->classes ? csv_sync(m->classes) : 0,
                         .asked = m->asked};
}

/* Those of quality.csv and classes.csv rest on those of eval.csv; the rows of workers.csv on all others: last. */
void metrics_flush(struct metrics *m)
{
    if (m->faults)
        csv_flush(m->faults);
    csv_flush(m->eval);
    if (m->quality)
        csv_flush(m->quality);
    if (m->classes)
        csv_flush(m->classes);
    csv_flush(m->workers);
    csv_flush(m->totals);
}

static void flush_together(struct metrics *m, const struct csv *grown)
{
    if (csv_is_half_full(grown))
        metrics_flush(m);
}

/* A push in no update has no round: its number decides, so that dropped pushes are thinned too. */
bool metrics_every(const struct push_row *r, int64_t every)
{
    return (r->round > 0 ? r->round : r->number + 1) % every == 0;
}

bool metrics_keeps(const struct metrics *m, const struct push_row *r)
{
    return metrics_every(r, m->every);
}

void metrics_push(struct metrics *m, const struct push_row *r)
{
    if (metrics_keeps(m, r))
        fields_write(m->workers, &workers_columns, r);
    flush_together(m, m->workers);
}

void metrics_eval(struct metrics *m, const struct eval_row *r)
{
    fields_write(m->eval, &eval_columns, r);
    flush_together(m, m->eval);
}

void metrics_total(struct metrics *m, const struct worker_total *r)
{
    fields_write(m->totals, &m->totals_columns, r);
}

void metrics_fault(struct metrics *m, const struct fault_row *r)
{
    fields_write(m->faults, &faults_columns, r);
    flush_together(m, m->faults);
}

void metrics_quality(struct metrics *m, const struct quality_row *r)
{
    fields_write(m->quality, &m->quality_columns, r);
    flush_together(m, m->quality);
}

void metrics_class(struct metrics *m, const struct class_row *r)
{
    fields_write(m->classes, &class_columns, r);
    flush_together(m, m->classes);
}

static void close_quality(struct metrics *m)
{
    if (m->quality)
        csv_close(m->quality);
    if (m->classes)
        csv_close(m->classes);
    quality_columns_end(&m->quality_columns);
}

void metrics_close(struct metrics *m)
{
    close_quality(m);
    csv_close(m->totals);
    csv_close(m->eval);
    csv_close(m->workers);
    if (m->faults)
        csv_close(m->faults);
    free(m);
}
