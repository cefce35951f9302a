/* Turns eval.csv, which has one row for each evaluation, into one row for each number. */
#include "sim/export/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/number.h"
#include "sim/base/text.h"
#include "sim/export/quality_series.h"
#include "sim/output/csv.h"
#include "sim/schema/judged.h"
#include "sim/verify/table.h"

static const struct
    tag { /* Tools group names by the part before the slash. offset: the column of eval.csv. */
    const char *name;
    size_t offset;
} tags[] = {{"test/accuracy", offsetof(struct eval_row, test_accuracy)},
            {"test/loss", offsetof(struct eval_row, test_loss)},
            {"validation/accuracy", offsetof(struct eval_row, validation_accuracy)},
            {"validation/loss", offsetof(struct eval_row, validation_loss)},
            {"train/loss", offsetof(struct eval_row, train_loss)},
            {"progress/epoch", offsetof(struct eval_row, epoch)},
            {"progress/round", offsetof(struct eval_row, round)},
            {"bytes/up", offsetof(struct eval_row, bytes_up)},
            {"bytes/down", offsetof(struct eval_row, bytes_down)}};

struct row {
    struct eval_row eval;
    int64_t step;
};

struct series {
    size_t rows, room;
    struct row *row;
    struct quality_list quality;
};

/* The step of a row is its number of local iterations, as long as that number rises. A restart of the PS
 * undoes some iterations. Tools that draw scalars take a smaller step for a new run and drop all earlier
 * rows, so steps then go on from the row before. */
static int64_t step_of(const struct series *s, const struct row *row)
{
    const struct row *before = s->rows > 0 ? &s->row[s->rows - 1] : NULL;
    int64_t now = row->eval.iterations;
    if (!before)
        return now;
    int64_t done = before->eval.iterations;
    return before->step + (now <= done ? 1 : now - done);
}

static void add(struct series *s, const struct row *row)
{
    if (s->rows == s->room) {
        s->room = s->room ? 2 * s->room : 64;
        s->row = need_more(s->row, s->rows * sizeof *s->row, s->room * sizeof *s->row);
    }
    s->row[s->rows] = *row;
    s->row[s->rows].step = step_of(s, row);
    s->rows++;
}

static bool read_rows(struct series *s, const char *folder, struct findings *f)
{
    struct row row = {.eval = eval_row_unknown};
    struct table *t = table_open(folder, &eval_columns, f);
    while (t && table_next(t, &row.eval))
        add(s, &row);
    if (t && table_cut(t))
        finding(f, "expected the end of the line, got the end of the file");
    else if (t && !table_damaged(t) && s->rows == 0)
        finding(f, "expected evaluations, got none");
    table_close(t);
    return f->n == 0;
}

#define NAME(member) columns_name(&summary_members, offsetof(struct summary, member))

static bool is_the_end(const struct series *s, struct members *summary, struct findings *f)
{
    static const char why[] = "the last row of eval.csv";
    const struct row *last = &s->row[s->rows - 1];
    int64_t rounds, iterations;
    return members_int(summary, NAME(rounds), &rounds) &&
           expect_equal(f, NAME(rounds), rounds, last->eval.round, why) &&
           members_int(summary, NAME(iterations), &iterations) &&
           expect_equal(f, NAME(iterations), iterations, last->eval.iterations, why);
}

struct series *series_read(const char *folder, struct members *summary, struct findings *f)
{
    struct series *s = need(sizeof *s);
    bool good = read_rows(s, folder, f) && is_the_end(s, summary, f);
    if (good) {
        s->quality = quality_list_read(folder, s->rows, f);
        good = f->n == 0;
    }
    f->file = folder;
    f->line = 0;
    if (good)
        return s;
    series_free(s);
    return NULL;
}

void series_free(struct series *s)
{
    if (s) {
        free(s->row);
        quality_list_free(&s->quality);
    }
    free(s);
}

/* What the rows of an evaluation have in common, one row for each tag: "800,1.500000000,86848". */
struct middles {
    char *text;
    size_t *end; /* (rows) of each in text */
};

static struct middles middles_of(const struct series *s)
{
    struct middles m = {.text = need(3 * NUMBER_ROOM * s->rows), .end = need(s->rows * sizeof *m.end)};
    char *out = m.text;
    for (size_t i = 0; i < s->rows; i++) {
        const struct eval_row *eval = &s->row[i].eval;
        out = number_put_int(out, s->row[i].step);
        *out++ = ',';
        out = number_put_seconds(out, eval->virtual_ns);
        *out++ = ',';
        out = number_put_int(out, sum_of(eval->bytes_up, eval->bytes_down));
        m.end[i] = (size_t)(out - m.text);
    }
    return m;
}

static void write_tag(struct csv *csv, const struct series *s, const struct middles *m, const char *run,
                      const struct tag *tag)
{
    const struct field *column = &eval_columns.field[columns_at(&eval_columns, tag->offset)];
    for (size_t i = 0, begin = 0; i < s->rows; begin = m->end[i++]) {
        const void *value = (const char *)&s->row[i].eval + tag->offset;
        csv_text(csv, run);
        csv_text(csv, tag->name);
        csv_fields(csv, m->text + begin, m->end[i] - begin, 3);
        if (column->kind == FIELD_INT)
            csv_int(csv, *(const int64_t *)value);
        else
            csv_real(csv, *(const double *)value);
        csv_end_row(csv);
    }
}

/* Without validation data the file has no rows of them. */
static bool validated(const struct series *s)
{
    return !isnan(s->row[s->rows - 1].eval.validation_accuracy);
}

static void write_quality(struct csv *csv, const struct series *s, const struct middles *m, const char *run,
                          const struct quality_series *q)
{
    for (size_t i = 0, begin = 0; i < s->rows; begin = m->end[i++]) {
        csv_text(csv, run);
        csv_text(csv, q->tag);
        csv_fields(csv, m->text + begin, m->end[i] - begin, 3);
        csv_real(csv, q->value[i]);
        csv_end_row(csv);
    }
}

void series_write(const struct series *s, const char *run, const char *path)
{
    char *temporary = text_format("%s.tmp", path);
    struct middles middles = middles_of(s);
    unlink(temporary); /* an export that was killed may have left it */
    struct csv *csv = csv_create(temporary, "run,tag,step,virtual_s,bytes,value");
    for (const struct tag *tag = tags; tag < tags + sizeof tags / sizeof *tags; tag++)
        if (validated(s) || strncmp(tag->name, "validation", strlen("validation")) != 0)
            write_tag(csv, s, &middles, run, tag);
    for (int i = 0; i < s->quality.n; i++)
        write_quality(csv, s, &middles, run, &s->quality.at[i]);
    csv_close(csv);
    if (rename(temporary, path))
        die_errno(EXIT_RESOURCE, "renaming %s to %s", temporary, path);
    free(middles.text);
    free(middles.end);
    free(temporary);
}
