#include "sim/export/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/csv.h"
#include "sim/verify/table.h"

enum { ROUND, ITERATIONS, EPOCH, TIME, ACCURACY, TEST_LOSS, TRAIN_LOSS, UP, DOWN, COLUMNS };
static const struct column columns[COLUMNS] = {[ROUND] = {"round", CELL_INT},
                                               [ITERATIONS] = {"iterations", CELL_INT},
                                               [EPOCH] = {"epoch", CELL_REAL},
                                               [TIME] = {"virtual_s", CELL_SECONDS},
                                               [ACCURACY] = {"test_accuracy", CELL_REAL},
                                               [TEST_LOSS] = {"test_loss", CELL_REAL},
                                               [TRAIN_LOSS] = {"train_loss", CELL_REAL},
                                               [UP] = {"bytes_up", CELL_INT},
                                               [DOWN] = {"bytes_down", CELL_INT}};

/* What the series are called; what comes before the slash groups them. */
static const struct {
    const char *tag;
    int column;
} tags[] = {{"test/accuracy", ACCURACY}, {"test/loss", TEST_LOSS},  {"train/loss", TRAIN_LOSS},
            {"progress/epoch", EPOCH},   {"progress/round", ROUND}, {"bytes/up", UP},
            {"bytes/down", DOWN}};

struct row {
    union value cell[COLUMNS];
    int64_t step;
};

struct series {
    size_t rows, room;
    struct row *row;
};

/* The iterations, as long as they rise. A restart of the server undoes some; readers take a step that goes back for
 * a run that began again and drop what came before, so steps go on from the row before. */
static int64_t step_of(const struct series *s, const struct row *row)
{
    const struct row *before = s->rows > 0 ? &s->row[s->rows - 1] : NULL;
    int64_t now = row->cell[ITERATIONS].i;
    if (!before)
        return now;
    int64_t done = before->cell[ITERATIONS].i;
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

static bool read_rows(struct series *s, const char *path, struct findings *f)
{
    struct row row;
    struct table *t = table_open(path, columns, COLUMNS, f);
    while (t && table_next(t, row.cell))
        add(s, &row);
    if (t && table_cut(t))
        finding(f, "expected the end of the line, got the end of the file");
    else if (t && !table_damaged(t) && s->rows == 0)
        finding(f, "expected evaluations, got none");
    table_close(t);
    return f->n == 0;
}

static bool is_the_end(const struct series *s, struct members *summary, struct findings *f)
{
    static const char why[] = "the last row of eval.csv";
    const struct row *last = &s->row[s->rows - 1];
    int64_t rounds, iterations;
    return members_int(summary, "rounds", &rounds) &&
           expect_equal(f, "rounds", rounds, last->cell[ROUND].i, why) &&
           members_int(summary, "iterations", &iterations) &&
           expect_equal(f, "iterations", iterations, last->cell[ITERATIONS].i, why);
}

struct series *series_read(const char *folder, struct members *summary, struct findings *f)
{
    struct series *s = need(sizeof *s);
    char *path = text_format("%s/eval.csv", folder);
    bool good = read_rows(s, path, f) && is_the_end(s, summary, f);
    f->file = folder;
    f->line = 0;
    free(path);
    if (good)
        return s;
    series_free(s);
    return NULL;
}

void series_free(struct series *s)
{
    if (s)
        free(s->row);
    free(s);
}

static void write_row(struct csv *csv, const char *run, const struct row *row, int tag)
{
    int column = tags[tag].column;
    csv_text(csv, run);
    csv_text(csv, tags[tag].tag);
    csv_int(csv, row->step);
    csv_seconds(csv, row->cell[TIME].i);
    csv_int(csv, sum_of(row->cell[UP].i, row->cell[DOWN].i));
    if (columns[column].kind == CELL_INT)
        csv_int(csv, row->cell[column].i);
    else
        csv_real(csv, row->cell[column].r);
    csv_end_row(csv);
}

void series_write(const struct series *s, const char *run, const char *path)
{
    char *temporary = text_format("%s.tmp", path);
    unlink(temporary); /* of an export that was killed */
    struct csv *csv = csv_create(temporary, "run,tag,step,virtual_s,bytes,value");
    for (int tag = 0; tag < (int)(sizeof tags / sizeof *tags); tag++)
        for (size_t i = 0; i < s->rows; i++)
            write_row(csv, run, &s->row[i], tag);
    csv_close(csv);
    if (rename(temporary, path))
        die_errno(EXIT_RESOURCE, "renaming %s to %s", temporary, path);
    free(temporary);
}
