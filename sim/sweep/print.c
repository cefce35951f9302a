/* The table of a sweep on the terminal: mean and standard deviation over the seeds, each algorithm with its
 * best values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/table.h"
#include "sim/schema/judged.h"
#include "sim/sweep/halving.h"
#include "sim/sweep/results.h"

#define NS 1e9 /* in a second */

/* ---- cells ---- */

/* "bandwidth=1Gbit/s, latency=1ms": the values of the algorithm's own rows; -1: of the shared rows, the seed
 * left out. */
static void cell_of_keys(struct table_line *line, const struct grid *grid, const struct point *p,
                         int algorithm)
{
    char text[TABLE_CELL] = "";
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        if (s->algorithm != algorithm || i == grid->seed_row)
            continue;
        size_t used = strlen(text);
        const char *name = algorithm < 0 ? swept_label(grid, s) : strrchr(s->key, '.') + 1;
        snprintf(text + used, sizeof text - used, "%s%s=%s", used ? ", " : "", name, s->value[p->value[i]]);
    }
    table_text(line, *text ? text : NULL);
}

static void cell_of_spread(struct table_line *line, struct spread s, double factor, const char *unit)
{
    char text[TABLE_CELL];
    if (!(s.std > 0))
        snprintf(text, sizeof text, "%.4g%s", factor * s.mean, unit);
    else
        snprintf(text, sizeof text, "%.4g ± %.2g%s", factor * s.mean, factor * s.std, unit);
    table_text(line, isnan(s.mean) ? NULL : text);
}

/* A mean of virtual times is itself a virtual time, so it fits into an integer. A deviation that rounds to
 * nothing is none: "11.1 s ± 0 ns" says nothing. */
static void cell_of_time(struct table_line *line, struct spread s)
{
    char mean[32], std[32], text[TABLE_CELL];
    if (isnan(s.mean)) {
        table_text(line, NULL);
        return;
    }
    text_duration(mean, sizeof mean, (int64_t)(s.mean * NS));
    if (!(s.std * NS >= 0.5))
        snprintf(text, sizeof text, "%s", mean);
    else
        snprintf(text, sizeof text, "%s ± %s", mean, text_duration(std, sizeof std, llround(s.std * NS)));
    table_text(line, text);
}

/* Where the runs have different targets, each cell names its own: "1.20 s to 50 %". */
static void add_target(struct table_line *line, double target, const char *judged_on)
{
    char *cell = line->cell[line->cells - 1], *words = judged_target(target, judged_on);
    size_t used = strlen(cell);
    if (!isnan(target))
        snprintf(cell + used, TABLE_CELL - used, " to %s", words);
    free(words);
}

static void cell_of_part(struct table_line *line, int part, int whole)
{
    char text[TABLE_CELL];
    snprintf(text, sizeof text, "%d of %d", part, whole);
    table_text(line, text);
}

/* A mean over the seeds that reached the target would favour an algorithm that often misses it: show the
 * number instead. */
static void cell_of_target(struct table_line *line, const struct results *r, const struct outcome *seeds)
{
    int reached = results_reached(r, seeds, r->at.target_time);
    if (reached > 0 && reached < r->grid->seeds)
        cell_of_part(line, reached, r->grid->seeds);
    else
        cell_of_time(line, results_spread(r, seeds, r->at.target_time));
    if (isnan(results_target(r)) && results_any_target(r))
        add_target(line, seeds[0].value[r->at.target], seeds[0].done ? seeds[0].cell[r->at.judged_on] : NULL);
}

/* The accuracies at the milestones; the same as for the target where only some seeds have come so far. */
static void cells_of_milestones(struct table_line *line, const struct results *r, const struct outcome *seeds)
{
    for (int c = 0; c < r->columns; c++) {
        int reached = results_reached(r, seeds, c);
        if (r->all.field[c].when != AT_A_MILESTONE)
            continue;
        if (reached > 0 && reached < r->grid->seeds)
            cell_of_part(line, reached, r->grid->seeds);
        else
            cell_of_spread(line, results_spread(r, seeds, c), 100, " %");
    }
}

/* ---- lines ---- */

/* The grid has shared rows beside the seed, or rows of algorithms: without them a column is left out. */
static bool has_rows(const struct grid *grid, bool own)
{
    for (int i = 0; i < grid->rows; i++)
        if (i != grid->seed_row && (grid->row[i].algorithm >= 0) == own)
            return true;
    return false;
}

static void head(struct table_line *line, const struct results *r)
{
    static const char *const before[] = {"loss", "time"};
    static const char *const after[] = {"speed-up", "up", "down", "idle", "seeds"};
    if (has_rows(r->grid, false))
        table_text(line, "at");
    table_text(line, "algorithm");
    if (results_remarks(r).exchanges)
        table_text(line, "exchange");
    if (results_remarks(r).overlaps)
        table_text(line, "overlap");
    if (has_rows(r->grid, true))
        table_text(line, "with");
    table_text(line, "accuracy");
    if (results_remarks(r).validated)
        table_text(line, "validation");
    table_texts(line, before, sizeof before / sizeof *before);
    for (int c = 0; c < r->columns; c++)
        if (r->all.field[c].when == AT_A_MILESTONE || (c == r->at.target_time && results_any_target(r))) {
            char *heading = columns_heading(&r->all.field[c], results_target(r), results_judged_on(r));
            table_text(line, heading);
            free(heading);
        }
    table_texts(line, after, sizeof after / sizeof *after);
}

static void fill(struct table_line *line, const struct results *r, const struct outcome *seeds)
{
    const struct outcome *o = &seeds[0];
    struct spread up = results_spread(r, seeds, r->at.up);
    if (has_rows(r->grid, false))
        cell_of_keys(line, r->grid, o->point, -1);
    table_text(line, r->grid->algorithm[o->algorithm]);
    if (results_remarks(r).exchanges)
        table_text(line, o->cell[r->at.exchange]);
    if (results_remarks(r).overlaps)
        table_text(line, o->cell[r->at.overlap]);
    if (has_rows(r->grid, true))
        cell_of_keys(line, r->grid, o->point, o->algorithm);
    cell_of_spread(line, results_spread(r, seeds, r->at.accuracy), 100, " %");
    if (results_remarks(r).validated)
        cell_of_spread(line, results_spread(r, seeds, r->at.validation_accuracy), 100, " %");
    cell_of_spread(line, results_spread(r, seeds, r->at.loss), 1, "");
    cell_of_time(line, results_spread(r, seeds, r->at.time));
    if (results_any_target(r))
        cell_of_target(line, r, seeds);
    cells_of_milestones(line, r, seeds);
    cell_of_spread(line, results_spread(r, seeds, r->at.speedup), 1, "x");
    table_bytes(line, up.mean);
    table_bytes(line, results_spread(r, seeds, r->at.down).mean);
    cell_of_spread(line, results_spread(r, seeds, r->at.idle), 100, " %");
    if (up.n < r->grid->seeds)
        cell_of_part(line, up.n, r->grid->seeds);
    else
        table_int(line, up.n);
}

/* One line for each setting and algorithm: of the chosen combination, or of all combinations if there is no
 * choice. */
static int fill_all(struct table_line *lines, const struct results *r)
{
    int n = 0;
    head(&lines[n++], r);
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < r->grid->algorithms; a++)
            for (int v = 0; v < results_combinations(r, a); v++) {
                int chosen = r->chosen[setting * r->grid->algorithms + a];
                const struct outcome *seeds = results_at(r, setting, a, v);
                if ((chosen < 0 || chosen == v) && !results_left(r, seeds))
                    fill(&lines[n++], r, seeds);
            }
    return n;
}

/* ---- remarks below the table ---- */

static void print_rule(const struct results *r, int algorithm)
{
    const char *before = "of";
    if (r->grid->combinations[algorithm] == 0)
        return;
    printf("%s: ", r->grid->algorithm[algorithm]);
    for (int i = 0; i < r->grid->rows; i++) {
        const struct swept *s = &r->grid->row[i];
        if (s->algorithm != algorithm)
            continue;
        char *values = swept_values(s);
        printf("%s %s = %s", before, strrchr(s->key, '.') + 1, values);
        free(values);
        before = " and";
    }
    int unfit = results_unfit(r, algorithm);
    if (r->sweep->tune == TUNE_NONE)
        puts(", all are shown (sweep.tune = none)");
    else if (r->chosen[algorithm] == NO_CHOICE)
        puts(", all are shown: there is no result to choose by");
    else if (unfit == r->grid->settings)
        printf(", all are shown: none %s\n", unfit_words(r->sweep->tune));
    else
        printf(", the value with the %s, at each point\n", tune_words(r));
    if (unfit > 0) /* without this line the first listed value would look like a chosen one */
        printf("*** NO BEST VALUE of %s%s: none %s ***\n", r->grid->algorithm[algorithm],
               unfit < r->grid->settings ? " at some points, where all are shown" : "",
               unfit_words(r->sweep->tune));
}

static void print_halving(const struct results *r, int algorithm)
{
    int trials = r->grid->combinations[algorithm], eta = r->sweep->halving;
    if (halving_rungs(trials, eta) == 1)
        return;
    char *words = halving_words(trials, eta);
    printf("%s, halving by %d: %s (rungs.csv)\n", r->grid->algorithm[algorithm], eta, words);
    free(words);
}

/* Why there is no accuracy at a milestone. */
static void print_ends(const struct results *r)
{
    for (int c = 0; c < r->columns; c++) {
        int ended = 0;
        for (int i = 0; i < r->grid->points; i++)
            for (int a = 0; a < r->grid->algorithms; a++) {
                const struct outcome *o = results_of(r, &r->grid->point[i], a);
                ended += o && o->done && o->value[r->at.trained] != 0 && isnan(o->value[c]);
            }
        if (r->all.field[c].when == AT_A_MILESTONE && ended > 0)
            printf("%s: %d run%s ended before\n", r->all.field[c].head, ended, ended > 1 ? "s" : "");
    }
}

static void print_edges(const struct results *r)
{
    for (int i = 0; i < r->grid->rows; i++)
        for (int largest = 0; largest < 2; largest++) {
            char *words = edge_words(r, i, largest);
            if (words)
                printf("*** BEST AT THE EDGE OF THE LIST: %s ***\n", words);
            free(words);
        }
}

static void print_better(const struct results *r)
{
    for (int a = 0; a < r->grid->algorithms; a++)
        for (int c = 0; c < r->columns; c++) {
            char *words = better_words(r, a, c);
            if (words)
                printf("%s\n", words);
            free(words);
        }
}

static void print_remarks(const struct results *r)
{
    struct remarks all = results_remarks(r);
    if (all.diverged > 0)
        printf("*** %d DIVERGED: they are in no mean, and their values are not chosen ***\n", all.diverged);
    if (all.retimed > 0)
        printf(
            "%d of %d trainings saved: the numbers of another point, and times of their own (sweep.retime)\n",
            all.retimed, all.over);
    if (all.endless > 0)
        printf("*** %d CAME TO NO END (exit status 6): they are in no mean, and their values are not chosen "
               "***\n",
               all.endless);
    if (all.untrue)
        puts("*** CODES TRAVEL AS IF THEY ADDED UP where the exchange says if_additive: no cluster can do "
             "this ***");
    if (results_chose_by_test(r))
        puts("*** CHOSEN BY TEST DATA: the test accuracies of the chosen values are too good "
             "(data.validation) ***");
    if (r->sweep->real)
        puts("*** REAL CLOCK OR MEASURED COMPUTE TIME: another run gives other figures ***");
    if (!all.trained)
        puts("*** NOTHING WAS TRAINED (experiment.train = no): times and bytes only ***");
    else if (all.synthetic)
        puts("*** SYNTHETIC DATA: these accuracies say nothing about a real data set ***");
}

void results_print(const struct results *r)
{
    const struct grid *grid = r->grid;
    size_t most = (size_t)grid->settings * (size_t)grid->algorithms * (size_t)r->most_combinations + 1;
    struct table_line *lines = need(most * sizeof *lines);
    static const char *const left[] = {"idle", "loss", "seeds", "time", NULL};
    const struct table_fit fit = {.keys = 1 + has_rows(grid, false) + has_rows(grid, true),
                                  .leave_out = left,
                                  .where = "sweep_summary.csv"};
    printf("%d points; %s; speed-up over %s at the same point and seed\n", grid->points,
           grid->seeds > 1 ? "mean ± standard deviation over the seeds, where they differ" : "one seed",
           grid->algorithm[0]);
    table_print(lines, fill_all(lines, r), &fit);
    wins_print(r);
    for (int a = 0; a < grid->algorithms; a++) {
        print_rule(r, a);
        print_halving(r, a);
    }
    print_ends(r);
    print_better(r);
    print_edges(r);
    print_remarks(r);
    free(lines);
}
