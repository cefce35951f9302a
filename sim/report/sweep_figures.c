/* The figures of a sweep: results against each swept key that is a number. plots/sweep.gp draws each figure
 * from a sheet like sweep.csv that has only the rows of this figure. For a shared key these are the rows of
 * all algorithms with their chosen values; for a key of one algorithm, the rows of this algorithm with all
 * its values. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/sweep/halving.h"
#include "sim/sweep/results.h"

struct view { /* results along one key */
    const struct results *r;
    const struct swept *key;
    bool trained;
    int algorithm; /* the algorithm that owns the key; -1: the key is shared */
};

static const char sheet_name[] = "points.csv";

/* ---- the rows of a figure ---- */

/* The row of the grid has a column in the sheet: different values make different curves. Own values that belong
 * together are those of one point of a curve. */
static bool parts(const struct view *v, int row)
{
    const struct swept *s = &v->r->grid->row[row];
    if (s == v->key || row == v->r->grid->seed_row)
        return false;
    if (s->algorithm >= 0 && v->r->grid->own != OWN_COMBINE)
        return false;
    return s->algorithm < 0 || s->algorithm == v->algorithm || (v->algorithm < 0 && !v->trained);
}

static bool shows(const struct view *v, int setting, int algorithm, int combination)
{
    if (v->algorithm >= 0)
        return algorithm == v->algorithm;
    return !v->trained || results_is_best(v->r, setting, algorithm, combination);
}

static int count_curves(const struct view *v)
{
    const struct grid *grid = v->r->grid;
    int n = 0;
    if (v->algorithm >= 0)
        return grid->settings * grid->combinations[v->algorithm] / v->key->n;
    for (int a = 0; a < grid->algorithms; a++)
        n += v->trained ? 1 : results_combinations(v->r, a);
    return grid->settings / v->key->n * n;
}

/* ---- the sheet ---- */

/* Writes a value in quotes, since lists have commas. */
static void put_value(FILE *out, const char *value)
{
    putc('"', out);
    for (; *value; value++) {
        if (*value == '"')
            putc('"', out);
        putc(*value, out);
    }
    putc('"', out);
}

static void put_head(FILE *out, const struct view *v, const char *column)
{
    fprintf(out, "%s,", v->key->key);
    for (int i = 0; i < v->r->grid->rows; i++)
        if (parts(v, i))
            fprintf(out, "%s,", swept_label(v->r->grid, &v->r->grid->row[i]));
    fprintf(out, "algorithm,%s\n", column);
}

static bool has_number(const struct outcome *o, int column)
{
    return o->done && !isnan(o->value[column]);
}

/* `column` of -1: an empty cell, so that the row only names its curve. */
static void put_row(FILE *out, const struct view *v, const struct outcome *o, int column)
{
    const struct grid *grid = v->r->grid;
    fprintf(out, "%s,", v->key->number[o->point->value[v->key - grid->row]]);
    for (int i = 0; i < grid->rows; i++) {
        if (!parts(v, i))
            continue;
        int value = grid_value(grid, o->point, i, o->algorithm);
        if (value < 0)
            fputs("NaN", out);
        else
            put_value(out, grid->row[i].value[value]);
        putc(',', out);
    }
    put_value(out, results_label(v->r, o->algorithm));
    putc(',', out);
    if (column < 0)
        fputs("\n", out);
    else if (!has_number(o, column)) /* printf could say -nan */
        fputs("NaN\n", out);
    else
        fprintf(out, "%.9g\n", o->value[column]);
}

/* Writes a row for every curve, also for a curve without numbers, so that a curve has the same style in all
 * figures. Returns the number of numbers. */
static int put_rows(FILE *out, const struct view *v, int column)
{
    const struct grid *grid = v->r->grid;
    int n = 0;
    for (int setting = 0; setting < grid->settings; setting++)
        for (int a = 0; a < grid->algorithms; a++)
            for (int i = 0; i < results_combinations(v->r, a); i++) {
                bool shown = shows(v, setting, a, i), named = v->algorithm < 0 && i == 0;
                for (int seed = 0; seed < grid->seeds && (shown || named); seed++) {
                    const struct outcome *o = &results_at(v->r, setting, a, i)[seed];
                    put_row(out, v, o, shown && o->over && !o->left ? column : -1);
                    n += shown && has_number(o, column);
                }
            }
    return n;
}

/* ---- the figures ---- */

/* Writes the sheet and draws the figure. Without numbers nothing is drawn. */
static void draw(FILE *out, struct page *p, const struct view *v, int column, const char *caption)
{
    const char *name = v->r->column[column];
    char *path = text_format("%s/%s", p->gnuplot.runs ? p->gnuplot.runs : "", sheet_name);
    FILE *sheet = fopen(path, "we");
    if (sheet) {
        put_head(sheet, v, name);
        int n = put_rows(sheet, v, column);
        bool good = !ferror(sheet);
        good = fclose(sheet) == 0 && good;
        if (good && n > 0)
            figure_write(out, p, &(struct figure){"sweep.gp", {v->key->key, name}, caption}, false);
        unlink(path);
        sheet = good ? sheet : NULL;
    }
    if (!sheet && !*p->gnuplot.why)
        snprintf(p->gnuplot.why, sizeof p->gnuplot.why, "%s: %s", sheet_name, strerror(errno));
    free(path);
}

static void draw_all(FILE *out, struct page *p, const struct view *v)
{
    static const char spread[] = "mean, minimum and maximum over seeds";
    const struct results *r = v->r;
    bool aims = *run_value(&p->runs->run[0], "experiment.target_accuracy") && v->trained;
    const char *key = v->key->key, *algorithm = v->algorithm < 0 ? "" : results_label(r, v->algorithm);
    const char *of = *algorithm ? " of " : "";
    char *time = text_format("Virtual time%s%s %s against %s; %s.", of, algorithm,
                             aims ? "to the target accuracy" : "of the run", key, spread);
    char *accuracy = text_format("Final test accuracy%s%s against %s; %s.", of, algorithm, key, spread);
    char *speedup = text_format("Speed-up over %s against %s; %s.", results_label(r, 0), key, spread);
    draw(out, p, v, aims ? r->at.target_time : r->at.time, time);
    if (v->trained)
        draw(out, p, v, r->at.accuracy, accuracy);
    if (v->algorithm < 0 && r->grid->algorithms > 1)
        draw(out, p, v, r->at.speedup, speedup);
    free(time);
    free(accuracy);
    free(speedup);
}

static void write_key(FILE *out, struct page *p, const struct view *v)
{
    char *figures = NULL;
    size_t size = 0;
    FILE *one = text_begin(&figures, &size);
    int curves = count_curves(v);
    if (curves <= MOST_CURVES)
        draw_all(one, p, v);
    else
        html_print(one,
                   "<p class=\"note\">%d curves are too many for one figure; plots/sweep.gp draws "
                   "sweep.csv, or a part of it.</p>\n",
                   curves);
    text_end(one, &figures);
    if (*figures) {
        html_print(out, "<h3>%s</h3>\n", v->key->key);
        fprintf(out, "<div class=\"row\">\n%s</div>\n", figures);
    }
    free(figures);
}

/* Own values for settings stand beside the settings, and have no effect of their own to show; of halved ones most have no
 * result (sweep_halving.c). */
static bool is_tried(const struct results *r, const struct swept *s)
{
    int combinations = s->algorithm < 0 ? 0 : r->grid->combinations[s->algorithm];
    return s->algorithm < 0 || (combinations > 0 && halving_rungs(combinations, r->sweep->halving) == 1);
}

void sweep_figures(struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    bool trained = results_remarks(p->sweep).trained;
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    p->gnuplot.data = sheet_name;
    for (int i = 0; i < grid->rows; i++)
        if (i != grid->seed_row && swept_is_scale(&grid->row[i]) && is_tried(p->sweep, &grid->row[i]))
            write_key(out, p, &(struct view){p->sweep, &grid->row[i], trained, grid->row[i].algorithm});
    text_end(out, &text);
    group_put(p, &(struct group){.id = "effect", .title = "Effect of the swept keys", .wide = true}, text);
    free(text);
}
