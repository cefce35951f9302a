/* Makes a table from its runs: rows, means, units, and how the cells look. */
#include "sim/paper/paper.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/statistics/family.h"

/* ---- measures ---- */

#define NAME(member) columns_name(&comparison_columns, offsetof(struct comparison_row, member))

static void measure(struct paper *p, char *heading, const char *column, enum better better)
{
    assert(p->measures < PAPER_MEASURES);
    p->measure[p->measures++] = (struct paper_measure){
        .heading = heading, .column = text_copy(column), .unit = "", .factor = 1, .better = better};
}

static void share(struct paper *p, char *heading, const char *column)
{
    measure(p, heading, column, HIGHER);
    p->measure[p->measures - 1].unit = "%";
    p->measure[p->measures - 1].factor = 100;
}

static const char bytes_column[] = "bytes"; /* of both directions; in no file */

struct paper *paper_begin(const char *title, const char *milestones, double target, const char *judged_on)
{
    struct paper *p = need(sizeof *p);
    struct columns all = columns_of_comparison(milestones);
    const struct field *to_target = &all.field[columns_at(&all, offsetof(struct comparison_row, target_ns))];
    p->title = text_copy(title);
    share(p, text_copy("test accuracy"), NAME(test_accuracy));
    for (int c = 0; c < all.n; c++)
        if (all.field[c].when == AT_A_MILESTONE)
            share(p, text_copy(all.field[c].head), all.field[c].name);
    measure(p, columns_heading(to_target, target, judged_on), NAME(target_ns), LOWER);
    p->measure[p->measures - 1].to_target = true;
    measure(p, text_copy("time"), NAME(virtual_ns), LOWER);
    p->measure[p->measures - 1].at_end = true;
    measure(p, text_copy("bytes"), bytes_column, LOWER);
    p->measure[p->measures - 1].at_end = p->measure[p->measures - 1].trained_too = true;
    columns_end(&all);
    return p;
}

/* ---- settings and rows ---- */

static void free_texts(char **texts, int n)
{
    for (int i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
}

void paper_free(struct paper *p)
{
    for (int i = 0; i < p->measures; i++) {
        free(p->measure[i].heading);
        free(p->measure[i].column);
    }
    for (int i = 0; i < p->rows; i++) {
        free(p->row[i].name);
        free(p->row[i].label);
        free(p->row[i].with);
        free(p->row[i].run);
    }
    for (int i = 0; i < p->effects; i++)
        free(p->effect[i].heading);
    for (int i = 0; i < p->settings; i++)
        free_texts(p->setting[i], p->keys);
    free_texts(p->key, p->keys);
    free_texts(p->note, p->notes);
    free(p->setting);
    free(p->row);
    free(p->title);
    free(p);
}

void paper_key(struct paper *p, const char *heading)
{
    assert(p->settings == 0);
    p->key = need_one_more(p->key, (size_t)p->keys, sizeof *p->key);
    p->key[p->keys++] = text_copy(heading);
}

void paper_note(struct paper *p, char *sentence)
{
    p->note = need_one_more(p->note, (size_t)p->notes, sizeof *p->note);
    p->note[p->notes++] = sentence;
}

static bool is_setting(const struct paper *p, int setting, const char *const *values)
{
    bool same = true;
    for (int i = 0; same && i < p->keys; i++)
        same = strcmp(p->setting[setting][i], values[i]) == 0;
    return same;
}

int paper_setting(struct paper *p, const char *const *values)
{
    for (int i = 0; i < p->settings; i++)
        if (is_setting(p, i, values))
            return i;
    char **own = need(((size_t)p->keys + 1) * sizeof *own);
    for (int i = 0; i < p->keys; i++)
        own[i] = text_copy(values[i]);
    p->setting = need_one_more(p->setting, (size_t)p->settings, sizeof *p->setting);
    p->setting[p->settings] = own;
    return p->settings++;
}

struct paper_row *paper_row(struct paper *p, int setting, const char *name, const char *label, char *with)
{
    for (int i = 0; i < p->rows; i++) {
        struct paper_row *row = &p->row[i];
        if (row->setting == setting && strcmp(row->name, name) == 0 && strcmp(row->with, with) == 0) {
            free(with);
            return row;
        }
    }
    p->row = need_one_more(p->row, (size_t)p->rows, sizeof *p->row);
    struct paper_row *row = &p->row[p->rows];
    *row = (struct paper_row){.setting = setting,
                              .order = p->rows++,
                              .name = text_copy(name),
                              .label = text_copy(label),
                              .with = with};
    p->withs |= *with;
    return row;
}

static double take(const struct paper_measure *m, paper_number *number, const void *context)
{
    return strcmp(m->column, bytes_column) == 0
               ? number(context, NAME(bytes_up)) + number(context, NAME(bytes_down))
               : number(context, m->column);
}

void paper_add(struct paper_row *row, const struct paper *p, int seed, paper_number *number,
               const void *context)
{
    for (int i = 0; i < row->runs; i++)
        if (row->run[i].seed == seed)
            return;
    row->run = need_one_more(row->run, (size_t)row->runs, sizeof *row->run);
    struct paper_run *run = &row->run[row->runs++];
    *run = (struct paper_run){.seed = seed, .before_s = NAN, .end_s = NAN, .iterations = NAN, .done = number};
    for (int i = 0; number && i < p->measures; i++)
        run->x[i] = take(&p->measure[i], number, context);
    if (!number)
        return;
    run->end_s = number(context, NAME(virtual_ns));
    run->iterations = number(context, NAME(iterations));
    run->before_s = number(context, NAME(before_target_ns));
}

/* ---- means ---- */

static struct paper_cell cell_of(const struct paper_row *row, int measure)
{
    struct paper_cell cell = {.look = LOOK_UNKNOWN};
    double *x = need((size_t)row->runs * sizeof *x);
    for (int i = 0; i < row->runs; i++) {
        x[i] = row->run[i].done ? row->run[i].x[measure] : NAN;
        cell.n += !isnan(x[i]);
    }
    cell.mean = t_interval(x, row->runs, 1 - FAMILY_ERROR, 0);
    cell.mean.mean = sample_of(x, row->runs).mean;
    free(x);
    return cell;
}

/* ---- units ---- */

static double largest(const struct paper *p, int measure)
{
    double most = 0;
    for (int i = 0; i < p->rows; i++)
        most = fmax(most, fabs(p->row[i].cell[measure].mean.mean)); /* fmax leaves NAN out */
    return most;
}

static double half_of(const struct paper_cell *cell)
{
    return (cell->mean.high - cell->mean.low) / 2;
}

static void choose_unit(struct paper_measure *m, double most)
{
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    if (strcmp(m->column, bytes_column) == 0) {
        for (; most >= 1024 && i + 1 < sizeof bytes / sizeof *bytes; i++) {
            most /= 1024;
            m->factor /= 1024;
        }
        m->unit = bytes[i];
    } else if (!*m->unit) {
        bool small = most < 1, large = most >= 36000;
        m->unit = small ? "ms" : large ? "h" : "s";
        m->factor = small ? 1000 : large ? 1. / 3600 : 1;
    }
}

/* Two digits of the smallest half-width, but at most five of the largest mean; four of this where nothing has a width. */
static int decimals_of(const struct paper *p, int measure)
{
    const struct paper_measure *m = &p->measure[measure];
    double least = INFINITY, most = m->factor * largest(p, measure);
    for (int i = 0; i < p->rows; i++) {
        double half = m->factor * half_of(&p->row[i].cell[measure]);
        if (half > 0)
            least = fmin(least, half);
    }
    int whole = most >= 1 ? 1 + (int)floor(log10(most)) : 1, digits = isinf(least) ? 4 : 5;
    int wanted = isinf(least) ? digits : 1 - (int)floor(log10(least));
    int decimals = wanted < digits - whole ? wanted : digits - whole;
    return decimals < 0 ? 0 : decimals;
}

static void lay_out(struct paper *p, int measure)
{
    struct paper_measure *m = &p->measure[measure];
    choose_unit(m, largest(p, measure));
    m->decimals = decimals_of(p, measure);
    for (int i = 0; i < p->rows; i++) {
        m->shown |= p->row[i].cell[measure].n > 0;
        m->widths |= half_of(&p->row[i].cell[measure]) > 0;
    }
}

/* ---- looks ---- */

/* Rows of a setting: from *first on, those before `end`. */
static int rows_of(const struct paper *p, int setting, int *first)
{
    int end;
    for (*first = 0; *first < p->rows && p->row[*first].setting != setting;)
        ++*first;
    for (end = *first; end < p->rows && p->row[end].setting == setting;)
        end++;
    return end;
}

static bool is_better(const struct paper_measure *m, double x, double than)
{
    return m->better == HIGHER ? x > than : x < than;
}

static bool are_apart(const struct paper *p, const struct paper_row *a, const struct paper_row *b,
                      int measure, int m)
{
    enum told told = p->told ? p->told(p, a, b, measure) : TOLD_NOTHING;
    return told == TOLD_NOTHING ? paper_apart(p, a, b, measure, m) : told == TOLD_APART;
}

/* Runs that diverged have no number that would be compared. */
static bool equal_work(const struct paper *p, int first, int end)
{
    double all = NAN;
    bool equal = true;
    for (int i = first; i < end; i++)
        for (int r = 0; r < p->row[i].runs; r++) {
            const struct paper_run *run = &p->row[i].run[r];
            if (!run->done)
                continue;
            all = isnan(all) ? run->iterations : all;
            equal &= run->iterations == all;
        }
    return equal;
}

static bool is_judged(const struct paper *p, int first, int end, int measure)
{
    const struct paper_measure *m = &p->measure[measure];
    return !m->at_end || ((m->trained_too || !p->trained) && equal_work(p, first, end));
}

static void look(struct paper *p, int first, int end, int measure)
{
    int best = -1, n = end - first, m = n * (n - 1) / 2;
    bool differ = false;
    for (int i = first; i < end; i++) {
        double mean = p->row[i].cell[measure].mean.mean;
        if (isnan(mean))
            continue;
        differ |= best >= 0 && mean != p->row[best].cell[measure].mean.mean;
        if (best < 0 || is_better(&p->measure[measure], mean, p->row[best].cell[measure].mean.mean))
            best = i;
    }
    if (!differ || p->seeds < 2 || !is_judged(p, first, end, measure))
        return;
    for (int i = first; i < end; i++) {
        struct paper_cell *cell = &p->row[i].cell[measure];
        if (cell->mean.mean == p->row[best].cell[measure].mean.mean)
            cell->look = LOOK_BEST;
        else if (!isnan(cell->mean.mean))
            cell->look =
                are_apart(p, &p->row[best], &p->row[i], measure, m) ? LOOK_PLAIN : LOOK_NOT_TOLD_APART;
    }
}

static int by_setting(const void *a, const void *b)
{
    const struct paper_row *x = a, *y = b;
    return x->setting != y->setting ? x->setting - y->setting : x->order - y->order;
}

/* ---- the whole ---- */

static void note_all(struct paper *p)
{
    if (p->seeds > 1) {
        paper_note(p,
                   text_format("Mean over %d seeds ± half of its 95 %% interval (Student's t).", p->seeds));
        paper_note(
            p, text_copy("Bold: the best mean. Underlined: not told apart from the best, which is not the "
                         "same as equal; paired by seed, Bonferroni over all pairs of a setting."));
        paper_note(p,
                   text_copy(p->trained
                                 ? "No best time of whole runs, which end by a bound and not at an aim; best "
                                   "bytes of whole runs only at equal iterations."
                                 : "Best time and bytes of whole runs only at equal iterations."));
    } else
        paper_note(p, text_copy("One seed: no interval, and nothing tells whether differences are chance."));
    if (!p->trained)
        paper_note(p, text_copy("Nothing was trained (experiment.train = no): times and bytes only."));
    else if (p->synthetic)
        paper_note(p, text_copy("SYNTHETIC DATA: these accuracies say nothing about a real data set."));
}

void paper_finish(struct paper *p)
{
    qsort(p->row, (size_t)p->rows, sizeof *p->row, by_setting);
    for (int m = 0; m < p->measures; m++) {
        for (int i = 0; i < p->rows; i++)
            p->row[i].cell[m] = cell_of(&p->row[i], m);
        lay_out(p, m);
        for (int setting = 0, first; setting < p->settings; setting++) {
            int end = rows_of(p, setting, &first);
            look(p, first, end, m);
        }
    }
    note_all(p);
}
