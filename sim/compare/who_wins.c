#include "sim/compare/who_wins.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/sweep/sweep_file.h"

const char who_wins_file[] = "who_wins.csv";

/* ---- the map ---- */

/* The two rows that make the axes; false: there are not exactly two. */
static bool find_axes(struct who_wins *w, const struct grid *grid)
{
    int axis[2], n = 0;
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        if (i == grid->seed_row || s->algorithm >= 0 || s->n < 2)
            continue;
        if (n < 2)
            axis[n] = i;
        n++;
    }
    if (n != 2)
        return false;
    w->x = axis[0];
    w->y = axis[1];
    return true;
}

/* Where some setting has no chosen combination of an algorithm's own values, there is no one run to judge. */
static bool all_chosen(const struct results *r)
{
    bool all = true;
    for (int a = 0; a < r->grid->algorithms; a++)
        for (int s = 0; s < r->grid->settings && results_combinations(r, a) > 1; s++)
            all &= r->chosen[s * r->grid->algorithms + a] >= 0;
    return all;
}

struct who_wins *who_wins_make(const struct comparison_verdict *v)
{
    struct who_wins w = {0};
    if (!find_axes(&w, v->results->grid) || !all_chosen(v->results))
        return NULL;
    struct verdict_rules rules = v->rules;
    rules.all_pairs = true;
    w.measure = rules.measure[MEASURE_TIME] ? MEASURE_TIME : MEASURE_ACCURACY;
    for (int i = 0; i < MEASURES; i++)
        rules.measure[i] = i == (int)w.measure;
    w.verdict = verdict_make(v->results, &rules);
    struct who_wins *made = need(sizeof *made);
    *made = w;
    return made;
}

void who_wins_free(struct who_wins *w)
{
    if (!w)
        return;
    verdict_free(w->verdict);
    free(w);
}

/* ---- a cell ---- */

struct standing_in who_wins_standing(const struct who_wins *w, int cell, int algorithm)
{
    const struct results *r = w->verdict->results;
    struct standing_in its = {0};
    const struct outcome *seeds = results_counting(r, cell, algorithm);
    struct spread mean =
        results_spread(r, seeds, w->measure == MEASURE_TIME ? r->at.target_time : r->at.accuracy);
    its.mean = mean.n == r->grid->seeds ? mean.mean : NAN;
    for (int i = 0; i < w->verdict->m; i++) {
        const struct claim *c = &w->verdict->claim[cell * w->verdict->m + i];
        int better = claim_winner(c);
        its.beats += better == algorithm;
        its.beaten_by +=
            better >= 0 && better != algorithm && (c->rival == algorithm || c->reference == algorithm);
    }
    return its;
}

int who_wins_winner(const struct who_wins *w, int cell)
{
    int algorithms = w->verdict->results->grid->algorithms;
    for (int a = 0; a < algorithms; a++)
        if (who_wins_standing(w, cell, a).beats == algorithms - 1)
            return a;
    return -1;
}

int who_wins_value(const struct who_wins *w, int cell, int row)
{
    return results_counting(w->verdict->results, cell, 0)[0].point->value[row];
}

int who_wins_cells(const struct who_wins *w, int winner)
{
    int n = 0;
    for (int cell = 0; cell < w->verdict->results->grid->settings; cell++)
        n += who_wins_winner(w, cell) == winner;
    return n;
}

/* The data of what is shown: accuracies in the end are of the test samples. */
static const char *judged_on(const struct who_wins *w)
{
    const char *word = w->measure == MEASURE_TIME ? results_judged_on(w->verdict->results) : "test";
    return *word ? word : "differs";
}

char *who_wins_caption(const struct who_wins *w)
{
    const struct results *r = w->verdict->results;
    double target = results_target(r);
    char *what = w->measure != MEASURE_TIME ? text_copy("the more accurate one in the end (test)")
                 : isnan(target)
                     ? text_format("the faster one to the target accuracy (%s)", judged_on(w))
                     : text_format("the faster one to %.4g %% accuracy (%s)", 100 * target, judged_on(w));
    char *caption = text_format(
        "Each cell has the colour and the mark of its winner: the algorithm that is told apart from every "
        "rival as "
        "%s, with %d seeds. Hatched: no algorithm beats every rival. The error is per cell: in each cell all "
        "%d "
        "pairs are tested at the level 1 - .05/%d, so a cell names a false winner with a probability of at "
        "most 5 "
        "%%; of %d cells some may, and neighbours share their trainings, so they are not independent.",
        what, r->grid->seeds, w->verdict->m, w->verdict->m, r->grid->settings);
    free(what);
    return caption;
}

/* ---- who_wins.csv ---- */

static char *header_of(const struct who_wins *w)
{
    const struct grid *grid = w->verdict->results->grid;
    return text_format("%s,%s,x,y,algorithm,label,%s,beats,beaten_by,rivals,wins,pairs,seeds,judged_on",
                       grid->row[w->x].key, grid->row[w->y].key,
                       w->measure == MEASURE_TIME ? "target_s" : "test_accuracy");
}

static void write_row(struct csv *csv, const struct who_wins *w, int cell, int algorithm)
{
    const struct results *r = w->verdict->results;
    struct standing_in its = who_wins_standing(w, cell, algorithm);
    const struct swept *x = &r->grid->row[w->x], *y = &r->grid->row[w->y];
    int at_x = who_wins_value(w, cell, w->x), at_y = who_wins_value(w, cell, w->y);
    csv_text(csv, x->number[at_x]);
    csv_text(csv, y->number[at_y]);
    csv_text(csv, x->value[at_x]);
    csv_text(csv, y->value[at_y]);
    csv_text(csv, r->grid->algorithm[algorithm]);
    csv_text(csv, results_label(r, algorithm));
    csv_real(csv, its.mean);
    csv_int(csv, its.beats);
    csv_int(csv, its.beaten_by);
    csv_int(csv, r->grid->algorithms - 1);
    csv_int(csv, its.beats == r->grid->algorithms - 1);
    csv_int(csv, w->verdict->m);
    csv_int(csv, r->grid->seeds);
    csv_text(csv, judged_on(w));
    csv_end_row(csv);
}

void who_wins_write(const struct who_wins *w, const char *folder)
{
    const struct grid *grid = w->verdict->results->grid;
    struct sweep_file file = sweep_file_open(folder, who_wins_file, header_of(w));
    for (int cell = 0; cell < grid->settings; cell++)
        for (int a = 0; a < grid->algorithms; a++)
            write_row(file.csv, w, cell, a);
    sweep_file_close(&file);
}
