/* The curves of a sweep: accuracy and loss against time, iterations and bytes. Each point of the shared keys
 * has figures of its own; an algorithm is drawn there with its chosen values, or, if there is no choice, with
 * all. plots/curve.gp reads the runs by links in the temporary folder and their curves from the file `curves`
 * (plots/list_curves.sh); plots/sweep_curves.awk makes the same curves for plots/plot.sh. */
#define _GNU_SOURCE /* realpath */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/sweep/results.h"

enum {
    MOST_SETTINGS = 4, /* six figures each, and gnuplot needs a while for one */
    OPEN_SETTINGS = 2
};

/* ---- the curves of a setting ---- */

static bool shows(const struct results *r, int setting, int algorithm, int combination)
{
    int chosen = r->chosen[setting * r->grid->algorithms + algorithm];
    return (chosen < 0 || chosen == combination) && results_any(r, setting, algorithm, combination);
}

static int count_curves(const struct results *r, int setting)
{
    int n = 0;
    for (int a = 0; a < r->grid->algorithms; a++)
        for (int v = 0; v < results_combinations(r, a); v++)
            n += shows(r, setting, a, v);
    return n;
}

/* "LOSP, learning_rate = 0.2, 2 of 3 seeds" */
static void put_name(FILE *out, const struct results *r, const struct outcome *any, int seeds)
{
    const struct grid *grid = r->grid;
    fputs(results_label(r, any->algorithm), out);
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm == any->algorithm)
            fprintf(out, ", %s = %s", strrchr(grid->row[i].key, '.') + 1,
                    grid->row[i].value[any->point->value[i]]);
    if (seeds < grid->seeds)
        fprintf(out, ", %d of %d seeds", seeds, grid->seeds);
}

static void put_curve(FILE *out, const struct results *r, const struct outcome *outcome)
{
    const struct outcome *any = NULL;
    char runs[16], *list = text_copy("");
    int seeds = 0;
    for (int i = 0; i < r->grid->seeds; i++) {
        if (!outcome[i].done)
            continue;
        any = &outcome[i];
        snprintf(runs, sizeof runs, "%05d", outcome[i].point->index);
        char *longer = text_format("%s%s%s", list, *list ? " " : "", runs);
        free(list);
        list = longer;
        seeds++;
    }
    put_name(out, r, any, seeds);
    fprintf(out, "\t%s\t%s\n", r->grid->algorithm[any->algorithm], list);
    free(list);
}

/* ---- the temporary folder ---- */

static char *place(const struct page *p, const char *name)
{
    return text_format("%s/%s", p->gnuplot.runs ? p->gnuplot.runs : "", name);
}

/* Links to the points of a setting that are over; their names are the numbers of the points. */
static bool link_points(const struct page *p, int setting, bool make)
{
    const struct grid *grid = p->sweep->grid;
    bool good = true;
    for (int i = 0; i < grid->points; i++) {
        const struct point *point = &grid->point[i];
        char name[16];
        if (point->setting != setting || !results_over(p->sweep, point))
            continue;
        snprintf(name, sizeof name, "%05d", point->index);
        char *link = place(p, name);
        char *folder = text_format("%s/%s", p->sweep->sweep->folder, point->name);
        char *whole = make ? realpath(folder, NULL) : NULL;
        good = (make ? whole && symlink(whole, link) == 0 : unlink(link) == 0) && good;
        free(whole);
        free(folder);
        free(link);
    }
    return good;
}

static bool write_list(const struct page *p, int setting)
{
    const struct results *r = p->sweep;
    char *path = place(p, "curves");
    FILE *out = fopen(path, "we");
    free(path);
    if (!out)
        return false;
    for (int a = 0; a < r->grid->algorithms; a++)
        for (int v = 0; v < results_combinations(r, a); v++)
            if (shows(r, setting, a, v))
                put_curve(out, r, results_at(r, setting, a, v));
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

/* The same curves, as write_list and put_curve name their runs. */
static void write_tables(struct page *p, int setting)
{
    const struct results *r = p->sweep;
    struct curves c = {0};
    for (int a = 0; a < r->grid->algorithms; a++)
        for (int v = 0; v < results_combinations(r, a); v++) {
            struct curve *curve = NULL;
            for (int i = 0; shows(r, setting, a, v) && i < r->grid->seeds; i++) {
                const struct outcome *o = &results_at(r, setting, a, v)[i];
                const char *name = r->grid->algorithm[a];
                if (!o->done)
                    continue;
                curve = curve ? curve : curves_add(&c, text_format("%05d/%s", o->point->index, name));
                curve_add(curve, text_format("%s/%s/%s", r->sweep->folder, o->point->name, name));
            }
        }
    if (p->gnuplot.tables)
        tables_write_curves(&p->tables, p->gnuplot.tables, &c);
    curves_free(&c);
}

static void clear_list(const struct page *p)
{
    char *path = place(p, "curves");
    unlink(path);
    free(path);
}

/* ---- the figures ---- */

static void draw_row(FILE *out, struct page *p, const char *column, const char *what)
{
    static const char *const x[][2] = {{"virtual_s", "virtual time"},
                                       {"iterations", "the local iterations of all workers together"},
                                       {"bytes", "all bytes on the wire, up and down"}};
    fputs("<div class=\"row\">\n", out);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        char *caption = text_format("%s against %s.", what, x[i][1]);
        figure_write(out, p, &(struct figure){"curve.gp", {x[i][0], column}, caption}, false);
        free(caption);
    }
    fputs("</div>\n", out);
}

/* Of a comparison: what each algorithm needs and what it reaches, and who is beaten in all of it. */
static void draw_fronts(FILE *out, struct page *p)
{
    static const char *const axes[][3] = {{"time", "accuracy", "Accuracy against time"},
                                          {"bytes", "accuracy", "Accuracy against bytes"},
                                          {"time", "bytes", "Bytes against time"}};
    fputs("<div class=\"row\">\n", out);
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        char *caption = text_format("%s; means of the seeds, with bars from the least to the largest. "
                                    "Filled: on the Pareto front of time, bytes "
                                    "and accuracy, as no other algorithm is at least as good in all three "
                                    "and better in one. The line is the "
                                    "front of the two axes. A front of means is no claim.",
                                    axes[i][2]);
        figure_write(out, p, &(struct figure){"pareto.gp", {axes[i][0], axes[i][1]}, caption}, false);
        free(caption);
    }
    fputs("</div>\n", out);
}

/* Returns the figures of a setting as text; "": nothing could be drawn. The caller frees. */
static char *draw_setting(struct page *p, int setting)
{
    char *text = NULL;
    size_t size = 0;
    int before = p->gnuplot.drawn, curves = count_curves(p->sweep, setting);
    FILE *out = text_begin(&text, &size);
    if (curves > MOST_CURVES) {
        html_print(out, "<p class=\"note\">%d curves are too many for one figure.</p>\n", curves);
        before--;
    } else if (curves > 0) {
        if (link_points(p, setting, true) && write_list(p, setting)) {
            write_tables(p, setting);
            draw_row(out, p, "test_accuracy", "Test accuracy");
            if (results_remarks(p->sweep).validated)
                draw_row(out, p, "validation_accuracy", "Validation accuracy");
            draw_row(out, p, "test_loss", "Test loss");
            if (p->verdict && curves > 1)
                draw_fronts(out, p);
        }
        clear_list(p);
        if (p->gnuplot.tables)
            tables_remove(p->gnuplot.tables);
        link_points(p, setting, false);
    }
    text_end(out, &text);
    if (p->gnuplot.drawn == before)
        *text = '\0';
    return text;
}

static void put_setting(FILE *out, const struct page *p, int setting, const char *figures)
{
    const struct grid *grid = p->sweep->grid;
    char *name = grid_setting(grid, setting);
    if (*name)
        html_print(out, "<details class=\"card\"%s>\n<summary>%s</summary>\n",
                   setting < OPEN_SETTINGS ? " open" : "", name);
    fputs(figures, out);
    if (*name)
        fputs("</details>\n", out);
    free(name);
}

static void say_what(FILE *out, const struct results *r)
{
    const char *seeds = r->grid->seeds > 1 ? " Curves are means over seeds; bands reach from the minimum to "
                                             "the maximum."
                                           : "";
    html_print(out,
               "<p class=\"note\">An algorithm with values of its own is drawn with the chosen value; if no "
               "value could be chosen, with all.%s</p>\n",
               seeds);
    if (r->grid->settings > MOST_SETTINGS)
        html_print(out,
                   "<p class=\"note\">The first %d of %d points of the other keys are drawn here; "
                   "plots/plot.sh draws all.</p>\n",
                   MOST_SETTINGS, r->grid->settings);
}

void sweep_curves(struct page *p)
{
    const struct results *r = p->sweep;
    char *text = NULL;
    size_t size = 0;
    bool any = false;
    FILE *out = text_begin(&text, &size);
    say_what(out, r);
    p->gnuplot.data = ".";
    for (int setting = 0; setting < r->grid->settings && setting < MOST_SETTINGS; setting++) {
        char *figures = draw_setting(p, setting);
        if (*figures)
            put_setting(out, p, setting, figures);
        any |= *figures != '\0';
        free(figures);
    }
    text_end(out, &text);
    if (any)
        group_put(p, &(struct group){.id = "curves", .title = "Accuracy and loss", .wide = true}, text);
    free(text);
}
