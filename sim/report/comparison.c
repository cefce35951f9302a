/* The table of a report: a row for each entry, and what the speed-up is over. */
#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/baseline.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/table.h"
#include "sim/schema/columns.h"
#include "sim/schema/words.h"

static struct sample sample_of_entry(const void *context, const struct table_row *row, const char *column)
{
    const struct page *p = context;
    static const size_t speedup = offsetof(struct comparison_row, speedup);
    if (strcmp(column, columns_name(&comparison_columns, speedup)) != 0)
        return entry_sample(p->runs, row->of, column);
    return p->baseline.algorithm ? baseline_speedup(p->runs, &p->baseline, row->of)
                                 : (struct sample){.mean = NAN, .deviation = NAN};
}

/* Runs of an entry differ in their seeds alone. */
static const char *word_of_entry(const void *context, const struct table_row *row, const char *column)
{
    const struct page *p = context;
    const struct entry *v = row->of;
    const struct sheet *s = &p->runs->run[v->run[0]].comparison;
    const char *word = sheet_cell(s, sheet_find(s, "algorithm", v->algorithm), column);
    return word ? word : "";
}

static bool aims(const struct report_runs *runs)
{
    for (int i = 0; i < runs->n; i++)
        if (*run_value(&runs->run[i], "experiment.target_accuracy"))
            return true;
    return false;
}

/* "Local SGD" and "local_sgd" are the same words. */
static bool same_words(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (isalnum((unsigned char)*a) || isalnum((unsigned char)*b)
                ? tolower((unsigned char)*a) != tolower((unsigned char)*b)
                : !strchr("_- ", *a) || !strchr("_- ", *b))
            return false;
    return *a == *b;
}

/* "topk1 (top-k 1 %), bandwidth = 1Gbit/s": the name that figures show stands beside the name in the run. */
static char *label_row(const struct page *p, const struct entry *v)
{
    const struct sheet *s = &p->runs->run[v->run[0]].comparison;
    const char *shown = sheet_cell(s, sheet_find(s, "algorithm", v->algorithm), "label");
    bool other = shown && *shown && !same_words(shown, v->algorithm);
    return text_format("%s%s%s%s%s%s", v->algorithm, other ? " (" : "", other ? shown : "", other ? ")" : "",
                       v->label + strlen(v->algorithm), p->marks_synthetic ? ", SYNTHETIC DATA" : "");
}

/* The milestones of output.at of all runs, each once; a run without one has no number there. The caller frees. */
static char *all_milestones(const struct report_runs *runs)
{
    char *all = text_copy("");
    for (int i = 0; i < runs->n; i++) {
        char *milestones = text_copy(run_value(&runs->run[i], "output.at"));
        for (char *milestone = strtok(milestones, ", "); milestone; milestone = strtok(NULL, ", ")) {
            char *list = text_format(", %s, ", all), *one = text_format(", %s, ", milestone);
            char *longer =
                strstr(list, one) ? text_copy(all) : text_format("%s%s%s", all, *all ? ", " : "", milestone);
            free(list);
            free(one);
            free(all);
            all = longer;
        }
        free(milestones);
    }
    return all;
}

static void write_table(struct page *p)
{
    int n = p->entries.n;
    struct table_row *rows = need((size_t)n * sizeof *rows);
    for (int i = 0; i < n; i++) {
        const struct entry *v = &p->entries.at[i];
        rows[i] = (struct table_row){label_row(p, v), v->n, v->n, v};
    }
    char *milestones = all_milestones(p->runs);
    struct columns columns = columns_of_comparison(milestones);
    table_write(p->body, &(struct table){.columns = &columns,
                                         .rows = n,
                                         .row = rows,
                                         .aims = aims(p->runs),
                                         .target = runs_target(p->runs),
                                         .baseline = p->baseline.algorithm,
                                         .context = p,
                                         .sample = sample_of_entry,
                                         .word = word_of_entry});
    columns_end(&columns);
    free(milestones);
    for (int i = 0; i < n; i++)
        free((char *)rows[i].label);
    free(rows);
}

/* The key has this value in all runs; "": not, or it is left out. */
static const char *common_value(const struct report_runs *runs, const char *key)
{
    const char *value = run_value(&runs->run[0], key);
    for (int i = 1; i < runs->n; i++)
        if (strcmp(run_value(&runs->run[i], key), value) != 0)
            return "";
    return value;
}

void budget_write(FILE *body, const struct report_runs *runs)
{
    const char *time = common_value(runs, "experiment.virtual_time"),
               *bytes = common_value(runs, "experiment.bytes");
    char *both = text_format("%s, %s", time, bytes), *words = budget_words(both);
    if (*words)
        html_print(body, " An algorithm ends with its first update at or past the budget: %s%s.", words,
                   *time && *bytes ? ", whichever comes first" : "");
    free(words);
    free(both);
}

static bool has_speedup(const struct page *p)
{
    bool has = false;
    for (int i = 0; i < p->entries.n; i++)
        has |= baseline_speedup(p->runs, &p->baseline, &p->entries.at[i]).n > 0;
    return has;
}

/* What the speed-up is, or why there is none. */
static void write_baseline(const struct page *p)
{
    const struct entries *all = &p->entries;
    const char *last = all->at[all->n - 1].algorithm;
    if (p->baseline.algorithm && !has_speedup(p) && !aims(p->runs))
        fputs(" No speed-up: the budget ends the runs, and there is no target.", p->body);
    else if (p->baseline.algorithm)
        html_print(p->body, " Speed-up: over %s%s, %s.", p->baseline.algorithm,
                   p->runs->n > 1 ? " with the same keys and seed" : "",
                   aims(p->runs) ? "to the target accuracy" : "in the time of the run");
    else if (all->n > 1 && strcmp(all->at[0].algorithm, last) == 0)
        html_print(p->body, " No speed-up: all rows are of %s.", last);
    else if (all->n > 1)
        fputs(" No speed-up: no algorithm ran with all keys and seeds that are compared, so there is no "
              "common baseline.",
              p->body);
}

static bool is_real(const struct report_runs *runs)
{
    for (int i = 0; i < runs->n; i++)
        if (strcmp(run_value(&runs->run[i], "experiment.clock"), "real") != 0)
            return false;
    return true;
}

static bool reached_by_some(const struct page *p)
{
    for (int i = 0; i < p->entries.n; i++) {
        const struct entry *v = &p->entries.at[i];
        int n = entry_sample(p->runs, v, "target_s").n;
        if (n > 0 && n < v->n)
            return true;
    }
    return false;
}

static bool has_formula(const struct page *p)
{
    bool has = false;
    for (int i = 0; i < p->entries.n; i++)
        has |= entry_sample(p->runs, &p->entries.at[i], "predicted_s").n > 0;
    return has;
}

void comparison_section(struct page *p)
{
    page_section(p, "comparison", "Comparison");
    write_table(p);
    fprintf(p->body, "<p class=\"note\">Time is %s.", is_real(p->runs) ? "real" : "virtual");
    budget_write(p->body, p->runs);
    write_baseline(p);
    if (has_formula(p))
        fputs(" vs formula: how much more time the run took than the closed form of --explain says.",
              p->body);
    if (reached_by_some(p))
        fputs(" Where only some seeds reached the target, the table has their number: a mean over them would "
              "be too good.",
              p->body);
    fputs(" Up: bytes of all workers to the PS; down: bytes from the PS. Idle: share of a worker's time in "
          "which the worker waits.</p>\n",
          p->body);
}
