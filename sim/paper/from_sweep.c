/* A table from the results of a sweep. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/verdict.h"
#include "sim/paper/from.h"
#include "sim/sweep/results.h"

struct found { /* an outcome */
    const struct results *results;
    const struct outcome *outcome;
};

/* Older files lack columns. */
static double number(const void *context, const char *column)
{
    const struct found *f = context;
    for (int c = 0; c < f->results->columns; c++)
        if (strcmp(f->results->column[c], column) == 0)
            return f->outcome->value[c];
    return NAN;
}

static bool is_shared(const struct grid *grid, int row)
{
    return grid->row[row].algorithm < 0 && row != grid->seed_row;
}

static int setting_of(struct paper *p, const struct grid *grid, const struct point *point)
{
    const char **value = need(((size_t)p->keys + 1) * sizeof *value);
    for (int i = 0, n = 0; i < grid->rows; i++)
        if (is_shared(grid, i))
            value[n++] = grid->row[i].value[point->value[i]];
    int setting = paper_setting(p, value);
    free(value);
    return setting;
}

static void add_combination(struct paper *p, const struct results *r, const struct outcome *seeds)
{
    const struct grid *grid = r->grid;
    const struct point *point = seeds[0].point;
    int algorithm = seeds[0].algorithm;
    struct paper_row *row = paper_row(p, setting_of(p, grid, point), grid->algorithm[algorithm],
                                      results_label(r, algorithm), grid_own_values(grid, point, algorithm));
    for (int i = 0; i < grid->seeds; i++)
        if (seeds[i].over)
            paper_add(row, p, i, seeds[i].done ? number : NULL, &(struct found){r, &seeds[i]});
}

/* Whether any run of a combination is over. */
static bool is_there(const struct results *r, const struct outcome *seeds)
{
    bool any = false;
    for (int i = 0; i < r->grid->seeds; i++)
        any |= seeds[i].over;
    return any;
}

static void note_choice(struct paper *p, const struct results *r)
{
    for (int a = 0; a < r->grid->algorithms; a++)
        if (r->grid->combinations[a] > 1 && r->chosen[a] >= 0) {
            paper_note(p, text_format("Each algorithm at the values with the %s.", tune_words(r)));
            return;
        }
}

/* ---- a comparison ---- */

static int index_of(const struct grid *grid, const struct paper_row *row)
{
    int i = 0;
    while (i < grid->algorithms && strcmp(grid->algorithm[i], row->name) != 0)
        i++;
    return i;
}

static const struct claim *claim_of(const struct comparison_verdict *v, const struct paper_row *a, int other,
                                    enum measure measure)
{
    return verdict_claim(v, a->setting, measure, index_of(v->results->grid, a), other);
}

/* Of the measures of the table the accuracy, which is the first, and the time to the target have claims. */
static enum told told(const struct paper *p, const struct paper_row *a, const struct paper_row *b,
                      int measure)
{
    const struct comparison_verdict *v = p->context;
    enum measure of = measure == 0 ? MEASURE_ACCURACY : MEASURE_TIME;
    if (measure != 0 && !p->measure[measure].to_target)
        return TOLD_NOTHING;
    const struct claim *claim = claim_of(v, a, index_of(v->results->grid, b), of);
    return !claim ? TOLD_NOTHING : claim->standing == APART ? TOLD_APART : NOT_TOLD;
}

static const char *bound_text(enum bound bound)
{
    return bound == BOUND_AT_MOST ? "at most " : bound == BOUND_AT_LEAST ? "at least " : "";
}

static struct paper_claim claim_as_it_is(const struct claim *c)
{
    return (struct paper_claim){standing_words[c->standing], bound_text(c->bound), c->effect, c->low,
                                c->high};
}

/* The claim has the reference of the comparison as its rival, as with pairs = all. */
static struct paper_claim claim_turned_round(const struct claim *c, enum measure measure)
{
    bool factor = measure == MEASURE_TIME;
    enum bound bound = c->bound == BOUND_AT_MOST    ? BOUND_AT_LEAST
                       : c->bound == BOUND_AT_LEAST ? BOUND_AT_MOST
                                                    : BOUND_NONE;
    return (struct paper_claim){.standing = standing_words[c->standing],
                                .bound = bound_text(bound),
                                .effect = factor ? 1 / c->effect : -c->effect,
                                .low = factor ? 1 / c->high : -c->high,
                                .high = factor ? 1 / c->low : -c->low};
}

static void take_claims(struct paper *p, const struct comparison_verdict *v, enum measure measure, int effect)
{
    for (int i = 0; i < p->rows; i++) {
        const struct claim *c = claim_of(v, &p->row[i], v->rules.reference, measure);
        if (c)
            p->row[i].claim[effect] =
                c->reference == v->rules.reference ? claim_as_it_is(c) : claim_turned_round(c, measure);
    }
}

/* Of how many trials the values of each algorithm are the best. */
static void note_tuning(struct paper *p, const struct comparison_verdict *v)
{
    const struct grid *grid = v->results->grid;
    for (int a = 0; v->tuned && a < grid->algorithms; a++) {
        const struct tuned *t = &v->tuned[a];
        bool said = a > 0 && t->trials == t[-1].trials;
        if (t->trials > 0 && !said)
            paper_note(p, text_format("Each algorithm at its best of %d trials.", t->trials));
        if (t->warning)
            paper_note(p, text_format("%s.", t->warning));
    }
}

static void add_claims(struct paper *p, const struct comparison_verdict *v)
{
    const char *reference = results_label(v->results, v->rules.reference);
    p->told = told;
    p->context = v;
    if (v->rules.measure[MEASURE_TIME])
        p->effect[p->effects++] =
            (struct paper_effect){text_format("time / %s's", reference), "time_factor", "%.*g", 3, 1, 1};
    if (v->rules.measure[MEASURE_ACCURACY])
        p->effect[p->effects++] = (struct paper_effect){
            text_format("accuracy less %s's (points)", reference), "accuracy_difference", "%+.*f", 2, 100, 0};
    for (int i = 0; i < p->effects; i++)
        take_claims(p, v, p->effect[i].factor > 1 ? MEASURE_ACCURACY : MEASURE_TIME, i);
    note_tuning(p, v);
    if (v->after)
        paper_note(p, text_format("Test accuracy %s.", v->after));
    paper_note(p, text_format(
                      "Columns with brackets: the comparison's %d claims of a setting, each with its %.4g %% "
                      "interval, paired by seed; they decide where they are about the best.",
                      v->m, 100 * v->level));
}

/* ---- the whole ---- */

struct paper *paper_of_sweep(const char *title, const struct results *r,
                             const struct comparison_verdict *verdict)
{
    const struct grid *grid = r->grid;
    struct remarks remarks = results_remarks(r);
    struct paper *p = paper_begin(title, r->sweep->milestones, results_target(r), results_judged_on(r));
    p->synthetic = remarks.synthetic;
    p->trained = remarks.trained;
    p->seeds = grid->seeds;
    char *first = results_first_folder(r);
    p->step = verdict_accuracy_step(first);
    free(first);
    for (int i = 0; i < grid->rows; i++)
        if (is_shared(grid, i))
            paper_key(p, swept_label(grid, &grid->row[i]));
    for (int setting = 0; setting < grid->settings; setting++)
        for (int a = 0; a < grid->algorithms; a++)
            for (int v = 0; v < results_combinations(r, a); v++) {
                int chosen = r->chosen[setting * grid->algorithms + a];
                const struct outcome *seeds = results_at(r, setting, a, v);
                if ((chosen < 0 || chosen == v) && is_there(r, seeds))
                    add_combination(p, r, seeds);
            }
    note_choice(p, r);
    if (verdict)
        add_claims(p, verdict);
    paper_finish(p);
    return p;
}
