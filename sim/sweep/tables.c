/* Writes sweep.csv and sweep_summary.csv from the outcomes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/kinds.h"
#include "sim/sweep/results.h"
#include "sim/sweep/sweep_file.h"

/* The value of a row at a point. A row of another algorithm has no value there: NaN, or empty for words. */
void results_write_key(struct csv *csv, const struct swept *s, int value)
{
    if (value >= 0)
        csv_text(csv, s->number[value]);
    else if (key_quantity(s->row))
        csv_real(csv, NAN);
    else
        csv_text(csv, "");
}

/* ---- sweep.csv: one row for each algorithm at each point that is over ---- */

static char *header_of_all(const struct results *r)
{
    char *header = text_format("point");
    for (int i = 0; i < r->grid->rows; i++) {
        char *longer = text_format("%s,%s", header, r->grid->row[i].key);
        free(header);
        header = longer;
    }
    char *whole = text_format("%s,%s,status,best", header, r->header);
    free(header);
    return whole;
}

static void write_outcome(struct csv *csv, const struct results *r, const struct outcome *o)
{
    csv_int(csv, o->point->index);
    for (int i = 0; i < r->grid->rows; i++)
        results_write_key(csv, &r->grid->row[i], grid_value(r->grid, o->point, i, o->algorithm));
    for (int c = 0; c < r->columns; c++)
        if (c == r->at.speedup)
            csv_real(csv, o->value[c]);
        else
            csv_text(csv, o->cell[c]);
    csv_text(csv, o->done ? "done" : o->endless ? "endless" : o->left ? "left_behind" : "diverged");
    csv_int(csv, results_is_best(r, o->point->setting, o->algorithm,
                                 o->point->alone >= 0 ? o->point->combination : 0));
    csv_end_row(csv);
}

void results_write_points(const struct results *r)
{
    struct sweep_file file = sweep_file_open(r->sweep->folder, "sweep.csv", header_of_all(r));
    for (int i = 0; i < r->grid->points; i++) {
        const struct point *p = &r->grid->point[i];
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, p, a);
            if (o && o->over)
                write_outcome(file.csv, r, o);
        }
    }
    sweep_file_close(&file);
}

/* ---- sweep_summary.csv: the same over the seeds ---- */

/* Columns that are equal for all seeds: they have one column, not a mean and a deviation. */
static bool is_constant(const struct results *r, int c)
{
    return results_is_text(r, c) || c == r->at.target || c == r->at.trained || c == r->at.synthetic;
}

static char *header_of_summary(const struct results *r)
{
    char *header = NULL;
    size_t length;
    FILE *out = text_begin(&header, &length);
    for (int i = 0; i < r->grid->rows; i++)
        if (i != r->grid->seed_row)
            fprintf(out, "%s,", r->grid->row[i].key);
    fputs("algorithm,best,seeds,diverged,reached", out);
    for (int c = 1; c < r->columns; c++)
        if (is_constant(r, c))
            fprintf(out, ",%s", r->column[c]);
        else
            fprintf(out, ",%s_mean,%s_std", r->column[c], r->column[c]);
    text_end(out, &header);
    return header;
}

static void write_spreads(struct csv *csv, const struct results *r, const struct outcome *seeds,
                          const struct outcome *any)
{
    for (int c = 1; c < r->columns; c++) {
        struct spread spread = results_spread(r, seeds, c);
        if (is_constant(r, c)) {
            csv_text(csv, any ? any->cell[c] : results_is_text(r, c) ? "" : "NaN");
        } else {
            csv_real(csv, spread.mean);
            csv_real(csv, spread.std);
        }
    }
}

static void write_combination(struct csv *csv, const struct results *r, int setting, int algorithm,
                              int combination)
{
    const struct outcome *seeds = results_at(r, setting, algorithm, combination);
    int n = results_spread(r, seeds, r->at.time).n;
    for (int i = 0; i < r->grid->rows; i++)
        if (i != r->grid->seed_row)
            results_write_key(csv, &r->grid->row[i], grid_value(r->grid, seeds[0].point, i, algorithm));
    csv_text(csv, r->grid->algorithm[algorithm]);
    csv_int(csv, results_is_best(r, setting, algorithm, combination));
    csv_int(csv, n);
    csv_int(csv, results_failed(r, seeds));
    csv_int(csv, results_reached(r, seeds, r->at.target_time));
    write_spreads(csv, r, seeds, results_any(r, setting, algorithm, combination));
    csv_end_row(csv);
}

void results_write_summary(const struct results *r)
{
    struct sweep_file file = sweep_file_open(r->sweep->folder, "sweep_summary.csv", header_of_summary(r));
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < r->grid->algorithms; a++)
            for (int v = 0; v < results_combinations(r, a); v++)
                write_combination(file.csv, r, setting, a, v);
    sweep_file_close(&file);
}
