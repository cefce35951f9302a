/* The verdict at the top of a comparison's page: what is claimed and what is not, how each algorithm was tuned, which data
 * judged, and what may be concluded. All sentences about a claim are those of sim/compare/words.h. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/text.h"
#include "sim/compare/who_wins.h"
#include "sim/compare/words.h"
#include "sim/report/html.h"
#include "sim/report/page.h"

enum { OPEN_SETTINGS = 3 }; /* of more, the claims of each are folded */

/* ---- claims ---- */

static int count(const struct comparison_verdict *v, int setting, enum standing standing)
{
    int n = 0;
    for (int i = 0; i < v->claims; i++)
        n += (setting < 0 || v->claim[i].setting == setting) && v->claim[i].standing == standing;
    return n;
}

static void write_sentences(FILE *out, const struct comparison_verdict *v, int setting,
                            enum standing standing)
{
    static const char *const heads[] = {[APART] = "Claims",
                                        [NOT_TOLD_APART] = "Not told apart",
                                        [EQUAL_WITHIN_MARGIN] = "Equal within the margin",
                                        [UNDETERMINED] = "Undetermined"};
    if (count(v, setting, standing) == 0)
        return;
    html_print(out, "<h4>%s</h4>\n<ul>\n", heads[standing]);
    for (int i = 0; i < v->claims; i++) {
        if (v->claim[i].setting != setting || v->claim[i].standing != standing)
            continue;
        char *words = claim_words(v, &v->claim[i]);
        html_print(out, "<li>%s.</li>\n", words);
        free(words);
    }
    fputs("</ul>\n", out);
}

/* "2 claims, 3 not told apart" */
static char *in_short(const struct comparison_verdict *v, int setting)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_begin(&text, &size);
    int claims = count(v, setting, APART);
    fprintf(out, "%d claim%s", claims, claims == 1 ? "" : "s");
    for (int standing = NOT_TOLD_APART; standing <= UNDETERMINED; standing++) {
        static const char *const words[] = {[NOT_TOLD_APART] = "not told apart",
                                            [EQUAL_WITHIN_MARGIN] = "equal within the margin",
                                            [UNDETERMINED] = "undetermined"};
        int n = count(v, setting, (enum standing)standing);
        if (n > 0)
            fprintf(out, ", %d %s", n, words[standing]);
    }
    text_end(out, &text);
    return text;
}

static void write_setting(FILE *out, const struct comparison_verdict *v, int setting)
{
    int settings = v->results->grid->settings;
    char *name = grid_setting(v->results->grid, setting), *sum = in_short(v, setting);
    fputs("<div class=\"card words\">\n", out);
    if (settings > 1)
        html_print(out, "<details%s>\n<summary>%s: %s</summary>\n", settings <= OPEN_SETTINGS ? " open" : "",
                   name, sum);
    for (int standing = APART; standing <= UNDETERMINED; standing++)
        write_sentences(out, v, setting, (enum standing)standing);
    fputs(settings > 1 ? "</details>\n</div>\n" : "</div>\n", out);
    free(sum);
    free(name);
}

/* ---- who wins, in words ---- */

/* Where several comparisons share a page, sections of one have no place to link to. */
static void write_winners(FILE *out, const struct who_wins *w, bool link)
{
    const struct results *r = w->verdict->results;
    int none = who_wins_cells(w, -1);
    fputs("<p>", out);
    for (int a = 0; a < r->grid->algorithms; a++)
        if (who_wins_cells(w, a) > 0)
            html_print(out,
                       link ? "%s wins %d of %d cells of the <a href=\"#who-wins\">map</a>. "
                            : "%s wins %d of %d cells of the map. ",
                       results_label(r, a), who_wins_cells(w, a), r->grid->settings);
    html_print(out, "In %d of %d cells no algorithm beats every rival.</p>\n", none, r->grid->settings);
}

/* ---- tuning ---- */

static void write_values(FILE *out, const struct comparison_verdict *v, int algorithm)
{
    const struct tuned *t = v->tuned ? &v->tuned[algorithm] : NULL;
    bool same = true;
    for (int s = 0; t && t->value && s < v->results->grid->settings; s++)
        same &= strcmp(t->value[s], t->value[0]) == 0;
    if (!t || !t->value) {
        fputs("as given", out);
        return;
    }
    for (int s = 0; s < (same ? 1 : v->results->grid->settings); s++) {
        char *name = same ? text_copy("") : grid_setting(v->results->grid, s);
        html_print(out, "%s%s%s%s", s > 0 ? "; " : "", name, *name ? ": " : "", t->value[s]);
        free(name);
    }
}

static void write_tuning(FILE *out, const struct page *p)
{
    const struct comparison_verdict *v = p->verdict;
    const struct grid *grid = v->results->grid;
    fputs("<h3>How each algorithm was tuned</h3>\n", out);
    if (!v->tuned) {
        fputs(
            "<p>No algorithm was tuned: each ran with the values that the ini gives it. A claim is about "
            "these "
            "values, and another value of a rival may turn it around. <code>[tune]</code> tunes all at equal "
            "cost.</p>\n",
            out);
        return;
    }
    fputs("<p>Each algorithm had the same number of trials. They were trained with seeds of their own, which "
          "are none "
          "of the final ones, and chosen on validation data. Only the final runs are judged.</p>\n"
          "<div class=\"scroll card\"><table class=\"facts\">\n<thead><tr><th>algorithm</th><th>trials</th>"
          "<th>chosen</th></tr></thead>\n<tbody>\n",
          out);
    for (int a = 0; a < grid->algorithms; a++) {
        const char *label = results_label(v->results, a);
        bool other = strcasecmp(label, grid->algorithm[a]) != 0;
        html_print(out, "<tr><th scope=\"row\">%s%s%s%s</th><td>%d</td><td>", grid->algorithm[a],
                   other ? " (" : "", other ? label : "", other ? ")" : "", v->tuned[a].trials);
        write_values(out, v, a);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n", out);
}

/* ---- which data judged ---- */

/* "validation" or "test": what the target is reached on. */
static const char *judged_on(const struct comparison_verdict *v)
{
    const struct results *r = v->results;
    for (int s = 0; s < r->grid->settings; s++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            const struct outcome *any = results_any(r, s, a, 0);
            if (any)
                return any->cell[results_column(r, "judged_on")];
        }
    return "test";
}

static void write_data(FILE *out, const struct comparison_verdict *v)
{
    bool validates = strcmp(judged_on(v), "validation") == 0;
    fputs("<h3>Which data judged</h3>\n<ul>\n", out);
    if (v->rules.measure[MEASURE_TIME]) {
        char *target = verdict_target(v, 0);
        html_print(out, "<li>Time: virtual time to the first evaluation with at least %s.%s</li>\n", target,
                   validates
                       ? " Validation samples are part of the training set, and no worker has them."
                       : " The test samples say when the target is reached: data.validation gives data of "
                         "their own for that.");
        free(target);
    }
    if (v->rules.measure[MEASURE_ACCURACY])
        html_print(out, "<li>Accuracy: on the test samples, %s. No choice was made with them%s.</li>\n",
                   v->after ? v->after : "at the end", validates ? "" : " in this comparison");
    html_print(out,
               "<li>%d seeds for each algorithm and point. Runs with the same seed are a pair: they begin "
               "with the same model and "
               "draw the same batches.</li>\n</ul>\n",
               v->seeds);
}

/* ---- what may be concluded ---- */

static void write_limits(FILE *out, const struct comparison_verdict *v, const struct who_wins *w)
{
    char *rule = verdict_rule(v);
    html_print(
        out,
        "<h3>What may be concluded</h3>\n<ul>\n<li>What stands under Claims, for this model, these data and "
        "this cluster. %s. So with a probability of at least 95 %% no claim%s is false.</li>\n"
        "<li>An interval is a range for the mean over seeds, and not for a single run.</li>\n</ul>\n",
        rule, v->results->grid->settings > 1 ? " of a point" : "");
    fputs("<h3>What may not be concluded</h3>\n<ul>\n"
          "<li>Not told apart is not equal: the seeds leave both open. Two algorithms are called equal only "
          "within a margin "
          "that was set before (<code>compare.time_margin</code>, <code>accuracy_margin</code>).</li>\n"
          "<li>Which of two rivals is better, where only each one's comparison with the reference is shown "
          "(<code>compare.pairs = all</code> asks for all pairs).</li>\n"
          "<li>Anything about another model, data set, number of workers or network: these were not varied, "
          "or only as "
          "the grid says. Times come from the model of the cluster (docs/model_of_time.md).</li>\n",
          out);
    if (v->results->grid->settings > 1)
        fputs("<li>That all points are right at once: the error of 5 % is for each point of the grid.</li>\n",
              out);
    if (w)
        fputs("<li>That a hatched cell is a draw: no algorithm was told apart from all others there.</li>\n",
              out);
    fputs("</ul>\n", out);
    free(rule);
}

/* The head of the page of one comparison has the other remarks. */
static void write_remarks(FILE *out, const struct page *p)
{
    const struct comparison_verdict *v = p->verdict;
    char *remark;
    int all = p->comparisons > 1 ? INT_MAX : v->asked_after;
    for (int i = 0; i < all && (remark = verdict_remark(v, i)); i++) {
        page_warning(out, "", remark);
        free(remark);
    }
    for (int a = 0; p->comparisons == 1 && v->tuned && a < v->results->grid->algorithms; a++)
        if (v->tuned[a].warning)
            page_warning(out, "", v->tuned[a].warning);
}

void verdict_section(struct page *p)
{
    const struct comparison_verdict *v = p->verdict;
    char *all = in_short(v, -1);
    page_section(p, "verdict", "Verdict");
    if (v->results->grid->settings > 1)
        html_print(p->body, "<p>%d points: %s.</p>\n", v->results->grid->settings, all);
    if (p->map)
        write_winners(p->body, p->map, p->comparisons == 1);
    write_remarks(p->body, p);
    for (int s = 0; s < v->results->grid->settings; s++)
        write_setting(p->body, v, s);
    write_limits(p->body, v, p->map);
    write_tuning(p->body, p);
    write_data(p->body, v);
    free(all);
}
