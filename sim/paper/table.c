/* From folders to text: reads the runs, makes the table, writes it in its format. */
#include "sim/paper/table.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/verdict.h"
#include "sim/paper/from.h"
#include "sim/report/problems.h"
#include "sim/sweep/results.h"

static void write(const struct paper *p, const char *format, FILE *out)
{
    static const struct {
        const char *format;
        void (*write)(const struct paper *p, FILE *out);
    } known[] = {{"latex", paper_latex}, {"markdown", paper_markdown}, {"csv", paper_csv}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].format, format) == 0)
            known[i].write(p, out);
}

/* ---- a sweep ---- */

static bool sweeps_problems(const struct grid *grid)
{
    static const char *const of_problem[] = {"model.name", "data.set", "data.shape"};
    for (int i = 0; i < grid->rows; i++)
        for (size_t k = 0; k < sizeof of_problem / sizeof *of_problem; k++)
            if (strcmp(grid->row[i].key, of_problem[k]) == 0)
                return true;
    return false;
}

static char *title_of(const struct sweep *s, const char *experiment)
{
    struct report_runs runs;
    char error[1024];
    if (sweeps_problems(&s->grid))
        return text_copy(experiment);
    if (!runs_read_sweeps(&runs, &s->folder, 1, error, sizeof error))
        die(EXIT_USAGE, "--table: %s", error);
    struct problems problems = problems_find(&runs);
    char *title = text_copy(problems.at[0].name);
    problems_free(&problems);
    runs_free(&runs);
    return title;
}

static void write_results(const char *format, const struct results *r,
                          const struct comparison_verdict *verdict, const char *experiment, FILE *out)
{
    char *title = title_of(r->sweep, experiment);
    struct paper *paper = paper_of_sweep(title, r, verdict);
    write(paper, format, out);
    paper_free(paper);
    free(title);
}

void table_write_sweep(const char *format, const struct sweep *s, const char *experiment, FILE *out)
{
    struct results *r = results_read(s);
    results_choose(r);
    if (results_remarks(r).over == 0)
        die(EXIT_USAGE, "--table: %s: expected a sweep with a point that is over, got none", s->folder);
    write_results(format, r, NULL, experiment, out);
    results_free(r);
}

void table_write_comparison(const char *format, const struct comparison_verdict *verdict,
                            const char *experiment, FILE *out)
{
    write_results(format, verdict->results, verdict, experiment, out);
}

/* ---- runs ---- */

void table_write_runs(const char *format, char *const *folders, FILE *out)
{
    struct report_runs runs;
    char error[1024];
    int n = 0;
    while (folders[n])
        n++;
    if (!runs_read(&runs, (const char *const *)folders, n, error, sizeof error))
        die(EXIT_USAGE, "--table: %s", error);
    struct problems problems = problems_find(&runs);
    for (int i = 0; i < problems.n; i++) {
        struct paper *paper = paper_of_runs(problems.at[i].name, &problems.at[i].runs);
        fputs(i > 0 ? "\n" : "", out);
        write(paper, format, out);
        paper_free(paper);
    }
    problems_free(&problems);
    runs_free(&runs);
}
