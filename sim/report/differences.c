/* What the runs or the points of a page differ in, and what that means for a comparison. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/texts.h"
#include "sim/report/html.h"
#include "sim/report/page.h"

static void write_list(FILE *out, const struct report_runs *runs)
{
    const char *key;
    fputs("<ul>\n", out);
    for (int i = 0; (key = runs_differ_in(runs, i)); i++) {
        html_print(out, "<li><code>%s</code>: ", key);
        page_values(out, runs, key, "; ");
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* Bits, and with them accuracies, depend on the kernels, the CPU and the program. */
static void warn_of_making(FILE *out, const struct report_runs *runs)
{
    const char *key;
    char *names = text_copy("");
    for (int i = 0; (key = runs_differ_in(runs, i)); i++) {
        if (!key_is_of_making(key))
            continue;
        char *longer = text_format("%s%s%s", names, *names ? ", " : "", key);
        free(names);
        names = longer;
    }
    if (*names)
        page_warning(out, "Runs of one seed can differ here, as they were not made with the same ", names);
    free(names);
}

static bool has_all(const struct report_run *run, const struct report_run *of)
{
    bool all = true;
    for (int i = 0; all && i < of->comparison.rows; i++)
        all = sheet_find(&run->comparison, "algorithm", sheet_cell(&of->comparison, i, "algorithm")) >= 0;
    return all;
}

/* The run has an algorithm that an earlier run has with the same seed; known: those of the earlier runs. */
static bool has_again(struct texts *known, const struct report_run *run)
{
    bool again = false;
    for (int i = 0; i < run->comparison.rows; i++) {
        const char *algorithm = sheet_cell(&run->comparison, i, "algorithm");
        int *number = texts_number(
            known, text_format("%s\n%s", run_value(run, "experiment.seed"), algorithm ? algorithm : ""));
        again |= *number > 0;
        *number = 1;
    }
    return again;
}

/* No key differs. Runs are alike if each is as the first. */
static void write_equal(FILE *out, const struct report_runs *runs)
{
    bool seeds = false, algorithms = false, again = false;
    const struct report_run *first = &runs->run[0];
    struct texts known = {0};
    for (int i = 0; i < runs->n; i++) {
        const struct report_run *run = &runs->run[i];
        seeds |= strcmp(run_value(run, "experiment.seed"), run_value(first, "experiment.seed")) != 0;
        algorithms |= !has_all(run, first) || !has_all(first, run);
        again |= has_again(&known, run);
    }
    texts_free(&known);
    const char *what = seeds && algorithms ? "differ in their algorithms and seeds alone"
                       : seeds             ? "differ in their seeds alone"
                       : algorithms        ? "differ in their algorithms alone"
                                           : "do not differ";
    const char *then =
        " Some have an algorithm with a seed that an earlier run has: it is the same run again, "
        "and counts once.";
    fprintf(out, "<p>The runs %s.%s</p>\n", what, again ? then : "");
}

static void write_differences(FILE *out, const struct report_runs *runs)
{
    bool any = runs_differ_in(runs, 0);
    if (runs->n == 1)
        return;
    if (!any) {
        write_equal(out, runs);
        return;
    }
    fputs("<p>Beside seeds the runs differ in:</p>\n", out);
    write_list(out, runs);
}

/* Runs that --resume continued with another program, CPU or kernels. */
static void warn_of_mixtures(FILE *out, const struct report_runs *runs)
{
    for (int i = 0; i < runs->n; i++) {
        const char *begun = run_value(&runs->run[i], "what it was begun with");
        char *what = text_format("%s, and went on with other kernels, CPU or version: its algorithms cannot "
                                 "be compared bit for bit",
                                 begun);
        if (*begun)
            page_warning(out, runs->n > 1 ? "One of the runs was begun with " : "The run was begun with ",
                         what);
        free(what);
    }
}

void run_differences(FILE *out, const struct report_runs *runs)
{
    write_differences(out, runs);
    warn_of_making(out, runs);
    warn_of_mixtures(out, runs);
}

void making_differences(FILE *out, const struct report_runs *made)
{
    if (!runs_differ_in(made, 0))
        return;
    fputs("<p>Beside keys the points differ in:</p>\n", out);
    write_list(out, made);
    warn_of_making(out, made);
    warn_of_mixtures(out, made);
}
