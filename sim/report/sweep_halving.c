/* The section of a halved sweep: how far each trial went (sweep.halving). The same numbers are in rungs.csv. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/schema/judged.h"
#include "sim/sweep/rungs_file.h"

/* "learning_rate=0.1" */
static char *label_of(const struct results *r, const struct trial_rung *at)
{
    const struct grid *grid = r->grid;
    const struct point *p = results_at(r, at->setting, at->algorithm, at->trial)[0].point;
    char *label = text_copy("");
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        if (s->algorithm != at->algorithm)
            continue;
        char *longer = text_format("%s%s%s=%s", label, *label ? ", " : "", strrchr(s->key, '.') + 1,
                                   s->value[p->value[i]]);
        free(label);
        label = longer;
    }
    return label;
}

/* One that is kept is bold. */
static void write_cell(struct page *p, const struct rung_result *row)
{
    bool by_loss = p->sweep->sweep->tune == TUNE_LOSS, kept = row->decided && row->kept;
    char *text = isnan(row->loss) ? text_copy("diverged")
                 : by_loss        ? text_format("%.4g", row->loss)
                                  : text_format("%.2f %%", 100 * row->accuracy);
    html_print(p->body, kept ? "<td><b>%s</b></td>" : "<td>%s</td>", text);
    free(text);
}

static void write_trial(struct page *p, const struct rungs *rungs, struct trial_rung at, int n)
{
    char *label = label_of(p->sweep, &at);
    html_print(p->body, "<tr><th scope=\"row\">%s</th>", label);
    for (at.rung = 0; at.rung < n; at.rung++) {
        struct rung_result row;
        if (rungs_row(rungs, p->sweep, &at, &row))
            write_cell(p, &row);
        else
            fputs("<td></td>", p->body);
    }
    fputs("</tr>\n", p->body);
    free(label);
}

static void write_head(struct page *p, int trials, int n)
{
    int eta = p->sweep->sweep->halving;
    fputs("<thead><tr><th scope=\"col\"></th>", p->body);
    for (int rung = 0; rung < n; rung++) {
        double part = halving_part(n, eta, rung);
        char *where = part < 1 ? text_format("%d to 1/%.0f", halving_trials(trials, eta, rung), 1 / part)
                               : text_format("%d to the end", halving_trials(trials, eta, rung));
        html_print(p->body, "<th scope=\"col\">%s</th>", where);
        free(where);
    }
    fputs("</tr></thead>\n", p->body);
}

static void write_group(struct page *p, const struct rungs *rungs, int setting, int algorithm)
{
    const struct grid *grid = p->sweep->grid;
    int trials = grid->combinations[algorithm], n = halving_rungs(trials, p->sweep->sweep->halving);
    if (n == 1)
        return;
    char *where = grid_setting(grid, setting);
    html_print(p->body, "<details class=\"card\"%s>\n<summary>%s%s%s</summary>\n",
               grid->settings == 1 ? " open" : "", grid->algorithm[algorithm], *where ? ", " : "", where);
    fputs("<div class=\"scroll\"><table class=\"facts\">\n", p->body);
    write_head(p, trials, n);
    fputs("<tbody>\n", p->body);
    for (int trial = 0; trial < trials; trial++)
        write_trial(p, rungs, (struct trial_rung){.setting = setting, .algorithm = algorithm, .trial = trial},
                    n);
    fputs("</tbody>\n</table></div>\n</details>\n", p->body);
    free(where);
}

static void write_costs(struct page *p)
{
    const struct grid *grid = p->sweep->grid;
    int eta = p->sweep->sweep->halving;
    for (int a = 0; a < grid->algorithms; a++) {
        if (halving_rungs(grid->combinations[a], eta) == 1)
            continue;
        char *words = halving_words(grid->combinations[a], eta);
        html_print(p->body, " %s: %s.", grid->algorithm[a], words);
        free(words);
    }
}

void sweep_halving(struct page *p)
{
    struct rungs *rungs = rungs_read(p->sweep->sweep);
    if (!rungs)
        return;
    page_section(p, "halving", "Successive halving");
    html_print(
        p->body,
        "<p class=\"note\">Mean %s at the end of each rung%s; what is bold went on, or was chosen at the end "
        "by <code>sweep.tune</code>. A part is one of the whole run, and of the schedule of its learning "
        "rate; "
        "a value that was left behind has no later figures.",
        p->sweep->sweep->tune == TUNE_LOSS ? "loss" : "accuracy",
        judged_on_validation(results_judged_on(p->sweep)) ? " (validation)" : "");
    write_costs(p);
    fputs("</p>\n", p->body);
    for (int setting = 0; setting < p->sweep->grid->settings; setting++)
        for (int a = 0; a < p->sweep->grid->algorithms; a++)
            write_group(p, rungs, setting, a);
    rungs_free(rungs);
}
