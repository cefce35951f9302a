/* The parts of a sweep's page that the page of runs does not have. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/table.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/results.h"

enum { OPEN_ROWS = 12 }; /* a longer list is folded */

/* ---- the head ---- */

/* The value of a key; all its values if the key is swept. */
static const char *values_of(const struct page *p, const char *key)
{
    char *swept = text_format("sweep.%s", key);
    const char *values = run_value(&p->runs->run[0], swept);
    free(swept);
    return *values ? values : run_value(&p->runs->run[0], key);
}

bool sweep_measures(const struct page *p)
{
    return strstr(values_of(p, "experiment.clock"), "real") ||
           strstr(values_of(p, "compute.model"), "measured");
}

static char *folder_of(const struct page *p, const struct point *point)
{
    return text_format("%s/%s", p->sweep->sweep->folder, point->name);
}

static int count_missing(const struct page *p)
{
    int n = 0;
    for (int i = 0; i < p->sweep->grid->points; i++)
        n += !results_over(p->sweep, &p->sweep->grid->point[i]);
    return n;
}

/* Names algorithms without a best value; the table shows all their values. */
static void warn_of_unfit(FILE *out, const struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    for (int a = 0; a < grid->algorithms; a++) {
        int unfit = results_unfit(p->sweep, a);
        char *where = unfit < grid->settings ? text_format(" at %d of %d points", unfit, grid->settings)
                                             : text_copy("");
        char *what =
            text_format("%s%s: none %s", grid->algorithm[a], where, unfit_words(p->sweep->sweep->tune));
        if (unfit > 0)
            page_warning(out, "No best value of ", what);
        free(what);
        free(where);
    }
}

static void warn_of_edges(FILE *out, const struct page *p)
{
    for (int i = 0; i < p->sweep->grid->rows; i++)
        for (int largest = 0; largest < 2; largest++) {
            char *words = edge_words(p->sweep, i, largest);
            if (words)
                page_warning(out, "Best at the edge of the list: ", words);
            free(words);
        }
}

static void tell_of_better(FILE *out, const struct page *p)
{
    for (int a = 0; a < p->sweep->grid->algorithms; a++)
        for (int c = 0; c < p->sweep->columns; c++) {
            char *words = better_words(p->sweep, a, c);
            if (words)
                page_warning(out, "Chosen by another rule; ", words);
            free(words);
        }
}

/* Names what the points were made with, if that differs: jobs of a sweep may run on several machines. */
static void write_making(FILE *out, const struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    struct report_runs made;
    char **folders = need((size_t)grid->points * sizeof *folders);
    int n = 0;
    for (int i = 0; i < grid->points; i++)
        if (results_over(p->sweep, &grid->point[i]))
            folders[n++] = folder_of(p, &grid->point[i]);
    runs_read_making(&made, folders, n);
    making_differences(out, &made);
    runs_free(&made);
    for (int i = 0; i < n; i++)
        free(folders[i]);
    free(folders);
}

void sweep_head(FILE *out, const struct page *p)
{
    char number[32];
    int points = p->sweep->grid->points, missing = count_missing(p);
    struct remarks all = results_remarks(p->sweep);
    bool data = config_reads_data(values_of(p, "model.name"));
    char *what = p->verdict ? text_format("A comparison of %d algorithms: ", p->sweep->grid->algorithms)
                            : text_format("A sweep of %d points: ", points);
    html_print(out, "<p>%s%s%s%s, %s workers, seed%s %s.</p>\n", what, values_of(p, "model.name"),
               data ? " on " : "", data ? values_of(p, "data.set") : "", values_of(p, "cluster.workers"),
               p->sweep->grid->seeds > 1 ? "s" : "", values_of(p, "experiment.seed"));
    free(what);
    if (missing > 0) {
        snprintf(number, sizeof number, "%d of %d", missing, points);
        page_warning(out, "Incomplete. Points that are missing: ", number);
    }
    if (all.diverged > 0) {
        snprintf(number, sizeof number, "%d", all.diverged);
        page_warning(out, "Diverged, and therefore in no mean: ", number);
    }
    if (all.endless > 0) {
        snprintf(number, sizeof number, "%d", all.endless);
        page_warning(out, "Came to no end, and therefore in no mean: ", number);
    }
    if (all.untrue)
        page_warning(
            out,
            "No cluster can do this: codes that do not add up travel as if they did, where the exchange is ",
            "if_additive");
    if (all.retimed > 0)
        html_print(
            out,
            "<p>%d of %d runs did not train: they have the numbers of another point, which are the same, "
            "and times of their own (<code>sweep.retime</code>).</p>\n",
            all.retimed, all.over);
    if (results_chose_by_test(p->sweep))
        page_warning(out, "Chosen by test data, for want of validation data (data.validation): ",
                     "the test accuracies of the chosen values are too good");
    warn_of_unfit(out, p);
    warn_of_edges(out, p);
    tell_of_better(out, p);
    write_making(out, p);
}

/* ---- the table ---- */

struct cell { /* a row of the summary: an algorithm at one setting, with one combination of its own values */
    int setting, algorithm, combination;
};

/* If only some seeds reached the target, or a milestone, a mean over them would be too good: the table shows
 * their number. */
static struct sample sample_of_cell(const void *context, const struct table_row *row, const char *column)
{
    const struct results *r = context;
    const struct cell *cell = row->of;
    const struct outcome *seeds = results_at(r, cell->setting, cell->algorithm, cell->combination);
    int c = results_column(r, column);
    struct spread s = results_spread(r, seeds, c);
    return (struct sample){isnan(s.mean) ? results_reached(r, seeds, c) : s.n, s.mean, s.std};
}

static const char *word_of_cell(const void *context, const struct table_row *row, const char *column)
{
    const struct results *r = context;
    const struct cell *cell = row->of;
    const struct outcome *any = results_any(r, cell->setting, cell->algorithm, cell->combination);
    return any ? any->cell[results_column(r, column)] : "";
}

static char *label_of(const struct results *r, const struct cell *cell, bool marked)
{
    const struct grid *grid = r->grid;
    const struct point *point = results_at(r, cell->setting, cell->algorithm, cell->combination)[0].point;
    char *label = text_copy(grid->algorithm[cell->algorithm]);
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        int value = grid_value(grid, point, i, cell->algorithm);
        if (i == grid->seed_row || value < 0)
            continue;
        char *longer =
            text_format("%s, %s=%s", label,
                        s->algorithm < 0 ? swept_label(grid, s) : strrchr(s->key, '.') + 1, s->value[value]);
        free(label);
        label = longer;
    }
    if (!marked || !results_is_best(r, cell->setting, cell->algorithm, cell->combination))
        return label;
    char *chosen = text_format("%s, chosen", label);
    free(label);
    return chosen;
}

/* The summary with the chosen values of each algorithm; with `all`, with all values of the algorithms that
 * have own ones. */
static void write_table(struct page *p, bool all)
{
    const struct results *r = p->sweep;
    const struct grid *grid = r->grid;
    size_t most = (size_t)grid->settings * (size_t)grid->algorithms * (size_t)r->most_combinations;
    struct cell *cells = need(most * sizeof *cells);
    struct table_row *rows = need(most * sizeof *rows);
    int n = 0;
    for (int setting = 0; setting < grid->settings; setting++)
        for (int a = 0; a < grid->algorithms; a++)
            for (int v = 0; v < results_combinations(r, a); v++) {
                bool tried = grid->combinations[a] > 0, chosen = results_is_best(r, setting, a, v);
                bool open = r->chosen[setting * grid->algorithms + a] < 0;
                if ((all ? !tried : !chosen && !open) || results_left(r, results_at(r, setting, a, v)))
                    continue;
                cells[n] = (struct cell){setting, a, v};
                int ended = results_spread(r, results_at(r, setting, a, v), r->at.time).n;
                rows[n] = (struct table_row){label_of(r, &cells[n], all), ended, grid->seeds, &cells[n]};
                n++;
            }
    table_write(p->body, &(struct table){.columns = &r->all,
                                         .rows = n,
                                         .row = rows,
                                         .aims = *values_of(p, "experiment.target_accuracy"),
                                         .target = results_target(r),
                                         .baseline = grid->algorithms > 1 ? grid->algorithm[0] : NULL,
                                         .context = r,
                                         .sample = sample_of_cell,
                                         .word = word_of_cell});
    for (int i = 0; i < n; i++)
        free((char *)rows[i].label);
    free(rows);
    free(cells);
}

static bool any_tried(const struct grid *grid)
{
    for (int a = 0; a < grid->algorithms; a++)
        if (grid->combinations[a] > 0)
            return true;
    return false;
}

static void table_section(struct page *p)
{
    const struct results *r = p->sweep;
    const char *before = sweep_measures(p) ? "real" : "virtual";
    page_section(p, "comparison", "Comparison");
    bool folded = r->grid->counts > 0 && r->grid->settings > OPEN_ROWS;
    if (folded)
        html_print(p->body, "<details class=\"card\">\n<summary>Each of the %d points</summary>\n",
                   r->grid->settings);
    write_table(p, false);
    if (folded)
        fputs("</details>\n", p->body);
    fprintf(p->body, "<p class=\"note\">Time is %s.", before);
    budget_write(p->body, p->runs);
    html_print(p->body,
               " Speed-up: over %s at the same point and seed, in the time to the target accuracy or, "
               "without target, "
               "in the time of the run. Up: bytes of all workers to the PS; down: bytes from the PS. Idle: "
               "share of a "
               "worker's time in which the worker waits.</p>\n",
               r->grid->algorithm[0]);
    if (!any_tried(r->grid) || r->sweep->tune == TUNE_NONE)
        return;
    html_print(
        p->body,
        "<p class=\"note\">An algorithm with values of its own is shown with the chosen value: the value "
        "with "
        "the %s at each point of the other keys. If no value could be chosen, all are shown.</p>\n<details "
        "class=\"card\">\n<summary>Every value that was tried</summary>\n",
        tune_words(r));
    write_table(p, true);
    fputs("</details>\n", p->body);
}

/* ---- points that have no numbers ---- */

static void write_state(struct page *p, const struct point *point)
{
    const struct results *r = p->sweep;
    char *folder = folder_of(p, point), *state = text_copy("");
    enum point_state its = point_state(folder);
    if (!results_over(p->sweep, point)) {
        fact_write(p->body, point->name, its == POINT_NEW ? "not started" : "not complete");
    } else {
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *o = results_of(r, point, a);
            if (!o || o->done || o->left)
                continue;
            char *longer = text_format("%s%s%s", state,
                                       *state       ? ", "
                                       : o->endless ? "came to no end: "
                                                    : "diverged: ",
                                       r->grid->algorithm[a]);
            free(state);
            state = longer;
        }
        fact_write(p->body, point->name, state);
    }
    free(state);
    free(folder);
}

static void points_section(struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    struct remarks all = results_remarks(p->sweep);
    int rows = count_missing(p) + all.diverged + all.endless;
    if (rows == 0)
        return;
    page_section(p, "missing", "Points without numbers");
    fprintf(p->body,
            "<details class=\"card\"%s>\n<summary>Missing, diverged or without an end</summary>\n"
            "<div class=\"scroll\"><table class=\"facts\">\n<tbody>\n",
            rows <= OPEN_ROWS ? " open" : "");
    for (int i = 0; i < grid->points; i++)
        write_state(p, &grid->point[i]);
    fputs("</tbody>\n</table></div>\n</details>\n", p->body);
}

/* ---- the grid ---- */

static void grid_section(struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    page_section(p, "grid", "The sweep");
    fputs("<div class=\"scroll card\"><table class=\"facts\">\n<tbody>\n", p->body);
    for (int i = 0; i < grid->rows; i++) {
        char *values = swept_values(&grid->row[i]);
        fact_write(p->body, grid->row[i].key, values);
        free(values);
    }
    fact_write(p->body, "experiment.algorithms", run_value(&p->runs->run[0], "experiment.algorithms"));
    if (any_tried(grid))
        fact_write(p->body, "sweep.tune", run_value(&p->runs->run[0], "sweep.tune"));
    if (p->sweep->sweep->halving > 0)
        fact_write(p->body, "sweep.halving", run_value(&p->runs->run[0], "sweep.halving"));
    fputs("</tbody>\n</table></div>\n", p->body);
    if (any_tried(grid) && p->sweep->sweep->tune == TUNE_NONE)
        fputs("<p class=\"note\">No best value of an algorithm's own ones is chosen: all are shown.</p>\n",
              p->body);
    else if (any_tried(grid))
        html_print(p->body,
                   "<p class=\"note\">Of an algorithm's own values the one with the %s is chosen. A value "
                   "is left out unless it %s; of equal values the first listed is chosen.</p>\n",
                   tune_words(p->sweep), unfit_words(p->sweep->sweep->tune));
}

void sweep_sections(struct page *p)
{
    sweep_wins(p);
    table_section(p);
    if (results_remarks(p->sweep).trained)
        sweep_curves(p);
    sweep_figures(p);
    sweep_halving(p);
    points_section(p);
    grid_section(p);
}
