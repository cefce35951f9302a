/* Reads the results of a sweep: the comparison.csv of each point that is over, row by row into one array of
 * outcomes.
 *
 *   point 1: comparison.csv --\
 *   point 2: comparison.csv ---> outcome[setting][algorithm][combination][seed] --> choose.c --> tables
 *   ...
 */
#define _GNU_SOURCE /* getline, strsep */
#include "sim/sweep/results.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/schema/judged.h"
#include "sim/sweep/folder.h"

/* ---- the columns ---- */

int results_column(const struct results *r, const char *name)
{
    int c = 0;
    while (c < r->columns && strcmp(r->column[c], name) != 0)
        c++;
    assert(c < r->columns);
    return c;
}

/* Cuts a line at its commas and keeps the first `most` parts; no cell of comparison.csv is in quotes. Returns
 * the number of all parts. */
static int cut(char *line, char **part, int most)
{
    int n = 0;
    for (char *rest = line, *next; (next = strsep(&rest, ",")); n++)
        if (n < most)
            part[n] = next;
    return n;
}

#define AT(member) columns_at(&comparison_columns, offsetof(struct comparison_row, member))

static void take_columns(struct results *r)
{
    r->all = columns_of_comparison(r->sweep->milestones);
    r->columns = r->all.n;
    r->column = need((size_t)r->columns * sizeof *r->column);
    for (int c = 0; c < r->columns; c++)
        r->column[c] = r->all.field[c].name;
    r->header = columns_header(&r->all);
    r->at.accuracy = AT(test_accuracy);
    r->at.loss = AT(test_loss);
    r->at.time = AT(virtual_ns);
    r->at.target = AT(target_accuracy);
    r->at.target_time = AT(target_ns);
    r->at.speedup = AT(speedup);
    r->at.up = AT(bytes_up);
    r->at.down = AT(bytes_down);
    r->at.idle = AT(idle_share);
    r->at.trained = AT(trained);
    r->at.synthetic = AT(synthetic);
    r->at.label = AT(label);
    r->at.exchange = AT(exchange);
    r->at.overlap = AT(overlap);
    r->at.validation_accuracy = AT(validation_accuracy);
    r->at.validation_loss = AT(validation_loss);
    r->at.judged_on = AT(judged_on);
    r->at.milestone = -1;
    for (int c = r->columns - 1; c >= 0; c--)
        if (r->all.field[c].when == AT_A_MILESTONE) {
            r->at.milestone = c;
            r->milestones++;
        }
}

/* ---- outcomes ---- */

int results_combinations(const struct results *r, int algorithm)
{
    int n = r->grid->combinations[algorithm];
    return n > 0 ? n : 1;
}

struct outcome *results_at(const struct results *r, int setting, int algorithm, int combination)
{
    int row = (setting * r->grid->algorithms + algorithm) * r->most_combinations + combination;
    return &r->outcome[(size_t)row * (size_t)r->grid->seeds];
}

struct outcome *results_of(const struct results *r, const struct point *p, int algorithm)
{
    if (!grid_plays(r->grid, p, algorithm))
        return NULL;
    return &results_at(r, p->setting, algorithm, p->alone >= 0 ? p->combination : 0)[p->seed];
}

const struct outcome *results_any(const struct results *r, int setting, int algorithm, int combination)
{
    const struct outcome *o = results_at(r, setting, algorithm, combination);
    for (int seed = 0; seed < r->grid->seeds; seed++)
        if (o[seed].done)
            return &o[seed];
    return NULL;
}

static double number(const char *cell)
{
    char *end;
    double x = strtod(cell, &end);
    return end == cell || *end ? NAN : x;
}

bool results_is_text(const struct results *r, int column)
{
    return r->all.field[column].kind == FIELD_TEXT;
}

/* Cells as text and as numbers. An outcome without a row has NaN, or "" for a text, in every cell but the
 * algorithm's name. */
static void fill(const struct results *r, struct outcome *o)
{
    o->cell = need((size_t)r->columns * sizeof *o->cell);
    o->value = need((size_t)r->columns * sizeof *o->value);
    if (o->done) {
        cut(o->line, o->cell, r->columns);
    } else {
        for (int c = 0; c < r->columns; c++)
            o->cell[c] = results_is_text(r, c) ? "" : "NaN";
        o->cell[0] = r->grid->algorithm[o->algorithm];
    }
    for (int c = 0; c < r->columns; c++)
        o->value[c] = number(o->cell[c]);
}

/* ---- the file of a point ---- */

struct reader {
    struct results *results;
    const struct point *point;
    char *path;
    int line, fields; /* fields of the header */
    int *place; /* (columns) of each column in a line; -1: an older program wrote the file, without it */
};

static _Noreturn void damaged(const struct reader *f, const char *expected)
{
    die(EXIT_DATA, "%s:%d: expected %s; remove the folder of the point, and simulate --resume runs it again",
        f->path, f->line, expected);
}

/* The algorithm that the row names. It must be one that runs at this point. */
static int algorithm_of(const struct reader *f, const char *line)
{
    const struct grid *grid = f->results->grid;
    size_t length = strcspn(line, ",");
    for (int i = 0; i < grid->algorithms; i++)
        if (grid_plays(grid, f->point, i) && strlen(grid->algorithm[i]) == length &&
            strncmp(grid->algorithm[i], line, length) == 0)
            return i;
    damaged(f, "the row of an algorithm of this point");
}

/* false: a column is missing that every program writes, or there are columns that this one does not know. */
static bool take_header(struct reader *f, const char *line)
{
    const struct results *r = f->results;
    char *copy = text_copy(line);
    f->fields = cut(copy, NULL, 0);
    strcpy(copy, line);
    char **name = need((size_t)f->fields * sizeof *name);
    cut(copy, name, f->fields);
    int at = 0; /* columns come in one order */
    bool good = true;
    for (int c = 0; c < r->columns; c++) {
        bool there = at < f->fields && strcmp(name[at], r->column[c]) == 0;
        f->place[c] = there ? at++ : -1;
        good &= there || r->all.field[c].later;
    }
    good &= at == f->fields;
    free(name);
    free(copy);
    return good;
}

/* The cells of a line in the order of the columns of this program. The caller frees. */
static char *in_our_columns(const struct reader *f, const char *line)
{
    const struct results *r = f->results;
    char *copy = text_copy(line), *ours = NULL;
    char **cell = need((size_t)f->fields * sizeof *cell);
    size_t length;
    FILE *out = text_begin(&ours, &length);
    cut(copy, cell, f->fields);
    for (int c = 0; c < r->columns; c++)
        fprintf(out, "%s%s", c > 0 ? "," : "",
                f->place[c] >= 0        ? cell[f->place[c]]
                : results_is_text(r, c) ? ""
                                        : "NaN");
    text_end(out, &ours);
    free(cell);
    free(copy);
    return ours;
}

static void take_row(const struct reader *f, const char *line)
{
    char *copy = text_copy(line);
    int fields = cut(copy, NULL, 0);
    free(copy);
    if (fields != f->fields)
        damaged(f, "as many cells as columns");
    struct outcome *o = results_of(f->results, f->point, algorithm_of(f, line));
    if (o->done)
        damaged(f, "one row of each algorithm");
    o->done = true;
    o->line = in_our_columns(f, line);
}

static void read_rows(struct reader *f)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    FILE *file = fopen(f->path, "re");
    if (!file && errno != ENOENT)
        die_errno(EXIT_RESOURCE, "reading %s", f->path);
    while (file && (length = getline(&line, &room, file)) > 0) {
        f->line++;
        if (line[length - 1] != '\n')
            damaged(f, "a whole line");
        line[length - 1] = '\0';
        if (f->line > 1)
            take_row(f, line);
        else if (!take_header(f, line))
            damaged(f, "the columns that this version writes");
    }
    if (file)
        fclose(file);
    free(line);
}

/* A point that is over need not have a row of every algorithm: a diverged or endless algorithm has none. */
void results_take(struct results *r, const struct point *p)
{
    char *folder = text_format("%s/%s", r->sweep->folder, p->name);
    struct reader f = {.results = r,
                       .point = p,
                       .path = text_format("%s/%s", folder, comparison_columns.file),
                       .place = need((size_t)r->columns * sizeof(int))};
    enum point_state state = r->state[p->index - 1] = point_state(folder);
    bool over = point_is_over(state);
    r->retimed[p->index - 1] = over ? point_retimed(folder) : 0;
    if (over)
        read_rows(&f);
    for (int i = 0; i < r->grid->algorithms; i++) {
        struct outcome *o = results_of(r, p, i);
        if (!o)
            continue;
        o->point = p;
        o->algorithm = i;
        o->over = over;
        o->endless = state == POINT_ENDLESS && !o->done;
        o->left = state == POINT_LEFT;
        if (!o->done && state == POINT_DONE)
            damaged(&f, "a row of every algorithm of this point");
        if (over)
            fill(r, o);
    }
    free(f.place);
    free(f.path);
    free(folder);
}

struct results *results_read(const struct sweep *s)
{
    const struct grid *grid = &s->grid;
    struct results *r = need(sizeof *r);
    r->sweep = s;
    r->grid = grid;
    r->most_combinations = 1;
    for (int i = 0; i < grid->algorithms; i++)
        if (grid->combinations[i] > r->most_combinations)
            r->most_combinations = grid->combinations[i];
    size_t pairs = (size_t)grid->settings * (size_t)grid->algorithms;
    r->outcome = need(pairs * (size_t)r->most_combinations * (size_t)grid->seeds * sizeof *r->outcome);
    r->chosen = need(pairs * sizeof *r->chosen);
    r->state = need((size_t)grid->points * sizeof *r->state);
    r->retimed = need((size_t)grid->points * sizeof *r->retimed);
    take_columns(r);
    for (int i = 0; i < grid->points; i++)
        results_take(r, &grid->point[i]);
    return r;
}

void results_free(struct results *r)
{
    size_t n = (size_t)r->grid->settings * (size_t)r->grid->algorithms * (size_t)r->most_combinations *
               (size_t)r->grid->seeds;
    for (size_t i = 0; i < n; i++) {
        free(r->outcome[i].line);
        free(r->outcome[i].cell);
        free(r->outcome[i].value);
    }
    columns_end(&r->all);
    free(r->header);
    free(r->column);
    free(r->outcome);
    free(r->chosen);
    free(r->state);
    free(r->retimed);
    free(r);
}

/* ---- all of them ---- */

bool outcome_diverged(const struct outcome *o)
{
    return o->over && !o->done && !o->endless && !o->left;
}

static bool has_other_word(const struct results *r, const struct outcome *o, int column)
{
    return o->done && *o->cell[column] && strcmp(o->cell[column], r->all.field[column].usual) != 0;
}

struct remarks results_remarks(const struct results *r)
{
    struct remarks all = {0};
    for (int i = 0; i < r->grid->points; i++)
        all.retimed += r->retimed[i];
    for (int i = 0; i < r->grid->points; i++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, &r->grid->point[i], a);
            if (!o || !o->over)
                continue;
            all.over++;
            all.diverged += outcome_diverged(o);
            all.endless += o->endless;
            all.left += o->left;
            all.synthetic |= o->done && o->value[r->at.synthetic] != 0;
            all.trained |= !o->done || o->value[r->at.trained] != 0;
            all.validated |= o->done && !isnan(o->value[r->at.validation_accuracy]);
            all.untrue |= o->done && exchange_is_untrue(o->cell[r->at.exchange]);
            all.exchanges |= has_other_word(r, o, r->at.exchange);
            all.overlaps |= has_other_word(r, o, r->at.overlap);
        }
    return all;
}

bool results_any_target(const struct results *r)
{
    for (int i = 0; i < r->grid->points; i++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, &r->grid->point[i], a);
            if (o && o->done && !isnan(o->value[r->at.target]))
                return true;
        }
    return false;
}

double results_target(const struct results *r)
{
    double target = NAN;
    for (int i = 0; i < r->grid->points; i++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, &r->grid->point[i], a);
            if (!o || !o->done)
                continue;
            double its = o->value[r->at.target];
            if (isnan(its) || (!isnan(target) && its != target))
                return NAN;
            target = its;
        }
    return target;
}

const char *results_judged_on(const struct results *r)
{
    const char *word = NULL;
    for (int i = 0; i < r->grid->points; i++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, &r->grid->point[i], a);
            if (!o || !o->done)
                continue;
            const char *its = o->cell[r->at.judged_on];
            if (word && judged_on_validation(its) != judged_on_validation(word))
                return "";
            word = its;
        }
    return word ? word : "";
}

bool results_over(const struct results *r, const struct point *p)
{
    for (int a = 0; a < r->grid->algorithms; a++) {
        const struct outcome *o = results_of(r, p, a);
        if (o && o->over)
            return true;
    }
    return false;
}

const char *results_label(const struct results *r, int algorithm)
{
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int v = 0; v < results_combinations(r, algorithm); v++) {
            const struct outcome *any = results_any(r, setting, algorithm, v);
            if (any)
                return any->cell[r->at.label];
        }
    return r->grid->algorithm[algorithm];
}

char *results_first_folder(const struct results *r)
{
    for (int i = 0; i < r->grid->points; i++)
        if (results_over(r, &r->grid->point[i]))
            return text_format("%s/%s", r->sweep->folder, r->grid->point[i].name);
    return text_copy("");
}
