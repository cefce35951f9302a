/* Makes report.html from the folders of runs or of a sweep.
 *
 *   resolved.ini, comparison.csv --runs.c--> report_runs --problems.c--> problems --entries.c--> entries
 *       sections.c, sweep.c: text and tables --\
 *       figures.c --gnuplot.c--> SVG --svg.c----> body --> head + body + foot --> report.html
 */
#include "sim/report/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/profiles.h"
#include "sim/report/baseline.h"
#include "sim/report/gather.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/problems.h"
#include "sim/sweep/results.h"

/* ---- the page ---- */

static void no_folder(struct page *p)
{
    snprintf(p->gnuplot.why, sizeof p->gnuplot.why, "no temporary folder: %s", strerror(errno));
}

/* The part of a page about one problem. */
static void write_problem(struct page *p, const struct problem *problem, const struct gathered *gathered)
{
    p->runs = &problem->runs;
    p->entries = entries_find(p->runs);
    p->baseline = baseline_find(p->runs, &p->entries);
    bool links = p->problems->n > 1 || p->runs->n > 1;
    if (links && gathered->folder && !gather_show(gathered, p->runs))
        no_folder(p);
    p->gnuplot.data = links && gathered->folder && p->runs->n == 1 ? "00001" : ".";
    if (p->problems->n > 1)
        page_part(p, problem);
    comparison_section(p);
    figures_write(p);
    quality_section(p);
    baseline_free(&p->baseline);
    entries_free(&p->entries);
}

static void write_body(struct page *p, const struct gathered *gathered)
{
    const struct report_runs *all = p->runs;
    if (p->compared)
        comparisons_body(p);
    else if (p->sweep)
        sweep_sections(p);
    for (int i = 0; !p->sweep && i < p->problems->n; i++)
        write_problem(p, &p->problems->at[i], gathered);
    p->part = NULL;
    p->runs = all;
    configuration_section(p);
    repeat_section(p);
}

static char *page_of(struct page *p, const struct gathered *gathered)
{
    char *body = NULL, *text = NULL;
    size_t size;
    p->body = text_begin(&body, &size);
    write_body(p, gathered);
    text_end(p->body, &body);
    FILE *out = text_begin(&text, &size);
    const char *name = run_value(&p->runs->run[0], "experiment.name");
    html_head(out, *name ? name : "ospsim");
    summary_section(out, p);
    fputs(body, out);
    html_foot(out);
    text_end(out, &text);
    free(body);
    return text;
}

/* What a page shows. */
struct shown {
    const struct report_runs *runs;
    const struct results *sweep;     /* of comparisons the final runs of the first one; NULL: runs */
    const struct compared *compared; /* (n); NULL: no comparison */
    int n;
};

/* Returns the page as text. NULL: a signal came, and *signal has it. */
static char *make_page(const struct shown *shown, int *signal)
{
    const struct report_runs *runs = shown->runs;
    const struct results *sweep = shown->sweep;
    bool links = sweep || runs->n > 1;
    char *made_in = sweep ? results_first_folder(sweep) : text_copy(runs->run[0].folder);
    struct problems problems = problems_find(runs);
    struct gathered gathered = gather();
    int reason = errno;
    const char *folder = links ? gathered.folder : runs->run[0].folder;
    struct page p = {.runs = runs,
                     .sweep = sweep,
                     .made_in = made_in,
                     .problems = &problems,
                     .compared = shown->compared,
                     .comparisons = shown->n};
    gnuplot_open(&p.gnuplot, folder);
    p.gnuplot.tables = gathered.folder;
    errno = reason;
    if (!folder)
        no_folder(&p);
    char *text = page_of(&p, &gathered);
    *signal = p.gnuplot.signal;
    if (*p.gnuplot.why && !*signal)
        warn("report: %s: %s", p.gnuplot.drawn ? "figures are missing" : "no figures", p.gnuplot.why);
    gnuplot_close(&p.gnuplot);
    comparisons_free(&p);
    free(p.section);
    problems_free(&problems);
    gather_end(&gathered);
    free(made_in);
    if (!*signal)
        return text;
    free(text);
    return NULL;
}

/* ---- the file ---- */

static bool write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    bool good = fputs(text, file) >= 0 && fflush(file) == 0 && disk_sync(fileno(file));
    return fclose(file) == 0 && good;
}

/* Writes under another name and then renames, so that a page is always complete. */
static bool put_file(const char *path, const char *text, bool replace)
{
    char *temporary = text_format("%s.tmp", path);
    bool good = write_file(temporary, text) &&
                (replace ? rename(temporary, path) == 0 : disk_name_new(temporary, path));
    int reason = errno;
    if (!good)
        unlink(temporary);
    free(temporary);
    errno = reason;
    return good;
}

/* ---- the callers' ways ---- */

/* The signals are blocked here and read while gnuplot draws, since gnuplot must end first. */
static void block_signals(sigset_t *before)
{
    sigset_t ends;
    gnuplot_signals(&ends);
    sigprocmask(SIG_BLOCK, &ends, before);
}

static void put_at_end(const char *folder, const struct shown *shown)
{
    int sig;
    char *text = make_page(shown, &sig), *path = text_format("%s/report.html", folder);
    if (!text)
        warn("no report: %s; 'simulate --report %s' makes it", strsignal(sig), folder);
    else if (!put_file(path, text, true))
        warn("no report: writing %s: %s", path, strerror(errno));
    free(text);
    free(path);
}

void report_at_end(const char *folder)
{
    struct report_runs runs;
    char error[1024];
    if (!runs_read(&runs, &folder, 1, error, sizeof error)) {
        warn("no report: %s", error);
        return;
    }
    put_at_end(folder, &(struct shown){.runs = &runs});
    runs_free(&runs);
}

void report_sweep_at_end(const struct sweep *s)
{
    struct report_runs runs;
    char error[1024];
    struct results *r = results_read(s);
    results_choose(r);
    if (!runs_read_sweep(&runs, &s->folder, error, sizeof error)) {
        warn("no report: %s", error);
    } else {
        if (results_remarks(r).over > 0)
            put_at_end(s->folder, &(struct shown){.runs = &runs, .sweep = r});
        runs_free(&runs);
    }
    results_free(r);
}

static int count(char *const *runs)
{
    int n = 0;
    while (runs[n])
        n++;
    return n;
}

/* The path of the page. Only the page inside the folder that it shows may replace an older one. */
static char *place_of(const char *output, const char *folder)
{
    char *path = folder ? text_format("%s/report.html", folder) : text_copy(output ? output : "report.html");
    if (!folder && access(path, F_OK) == 0)
        die(EXIT_USAGE, "--report: %s exists; give a new file with -o", path);
    return path;
}

static void put_page(const char *path, bool replace, const struct shown *shown)
{
    int sig;
    sigset_t before;
    block_signals(&before);
    signal(SIGCHLD, SIG_DFL); /* some parents leave SIGCHLD ignored; waitpid would then find no status */
    char *text = make_page(shown, &sig);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!text)
        die(128 + sig, "no report: %s", strsignal(sig));
    if (!put_file(path, text, replace))
        die_errno(EXIT_RESOURCE, "writing %s", path);
    printf("%s\n", path);
    free(text);
}

int report_make(const char *output, char *const *folders)
{
    struct report_runs runs;
    char error[1024];
    int n = count(folders);
    bool replace = !output && n == 1;
    char *path = place_of(output, replace ? folders[0] : NULL);
    if (!runs_read(&runs, (const char *const *)folders, n, error, sizeof error))
        die(EXIT_USAGE, "--report: %s", error);
    put_page(path, replace, &(struct shown){.runs = &runs});
    free(path);
    runs_free(&runs);
    return EXIT_DONE;
}

int report_make_sweep(const char *output, const struct sweep *s)
{
    struct report_runs runs;
    char error[1024];
    char *path = place_of(output, output ? NULL : s->folder);
    struct results *r = results_read(s);
    results_choose(r);
    if (results_remarks(r).over == 0)
        die(EXIT_USAGE, "--report: %s: expected a sweep with a point that is over, got none", s->folder);
    if (!runs_read_sweep(&runs, &s->folder, error, sizeof error))
        die(EXIT_USAGE, "--report: %s", error);
    put_page(path, !output, &(struct shown){.runs = &runs, .sweep = r});
    free(path);
    runs_free(&runs);
    results_free(r);
    return EXIT_DONE;
}

/* ---- comparisons ---- */

static bool read_comparisons(struct report_runs *runs, const struct compared *all, int n, char *error,
                             int size)
{
    const char **folders = need((size_t)n * sizeof *folders);
    for (int i = 0; i < n; i++)
        folders[i] = all[i].verdict->results->sweep->folder;
    bool good = runs_read_sweeps(runs, folders, n, error, size);
    free(folders);
    return good;
}

static struct shown show(const struct report_runs *runs, const struct compared *all, int n)
{
    return (struct shown){.runs = runs, .sweep = all[0].verdict->results, .compared = all, .n = n};
}

void report_comparison_at_end(const struct compared *one)
{
    struct report_runs runs;
    char error[1024];
    if (!read_comparisons(&runs, one, 1, error, sizeof error)) {
        warn("no report: %s", error);
        return;
    }
    const struct shown shown = show(&runs, one, 1);
    put_at_end(one->folder, &shown);
    runs_free(&runs);
}

int report_make_comparisons(const char *output, const struct compared *all, int n)
{
    struct report_runs runs;
    char error[1024];
    bool replace = !output && n == 1;
    char *path = place_of(output, replace ? all[0].folder : NULL);
    if (!read_comparisons(&runs, all, n, error, sizeof error))
        die(EXIT_USAGE, "--report: %s", error);
    const struct shown shown = show(&runs, all, n);
    put_page(path, replace, &shown);
    free(path);
    runs_free(&runs);
    return EXIT_DONE;
}
