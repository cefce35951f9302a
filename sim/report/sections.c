/* The head of a report, and its last sections: configuration, how to repeat the runs. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/problems.h"
#include "sim/sweep/results.h"

/* ---- the head ---- */

static bool says(const struct report_run *run, const char *column)
{
    return sheet_number(&run->comparison, 0, column) != 0; /* a run without the column gives NAN: true */
}

/* Algorithms of experiment.algorithms ("bsp, topk1: bsp") that are not in the table. */
static char *incomplete(const struct report_run *run)
{
    char *names = text_copy(run_value(run, "experiment.algorithms")), *list = text_copy("");
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
        name = text_trim(name);
        name[strcspn(name, " :")] = '\0'; /* "topk1: bsp" */
        if (sheet_find(&run->comparison, "algorithm", name) >= 0)
            continue;
        char *longer = text_format("%s%s%s", list, *list ? ", " : "", name);
        free(list);
        list = longer;
    }
    free(names);
    return list;
}

struct nature {
    int runs, synthetic, untrained; /* numbers of runs; of a sweep as a whole: 1 */
    bool measured;
};

static struct nature nature_of_runs(FILE *out, const struct page *p)
{
    struct nature all = {.runs = p->runs->n};
    for (int i = 0; i < p->runs->n; i++) {
        const struct report_run *run = &p->runs->run[i];
        all.untrained += !says(run, "trained");
        all.synthetic += says(run, "synthetic") && says(run, "trained");
        all.measured |= strcmp(run_value(run, "experiment.clock"), "real") == 0 ||
                        strcmp(run_value(run, "compute.model"), "measured") == 0;
        char *missing = incomplete(run);
        if (*missing)
            page_warning(out,
                         p->runs->n > 1 ? "One of the runs is incomplete. Not at their end: "
                                        : "Incomplete. Not at their end: ",
                         missing);
        free(missing);
    }
    return all;
}

static struct nature nature_of_sweep(const struct page *p)
{
    struct remarks all = results_remarks(p->sweep);
    return (struct nature){1, all.synthetic && all.trained, !all.trained, sweep_measures(p)};
}

/* A warning about all runs, or about some. */
static void warn_of_runs(FILE *out, const char *warning, int n, int of)
{
    char *some = n < of ? text_format(" (%d of %d runs)", n, of) : text_copy("");
    if (n > 0)
        page_warning(out, warning, some);
    free(some);
}

static void write_warnings(FILE *out, const struct page *p)
{
    struct nature all = p->comparisons > 1 ? (struct nature){0}
                        : p->sweep         ? nature_of_sweep(p)
                                           : nature_of_runs(out, p);
    warn_of_runs(out, "SYNTHETIC DATA: these accuracies say nothing about a real data set", all.synthetic,
                 all.runs);
    warn_of_runs(out, "Nothing was trained (experiment.train = no): times and bytes only", all.untrained,
                 all.runs);
    if (all.measured)
        page_warning(out, "Real or measured time: another run gives other figures", "");
    if (*p->gnuplot.why)
        page_warning(out, p->gnuplot.drawn ? "Figures are missing: " : "No figures: ", p->gnuplot.why);
}

/* "4 workers, seeds 1, 2, 3." */
static void write_sizes(FILE *out, const struct report_runs *runs)
{
    page_values(out, runs, "cluster.workers", ", ");
    bool several = false;
    for (int i = 1; i < runs->n; i++)
        several |= strcmp(run_value(&runs->run[i], "experiment.seed"),
                          run_value(&runs->run[0], "experiment.seed")) != 0;
    fputs(several ? " workers, seeds " : " workers, seed ", out);
    page_values(out, runs, "experiment.seed", ", ");
    fputs(".", out);
}

static void write_problems(FILE *out, const struct page *p)
{
    if (p->problems->n == 1) {
        fputs("<p>", out);
        if (p->runs->n > 1)
            fprintf(out, "%d runs: ", p->runs->n);
        page_values(out, p->runs, "model.name", ", ");
        if (config_reads_data(run_value(&p->runs->run[0], "model.name"))) {
            fputs(" on ", out);
            page_values(out, p->runs, "data.set", ", ");
        }
        fputs(", ", out);
        write_sizes(out, p->runs);
        fputs("</p>\n", out);
        return;
    }
    fprintf(out,
            "<p>%d runs of %d problems (a network on a data set). A number of one problem says nothing "
            "about another, so each problem has its own table and figures:</p>\n<ul>\n",
            p->runs->n, p->problems->n);
    for (int i = 0; i < p->problems->n; i++) {
        const struct problem *problem = &p->problems->at[i];
        html_print(out, "<li><a href=\"#%s\">%s</a>: %d run%s, ", problem->id, problem->name, problem->runs.n,
                   problem->runs.n > 1 ? "s" : "");
        write_sizes(out, &problem->runs);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

void summary_section(FILE *out, const struct page *p)
{
    fputs("<header>\n<h1>", out);
    page_values(out, p->runs, "experiment.name", ", ");
    fputs("</h1>\n", out);
    if (p->comparisons > 1) {
        comparisons_head(out, p);
    } else if (p->sweep) {
        sweep_head(out, p);
    } else {
        write_problems(out, p);
        run_differences(out, p->runs);
    }
    write_warnings(out, p);
    fputs("<nav aria-label=\"Sections\">\n", out);
    for (int i = 0; i < p->sections; i++)
        html_print(out, "<a href=\"#%s\">%s</a>\n", p->section[i].id, p->section[i].title);
    fputs("</nav>\n</header>\n", out);
}

/* ---- the keys ---- */

void configuration_section(struct page *p)
{
    const char *folder = p->compared ? p->compared[0].folder : p->runs->run[0].folder;
    char *path = text_format("%s/resolved.ini", folder), *ini = sheet_text(path);
    page_section(p, "configuration", "Configuration");
    html_print(p->body,
               "<details class=\"card\">\n<summary>Every key%s</summary>\n<pre "
               "tabindex=\"0\">%s</pre>\n</details>\n",
               p->runs->n > 1 ? " of the first run" : "", ini ? ini : "");
    free(ini);
    free(path);
}

/* ---- how to repeat it ---- */

/* The numbers of the run are another one's (--retime). */
static void numbers_from(const struct page *p)
{
    char *from = run_made_with(p->made_in, "retimed_from");
    if (*from && !p->sweep && p->runs->n == 1)
        fact_write(p->body, "did not train: has the numbers of", from);
    free(from);
}

static void made_with(const struct page *p, const char *what, const char *name)
{
    char *text = run_made_with(p->made_in, name);
    fact_write(p->body, what, text);
    free(text);
}

/* A command for a shell in the folder of the run, where files have the names of their keys. */
static void write_command(FILE *out, const struct report_run *run)
{
    fputs("<pre tabindex=\"0\">simulate resolved.ini", out);
    for (const char *const *key = config_files; *key; key++)
        if (*run_value(run, *key))
            html_print(out, " --set %s=%s.csv", *key, *key);
    fputs(" -o again</pre>\n", out);
}

void repeat_section(struct page *p)
{
    const struct report_run *first = &p->runs->run[0];
    page_section(p, "repeat", "How to repeat it");
    fprintf(p->body, "<p>In the folder of %s:</p>\n<div class=\"card\">",
            p->compared      ? "the comparison"
            : p->sweep       ? "the sweep"
            : p->runs->n > 1 ? "each run"
                             : "the run");
    write_command(p->body, first);
    html_print(
        p->body,
        "</div>\n<p>The same version on the same kind of CPU with the same BLAS gives the same bytes. The "
        "command line as it was given is in <code>run.json</code>%s.</p>\n<div class=\"scroll "
        "card\"><table class=\"facts\">\n<tbody>\n",
        p->sweep ? " of each point" : "");
    numbers_from(p);
    made_with(p, "version of simulate", "version");
    if (p->runs->n == 1 && !p->sweep)
        fact_write(p->body, "seed", run_value(first, "experiment.seed"));
    made_with(p, "CPU", "cpu");
    made_with(p, "BLAS", "blas");
    made_with(p, "BLAS kernels", "blas_core");
    made_with(p, "small products", "small_products");
    made_with(p, "compiler", "compiler");
    fputs("</tbody>\n</table></div>\n", p->body);
    if (p->runs->n == 1)
        return;
    fputs("<details class=\"card\">\n<summary>The runs</summary>\n<pre tabindex=\"0\">", p->body);
    for (int i = 0; i < p->runs->n; i++)
        html_print(p->body, "%s\n", p->runs->run[i].folder);
    fputs("</pre>\n</details>\n", p->body);
}
