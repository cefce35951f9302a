/* A table from folders of runs: the runs of a row differ in their seed alone. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/texts.h"
#include "sim/compare/verdict.h"
#include "sim/paper/from.h"
#include "sim/report/runs.h"

struct reading {
    struct paper *paper;
    const struct report_runs *runs;
    struct texts seeds; /* seed -> its number */
    const char **key;   /* (keys) the shared keys in which the runs differ */
    int keys;
};

/* ---- what all runs have in common ---- */

/* What all runs are judged on; "": they differ, or older programs wrote them. */
static const char *common_judged_on(const struct report_runs *runs)
{
    const char *first = sheet_cell(&runs->run[0].comparison, 0, "judged_on");
    for (int i = 1; i < runs->n; i++) {
        const char *other = sheet_cell(&runs->run[i].comparison, 0, "judged_on");
        if (!first || !other || strcmp(other, first) != 0)
            return "";
    }
    return first;
}

/* The milestones of the first run: those of the others are in no column. */
static struct paper *begin(const char *title, const struct report_runs *runs)
{
    struct paper *p =
        paper_begin(title, run_value(&runs->run[0], "output.at"), runs_target(runs), common_judged_on(runs));
    for (int i = 0; i < runs->n; i++) {
        const struct sheet *s = &runs->run[i].comparison;
        p->synthetic |= sheet_number(s, 0, "synthetic") != 0;
        p->trained |= sheet_number(s, 0, "trained") != 0;
    }
    p->step = verdict_accuracy_step(runs->run[0].folder);
    return p;
}

static void take_keys(struct reading *r)
{
    const char *key;
    r->key = need(((size_t)r->runs->differing + 1) * sizeof *r->key);
    for (int i = 0; (key = runs_differ_in(r->runs, i)); i++)
        if (key_is_shared(key)) {
            r->key[r->keys++] = key;
            paper_key(r->paper, key_short(r->runs, key, ""));
        }
}

/* ---- rows ---- */

struct found { /* a row of a comparison.csv */
    const struct sheet *sheet;
    int row;
};

static double number(const void *context, const char *column)
{
    const struct found *f = context;
    return sheet_number(f->sheet, f->row, column);
}

static int setting_of(struct reading *r, const struct report_run *run)
{
    const char **value = need(((size_t)r->keys + 1) * sizeof *value);
    for (int i = 0; i < r->keys; i++)
        value[i] = run_value(run, r->key[i]);
    int setting = paper_setting(r->paper, value);
    free(value);
    return setting;
}

/* "learning_rate = 0.1": of the keys of the algorithm alone in which runs differ. The caller frees. */
static char *own_values(const struct reading *r, const struct report_run *run, const char *algorithm)
{
    char *text = text_copy("");
    const char *key;
    for (int i = 0; (key = runs_differ_in(r->runs, i)); i++) {
        if (key_is_shared(key) || !key_concerns(run, key, algorithm))
            continue;
        const char *value = run_value(run, key);
        char *longer = text_format("%s%s%s = %s", text, *text ? ", " : "", key_short(r->runs, key, algorithm),
                                   *value ? value : "left out");
        free(text);
        text = longer;
    }
    return text;
}

static int seed_of(struct reading *r, const struct report_run *run)
{
    int *number_of = texts_number(&r->seeds, text_copy(run_value(run, "experiment.seed")));
    if (*number_of < 0)
        *number_of = r->paper->seeds++;
    return *number_of;
}

static void add_run(struct reading *r, const struct report_run *run)
{
    int seed = seed_of(r, run), setting = setting_of(r, run);
    for (int i = 0; i < run->comparison.rows; i++) {
        const struct found f = {&run->comparison, i};
        const char *name = sheet_cell(f.sheet, i, "algorithm"), *label = sheet_cell(f.sheet, i, "label");
        if (!name)
            continue;
        struct paper_row *row =
            paper_row(r->paper, setting, name, label ? label : name, own_values(r, run, name));
        paper_add(row, r->paper, seed, number, &f);
    }
}

struct paper *paper_of_runs(const char *title, const struct report_runs *runs)
{
    struct reading r = {.paper = begin(title, runs), .runs = runs};
    take_keys(&r);
    for (int i = 0; i < runs->n; i++)
        add_run(&r, &runs->run[i]);
    texts_free(&r.seeds);
    free(r.key);
    paper_finish(r.paper);
    return r.paper;
}
