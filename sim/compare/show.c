/* The verdict on the terminal: the table of the final runs, the claims, and what they mean in words. */
#include "sim/compare/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/words.h"
#include "sim/output/table.h"

static bool has_settings(const struct comparison_verdict *v)
{
    return v->results->grid->settings > 1;
}

static void head(struct table_line *line, const struct comparison_verdict *v)
{
    static const char *const names[] = {"rival", "against", "in",     "interval",
                                        "p",     "seeds",   "needed", "verdict"};
    if (has_settings(v))
        table_text(line, "at");
    table_texts(line, names, sizeof names / sizeof *names);
}

static const char *said(const struct claim *c)
{
    static const char *const standing[] = {[NOT_TOLD_APART] = "not told apart",
                                           [EQUAL_WITHIN_MARGIN] = "equal within the margin",
                                           [UNDETERMINED] = "undetermined"};
    bool less = c->effect < (c->measure == MEASURE_TIME ? 1 : 0);
    if (c->standing != APART)
        return standing[c->standing];
    return c->measure == MEASURE_TIME ? (less ? "faster" : "slower") : (less ? "less" : "more");
}

static void put_interval(struct table_line *line, const struct claim *c)
{
    static const char *const before[] = {
        [BOUND_NONE] = "", [BOUND_AT_MOST] = "<= ", [BOUND_AT_LEAST] = ">= "};
    char *interval = claim_interval(c), *text = text_format("%s%s", before[c->bound], interval);
    table_text(line, isnan(c->effect) ? NULL : text);
    free(text);
    free(interval);
}

static void fill(struct table_line *line, const struct comparison_verdict *v, const struct claim *c)
{
    const struct grid *grid = v->results->grid;
    if (has_settings(v)) {
        char *at = grid_setting(grid, c->setting);
        table_text(line, at);
        free(at);
    }
    table_text(line, grid->algorithm[c->rival]);
    table_text(line, grid->algorithm[c->reference]);
    table_text(line, measure_words[c->measure]);
    put_interval(line, c);
    table_real(line, "%.2g", c->p);
    table_int(line, c->seeds);
    if (c->seeds_needed > 0)
        table_int(line, c->seeds_needed);
    else
        table_text(line, NULL);
    table_text(line, said(c));
}

static void print_table(const struct comparison_verdict *v)
{
    static const char *const left[] = {"p", "needed", "seeds", NULL};
    const struct table_fit fit = {.keys = 3 + has_settings(v), .leave_out = left, .where = verdict_csv_file};
    struct table_line *line = need(((size_t)v->claims + 1) * sizeof *line);
    head(&line[0], v);
    for (int i = 0; i < v->claims; i++)
        fill(&line[1 + i], v, &v->claim[i]);
    table_print(line, 1 + v->claims, &fit);
    free(line);
}

static void print_at(const struct comparison_verdict *v, int setting)
{
    char *at = grid_setting(v->results->grid, setting);
    printf("at %s:\n", at);
    free(at);
}

/* Of a grid, what is told apart: the table has the rest. */
static void print_sentences(const struct comparison_verdict *v)
{
    int setting = -1, left = 0;
    for (int i = 0; i < v->claims; i++) {
        const struct claim *c = &v->claim[i];
        if (has_settings(v) && c->standing != APART && c->standing != EQUAL_WITHIN_MARGIN) {
            left++;
            continue;
        }
        if (has_settings(v) && c->setting != setting)
            print_at(v, c->setting);
        setting = c->setting;
        char *words = claim_words(v, c);
        printf("%s%s\n", has_settings(v) ? "  " : "", words);
        free(words);
    }
    if (left > 0)
        printf("no claim is made in %d of %d comparisons: %s says why of each\n", left, v->claims,
               verdict_csv_file);
}

void verdict_print(const struct comparison_verdict *v)
{
    char *rule = verdict_rule(v);
    results_print(v->results);
    puts("");
    print_table(v);
    print_sentences(v);
    printf("%s\n", rule);
    for (int a = 0; v->tuned && a < v->results->grid->algorithms; a++)
        if (v->tuned[a].warning)
            printf("*** %s ***\n", v->tuned[a].warning);
    free(rule);
}
