/* Evaluations of runs as curves for plots/curve.gp: eval.csv is read once, and gives the curves of all figures.
 *
 *   eval.csv of seed 1 --\
 *   eval.csv of seed 2 ---> struct sums: of each row the sum, the least, the largest --> thin --> a table of each figure
 *   ...
 */
#include "sim/report/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/thin.h"
#include "sim/verify/table.h"

const char *const table_x[TABLE_X] = {"virtual_s", "iterations", "bytes"};
const char *const table_y[TABLE_Y] = {"test_accuracy", "test_loss", "train_loss"};
enum { TIME, ITERATIONS, BYTES };

struct sums {    /* over the runs of a curve, row by row */
    size_t n;    /* rows that all runs have */
    size_t rows; /* of the run that is read now */
    size_t room;
    int runs;
    double *x[TABLE_X];
    double *sum[TABLE_Y], *low[TABLE_Y], *high[TABLE_Y]; /* NAN where a run has no number */
};

/* ---- reading ---- */

static double *longer(double *block, size_t n, size_t room)
{
    return need_more(block, n * sizeof *block, room * sizeof *block);
}

static void need_room(struct sums *s)
{
    if (s->rows < s->room)
        return;
    size_t n = s->room, room = n ? 2 * n : 64;
    for (int i = 0; i < TABLE_X; i++)
        s->x[i] = longer(s->x[i], n, room);
    for (int i = 0; i < TABLE_Y; i++) {
        s->sum[i] = longer(s->sum[i], n, room);
        s->low[i] = longer(s->low[i], n, room);
        s->high[i] = longer(s->high[i], n, room);
    }
    s->room = room;
}

/* A comparison with NAN is false: a row keeps a NAN, as its sum is one. */
static void take_row(struct sums *s, const struct eval_row *row)
{
    const double x[] = {(double)row->virtual_ns / 1e9, (double)row->iterations,
                        (double)row->bytes_up + (double)row->bytes_down};
    const double y[] = {row->test_accuracy, row->test_loss, row->train_loss};
    need_room(s);
    size_t at = s->rows++;
    for (int i = 0; i < TABLE_X; i++)
        s->x[i][at] += x[i];
    for (int i = 0; i < TABLE_Y; i++) {
        s->sum[i][at] += y[i];
        s->low[i][at] = s->runs == 0 || y[i] < s->low[i][at] ? y[i] : s->low[i][at];
        s->high[i][at] = s->runs == 0 || y[i] > s->high[i][at] ? y[i] : s->high[i][at];
    }
}

/* false: the file cannot be read to its end. */
static bool read_run(struct sums *s, const char *folder)
{
    struct findings f = {.silent = true};
    struct eval_row row;
    struct table *t = table_open(folder, &eval_columns, &f);
    s->rows = 0;
    while (t && table_next(t, &row))
        take_row(s, &row);
    table_close(t);
    s->n = s->runs == 0 || s->rows < s->n ? s->rows : s->n;
    s->runs++;
    return f.n == 0;
}

static void sums_free(struct sums *s)
{
    for (int i = 0; i < TABLE_X; i++)
        free(s->x[i]);
    for (int i = 0; i < TABLE_Y; i++) {
        free(s->sum[i]);
        free(s->low[i]);
        free(s->high[i]);
    }
}

static bool read_all(struct sums *sums, const struct curves *c)
{
    for (int i = 0; i < c->n; i++)
        for (int r = 0; r < c->at[i].n; r++)
            if (!read_run(&sums[i], c->at[i].folder[r]))
                return false;
    return true;
}

/* Sums to means. */
static void divide(struct sums *s)
{
    for (int i = 0; i < TABLE_X; i++)
        for (size_t row = 0; row < s->n; row++)
            s->x[i][row] /= s->runs;
    for (int i = 0; i < TABLE_Y; i++)
        for (size_t row = 0; row < s->n; row++)
            s->sum[i][row] /= s->runs;
}

/* ---- writing ---- */

struct ends { /* of an axis, over all curves; start: the least above 0 */
    double start, end;
};

static struct ends ends_of(const struct sums *sums, int curves, int x)
{
    struct ends e = {INFINITY, 0};
    for (int i = 0; i < curves; i++)
        for (size_t row = 0; row < sums[i].n; row++) {
            double at = sums[i].x[x][row];
            e.start = at > 0 && at < e.start ? at : e.start;
            e.end = at > e.end ? at : e.end;
        }
    return e;
}

static void write_curve(FILE *out, const char *name, const struct band *b, const bool *keep)
{
    for (size_t i = 0; i < b->n; i++) {
        if (!keep[i])
            continue;
        if (isnan(b->mean[i]))
            fprintf(out, "%s,%.12g,NaN,NaN,NaN\n", name, b->x[i]);
        else
            fprintf(out, "%s,%.12g,%.12g,%.12g,%.12g\n", name, b->x[i], b->mean[i], b->low[i], b->high[i]);
    }
}

static struct thinned write_figure(FILE *out, const struct curves *c, const struct sums *sums, int x, int y)
{
    struct thinned t = {0};
    struct ends ends = ends_of(sums, c->n, x);
    fputs("curve,x,mean,low,high\n", out);
    for (int i = 0; i < c->n; i++) {
        const struct sums *s = &sums[i];
        struct band b = {s->n, s->x[x], s->sum[y], s->low[y], s->high[y]};
        bool *keep = need(b.n * sizeof *keep);
        t.drawn += thin(keep, &b, ends.start, ends.end, x == BYTES);
        t.of += b.n;
        write_curve(out, c->at[i].name, &b, keep);
        free(keep);
    }
    return t;
}

static char *place_of(const char *folder, int x, int y)
{
    return text_format("%s/%s-%s", folder, table_x[x], table_y[y]);
}

static void write_figures(struct tables *t, const char *into, const struct curves *c, const struct sums *sums)
{
    for (int x = 0; x < TABLE_X; x++)
        for (int y = 0; y < TABLE_Y; y++) {
            char *path = place_of(into, x, y);
            FILE *out = fopen(path, "we");
            if (out)
                t->thinned[x][y] = write_figure(out, c, sums, x, y);
            if (out && (ferror(out) | fclose(out)))
                unlink(path);
            free(path);
        }
}

void tables_write_curves(struct tables *t, const char *into, const struct curves *c)
{
    struct sums *sums = need((size_t)c->n * sizeof *sums);
    *t = (struct tables){0};
    if (read_all(sums, c)) {
        for (int i = 0; i < c->n; i++)
            divide(&sums[i]);
        write_figures(t, into, c, sums);
    }
    for (int i = 0; i < c->n; i++)
        sums_free(&sums[i]);
    free(sums);
}

char *tables_remark(const struct tables *t, const char *x, const char *y)
{
    for (int i = 0; i < TABLE_X; i++)
        for (int j = 0; j < TABLE_Y; j++) {
            const struct thinned *n = &t->thinned[i][j];
            if (x && y && strcmp(table_x[i], x) == 0 && strcmp(table_y[j], y) == 0 && n->drawn < n->of)
                return text_format(
                    " Thinned: %zu of %zu evaluations are drawn; the others lie on the same lines.", n->drawn,
                    n->of);
        }
    return text_copy("");
}

void tables_remove(const char *from)
{
    char *listing = text_format("%s/listing", from); /* of the scripts: the names of these curves */
    unlink(listing);
    free(listing);
    for (int x = 0; x < TABLE_X; x++)
        for (int y = 0; y < TABLE_Y; y++) {
            char *path = place_of(from, x, y);
            unlink(path);
            free(path);
        }
}
