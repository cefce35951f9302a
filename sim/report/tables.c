/* Evaluations of runs as curves for plots/curve.gp: eval.csv is read once, and gives the curves of all figures.
 *
 *   eval.csv of seed 1 --\
 *   eval.csv of seed 2 ---> merge: at each x the mean, the least, the largest --> thin --> a table of each figure
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
#include "sim/schema/judged.h"
#include "sim/verify/table.h"

const char *const table_x[TABLE_X] = {"virtual_s", "iterations", "bytes"};
const char *const table_y[TABLE_Y] = {"test_accuracy", "test_loss", "train_loss", "validation_accuracy"};
enum { TIME, ITERATIONS, BYTES };

struct series { /* the evaluations of a run */
    size_t n, room;
    double *x[TABLE_X], *y[TABLE_Y];
};

struct seeds { /* the runs of a curve */
    int n;
    struct series *run; /* (n) */
};

struct merged { /* the runs of a curve in one figure, row by row */
    size_t n;
    double *x, *mean, *low, *high;
};

/* ---- reading ---- */

static void need_room(struct series *s)
{
    if (s->n < s->room)
        return;
    size_t room = s->room ? 2 * s->room : 64;
    for (int i = 0; i < TABLE_X; i++)
        s->x[i] = need_more(s->x[i], s->room * sizeof *s->x[i], room * sizeof *s->x[i]);
    for (int i = 0; i < TABLE_Y; i++)
        s->y[i] = need_more(s->y[i], s->room * sizeof *s->y[i], room * sizeof *s->y[i]);
    s->room = room;
}

static void take_row(struct series *s, const struct eval_row *row)
{
    const double x[] = {(double)row->virtual_ns / 1e9, (double)row->iterations,
                        (double)row->bytes_up + (double)row->bytes_down};
    const double y[] = {row->test_accuracy, row->test_loss, row->train_loss, row->validation_accuracy};
    need_room(s);
    for (int i = 0; i < TABLE_X; i++)
        s->x[i][s->n] = x[i];
    for (int i = 0; i < TABLE_Y; i++)
        s->y[i][s->n] = y[i];
    s->n++;
}

/* false: the file cannot be read to its end. */
static bool read_run(struct series *s, const char *folder)
{
    struct findings f = {.silent = true};
    struct eval_row row = eval_row_unknown;
    struct table *t = table_open(folder, &eval_columns, &f);
    while (t && table_next(t, &row))
        take_row(s, &row);
    table_close(t);
    return f.n == 0;
}

static bool read_all(struct seeds *all, const struct curves *c)
{
    for (int i = 0; i < c->n; i++) {
        all[i].run = need((size_t)c->at[i].n * sizeof *all[i].run);
        all[i].n = c->at[i].n;
        for (int r = 0; r < all[i].n; r++)
            if (!read_run(&all[i].run[r], c->at[i].folder[r]))
                return false;
    }
    return true;
}

static void seeds_free(struct seeds *g)
{
    for (int r = 0; r < g->n; r++) {
        for (int i = 0; i < TABLE_X; i++)
            free(g->run[r].x[i]);
        for (int i = 0; i < TABLE_Y; i++)
            free(g->run[r].y[i]);
    }
    free(g->run);
}

/* ---- seeds at equal x: plots/band.awk has the same rule ---- */

/* The least x among the next evaluations of all runs. false: a run has no next one. */
static bool find_next(const struct seeds *g, const size_t *seen, int x, double *here)
{
    *here = INFINITY;
    for (int r = 0; r < g->n; r++) {
        const struct series *s = &g->run[r];
        if (seen[r] == s->n)
            return false;
        *here = fmin(*here, s->x[x][seen[r]]);
    }
    return g->n > 0;
}

/* Goes on to `here`. Whether there is a row: all runs have a new evaluation, or one has its last. */
static bool advance(const struct seeds *g, size_t *seen, bool *is_new, int x, double here)
{
    bool begun = true, all_new = true, ends = false;
    for (int r = 0; r < g->n; r++) {
        const struct series *s = &g->run[r];
        if (s->x[x][seen[r]] == here) {
            seen[r]++;
            is_new[r] = true;
        }
        begun = begun && seen[r] > 0;
        all_new = all_new && is_new[r];
        ends = ends || seen[r] == s->n;
    }
    if (all_new)
        memset(is_new, 0, (size_t)g->n * sizeof *is_new);
    return begun && (all_new || ends);
}

/* The value of each run is that of its last evaluation so far. A comparison with NAN is false: low and high are numbers
 * where one run has none, and the mean says so. */
static void add_row(struct merged *m, const struct seeds *g, const size_t *seen, int y, double here)
{
    double sum = 0, low = INFINITY, high = -INFINITY;
    for (int r = 0; r < g->n; r++) {
        double value = g->run[r].y[y][seen[r] - 1];
        sum += value;
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    m->x[m->n] = here;
    m->mean[m->n] = sum / g->n;
    m->low[m->n] = low;
    m->high[m->n] = high;
    m->n++;
}

static void merge(struct merged *m, const struct seeds *g, int x, int y)
{
    size_t *seen = need((size_t)g->n * sizeof *seen);
    bool *is_new = need((size_t)g->n * sizeof *is_new);
    double here;
    m->n = 0;
    while (find_next(g, seen, x, &here))
        if (advance(g, seen, is_new, x, here))
            add_row(m, g, seen, y, here);
    free(is_new);
    free(seen);
}

static struct merged merged_open(const struct seeds *g)
{
    struct merged m = {0};
    size_t room = 0; /* for the evaluations of all its runs */
    for (int r = 0; r < g->n; r++)
        room += g->run[r].n;
    m.x = need(room * sizeof *m.x);
    m.mean = need(room * sizeof *m.mean);
    m.low = need(room * sizeof *m.low);
    m.high = need(room * sizeof *m.high);
    return m;
}

static void merged_close(struct merged *m)
{
    free(m->x);
    free(m->mean);
    free(m->low);
    free(m->high);
}

/* ---- writing ---- */

struct ends { /* of an axis, over all curves; start: the least above 0 */
    double start, end;
};

static struct ends ends_of(const struct merged *m, int curves)
{
    struct ends e = {INFINITY, 0};
    for (int i = 0; i < curves; i++)
        for (size_t row = 0; row < m[i].n; row++) {
            double at = m[i].x[row];
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

static struct thinned write_figure(FILE *out, const struct curves *c, const struct merged *merged, bool bytes)
{
    struct thinned t = {0};
    struct ends ends = ends_of(merged, c->n);
    fputs("curve,x,mean,low,high\n", out);
    for (int i = 0; i < c->n; i++) {
        const struct merged *m = &merged[i];
        struct band b = {m->n, m->x, m->mean, m->low, m->high};
        bool *keep = need(b.n * sizeof *keep);
        t.drawn += thin(keep, &b, ends.start, ends.end, bytes);
        t.of += b.n;
        write_curve(out, c->at[i].name, &b, keep);
        free(keep);
    }
    return t;
}

static bool has_number(const struct seeds *all, int curves, int y)
{
    for (int i = 0; i < curves; i++)
        for (int r = 0; r < all[i].n; r++)
            for (size_t row = 0; row < all[i].run[r].n; row++)
                if (!isnan(all[i].run[r].y[y][row]))
                    return true;
    return false;
}

static char *place_of(const char *folder, int x, int y)
{
    return text_format("%s/%s-%s", folder, table_x[x], table_y[y]);
}

static void write_figures(struct tables *t, const char *into, const struct curves *c, const struct seeds *all)
{
    struct merged *merged = need((size_t)c->n * sizeof *merged);
    for (int i = 0; i < c->n; i++)
        merged[i] = merged_open(&all[i]);
    for (int x = 0; x < TABLE_X; x++)
        for (int y = 0; y < TABLE_Y; y++) {
            if (!has_number(all, c->n, y))
                continue;
            for (int i = 0; i < c->n; i++)
                merge(&merged[i], &all[i], x, y);
            char *path = place_of(into, x, y);
            FILE *out = fopen(path, "we");
            if (out)
                t->thinned[x][y] = write_figure(out, c, merged, x == BYTES);
            if (out && (ferror(out) | fclose(out)))
                unlink(path);
            free(path);
        }
    for (int i = 0; i < c->n; i++)
        merged_close(&merged[i]);
    free(merged);
}

void tables_write_curves(struct tables *t, const char *into, const struct curves *c)
{
    struct seeds *all = need((size_t)c->n * sizeof *all);
    *t = (struct tables){0};
    if (read_all(all, c))
        write_figures(t, into, c, all);
    for (int i = 0; i < c->n; i++)
        seeds_free(&all[i]);
    free(all);
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
