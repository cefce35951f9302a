/* The figures of a report and their captions. gnuplot draws each figure from the files of the runs; a figure
 * that cannot be drawn is left out. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/svg.h"

enum { LONGEST_HEAD = 1024 };

/* ---- writing ---- */

bool figure_write(FILE *out, struct page *p, const struct figure *f, bool wide)
{
    char *svg = gnuplot_draw(&p->gnuplot, f->script, f->arguments);
    if (!svg)
        return false;
    char *remark = tables_remark(&p->tables, f->arguments[0], f->arguments[1]);
    char *caption = text_format("%s%s%s", f->caption, remark, p->marks_synthetic ? " SYNTHETIC DATA." : "");
    fprintf(out, "<figure class=\"card%s\">\n<div class=\"scroll\"%s>", wide ? " wide" : "",
            wide ? " tabindex=\"0\"" : "");
    svg_write(out, svg, caption, p->gnuplot.drawn);
    html_print(out, "</div>\n<figcaption>%s</figcaption>\n</figure>\n", caption);
    free(caption);
    free(remark);
    free(svg);
    return true;
}

void group_put(struct page *p, const struct group *g, const char *figures)
{
    if (!*figures)
        return;
    page_section(p, g->id, g->title);
    if (g->text)
        html_print(p->body, "<p class=\"note\">%s</p>\n", g->text);
    fprintf(p->body, "<div%s>\n%s</div>\n", g->wide ? "" : " class=\"row\"", figures);
}

static void write_group(struct page *p, const struct group *g)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    for (int i = 0; i < MOST_FIGURES && g->figure[i].script; i++)
        figure_write(out, p, &g->figure[i], g->wide);
    text_end(out, &text);
    group_put(p, g, text);
    free(text);
}

/* ---- tables for the scripts ---- */

/* The curves of the runs' figures: one for each entry. */
static struct curves curves_of(const struct page *p)
{
    struct curves c = {0};
    for (int i = 0; i < p->entries.n; i++) {
        const struct entry *v = &p->entries.at[i];
        struct curve *curve =
            curves_add(&c, p->runs->n > 1 ? text_format("%05d/%s", v->run[0] + 1, v->algorithm)
                                          : text_format("./%s", v->algorithm));
        for (int r = 0; r < v->n; r++)
            curve_add(curve, text_format("%s/%s", p->runs->run[v->run[r]].folder, v->algorithm));
    }
    return c;
}

static void write_tables(struct page *p, bool trained)
{
    struct curves c = curves_of(p);
    p->tables = (struct tables){0};
    if (p->gnuplot.tables && trained)
        tables_write_curves(&p->tables, p->gnuplot.tables, &c);
    if (p->gnuplot.tables)
        tables_write_counts(p->gnuplot.tables, &c);
    curves_free(&c);
}

/* ---- which figures have data ---- */

/* Some entry has a file of that name with the column and at least one row. */
static bool there(const struct page *p, const char *name, const char *column)
{
    bool found = false;
    for (int v = 0; !found && v < p->entries.n; v++) {
        const struct entry *entry = &p->entries.at[v];
        char head[LONGEST_HEAD], row[LONGEST_HEAD];
        char *path = text_format("%s/%s/%s", p->runs->run[entry->run[0]].folder, entry->algorithm, name);
        FILE *file = fopen(path, "re");
        found =
            file && fgets(head, sizeof head, file) && strstr(head, column) && fgets(row, sizeof row, file);
        if (file)
            fclose(file);
        free(path);
    }
    return found;
}

static bool any_number(const struct page *p, const char *column)
{
    for (int v = 0; v < p->entries.n; v++)
        if (entry_sample(p->runs, &p->entries.at[v], column).n > 0)
            return true;
    return false;
}

/* A number with or without unit: "0.5", "1e-3", "10ms", "125MB/s". The name of a file that begins with a
 * digit is none. */
static bool is_number(const char *value)
{
    char *unit;
    strtod(value, &unit);
    for (const char *c = unit; *c; c++)
        if (!isalpha((unsigned char)*c) && *c != '/')
            return false;
    return isdigit((unsigned char)*value);
}

/* The key has one number in every run, so it can be an axis. Times to different targets are not compared. */
static bool is_scale(const struct report_runs *runs, const char *key)
{
    if (key_is_of_making(key) || strcmp(key, "experiment.target_accuracy") == 0)
        return false;
    for (int i = 0; i < runs->n; i++)
        if (!is_number(run_value(&runs->run[i], key)))
            return false;
    return true;
}

/* ---- groups ---- */

static void write_sweeps(struct page *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    bool target = any_number(p, "target_s");
    const char *key;
    for (int i = 0; (key = runs_differ_in(p->runs, i)); i++) {
        if (!is_scale(p->runs, key))
            continue;
        char *caption = text_format("Virtual time %s against %s; mean, minimum and maximum over seeds.",
                                    target ? "to the target" : "of the run", key);
        figure_write(out, p, &(struct figure){"sweep.gp", {key, target ? "target_s" : "virtual_s"}, caption},
                     false);
        free(caption);
    }
    text_end(out, &text);
    group_put(p, &(struct group){.id = "sweep", .title = "Effect of the keys that differ"}, text);
    free(text);
}

static const char over_seeds[] = "Curves are means over seeds; bands reach from the minimum to the maximum.";

static void write_curves(struct page *p, bool banded)
{
    const struct group accuracy = {
        "accuracy",
        "Test accuracy",
        banded ? over_seeds : NULL,
        false,
        {{"curve.gp", {"virtual_s", "test_accuracy"}, "Test accuracy against virtual time."},
         {"curve.gp",
          {"iterations", "test_accuracy"},
          "Test accuracy against the local iterations of all workers together."},
         {"curve.gp",
          {"bytes", "test_accuracy"},
          "Test accuracy against all bytes on the wire, up and down."}}};
    const struct group loss = {
        "loss",
        "Training loss",
        NULL,
        false,
        {{"curve.gp", {"virtual_s", "train_loss"}, "Training loss against virtual time."},
         {"curve.gp",
          {"iterations", "train_loss"},
          "Training loss against the local iterations of all workers together."},
         {"curve.gp", {"bytes", "train_loss"}, "Training loss against all bytes on the wire."}}};
    const struct group validation = {
        "validation",
        "Validation accuracy",
        "On the samples that data.validation keeps from training: what chooses goes by it.",
        false,
        {{"curve.gp", {"virtual_s", "validation_accuracy"}, "Validation accuracy against virtual time."},
         {"curve.gp",
          {"iterations", "validation_accuracy"},
          "Validation accuracy against the local iterations of all workers together."},
         {"curve.gp",
          {"bytes", "validation_accuracy"},
          "Validation accuracy against all bytes on the wire, up and down."}}};
    write_group(p, &accuracy);
    if (any_number(p, "validation_accuracy"))
        write_group(p, &validation);
    write_group(p, &loss);
}

static void write_times(struct page *p)
{
    const struct group split = {
        "time",
        "Where the time went",
        "Communication costs time only if a worker waits for it; communication during computing is hidden.",
        true,
        {{"time_split.gp",
          {NULL},
          "Virtual time of each worker: computing alone, computing while one of its messages is in flight, "
          "waiting. The height is the time of the whole run."}}};
    const struct group pushes = {
        "pushes",
        "Local steps and staleness",
        NULL,
        false,
        {{"distribution.gp", {"k"}, "Number of local iterations in a push (K); each row has its own scale."},
         {"distribution.gp",
          {"staleness"},
          "Staleness of pushes: number of updates from the model on which a push was computed to the update "
          "that contains it."}}};
    if (there(p, "totals.csv", "overlapped_ns"))
        write_group(p, &split);
    if (there(p, "workers.csv", "staleness"))
        write_group(p, &pushes);
}

/* Each timeline can be folded, so that a reader of a long list can bring two of them together. */
static void write_timelines(struct page *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    for (int i = 0; i < p->entries.n && there(p, "timeline.csv", "begin_ns"); i++) {
        const char *name = p->entries.at[i].algorithm;
        char *caption =
            text_format("The first rounds of %s: when each worker computed, sent and waited.", name);
        char *figure = NULL;
        FILE *one = text_begin(&figure, &size);
        figure_write(one, p, &(struct figure){"gantt.gp", {name, "4"}, caption}, true);
        text_end(one, &figure);
        if (*figure) {
            html_print(out, "<details class=\"card\" open>\n<summary>%s</summary>\n", name);
            fprintf(out, "%s</details>\n", figure);
        }
        free(figure);
        free(caption);
    }
    text_end(out, &text);
    group_put(p, &(struct group){.id = "timeline", .title = "The first rounds", .wide = true}, text);
    free(text);
}

void figures_write(struct page *p)
{
    bool several = p->runs->n > 1, banded = false;
    for (int i = 0; i < p->entries.n; i++)
        banded |= p->entries.at[i].n > 1;
    bool trained = any_number(p, "test_accuracy");
    write_tables(p, trained);
    if (several)
        write_sweeps(p);
    if (trained)
        write_curves(p, banded);
    write_times(p);
    if (!several)
        write_timelines(p);
}
