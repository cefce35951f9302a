#define _GNU_SOURCE /* mkdtemp, realpath */
#include "sim/report/report.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/report/page.h"

/* ---- a folder of runs, for the scripts ---- */

static char *link_in(const char *folder, int i)
{
    return text_format("%s/%05d", folder, i + 1);
}

/* Links to all runs, named by their numbers: no script meets a strange path. NULL: with errno. */
static char *gather(const struct report_runs *runs)
{
    const char *where = getenv("TMPDIR");
    char *folder = text_format("%s/ospsim-report-XXXXXX", where && *where ? where : "/tmp");
    bool good = mkdtemp(folder);
    for (int i = 0; good && i < runs->n; i++) {
        char *link = link_in(folder, i), *run = realpath(runs->run[i].folder, NULL);
        good = run && symlink(run, link) == 0;
        free(run);
        free(link);
    }
    if (good)
        return folder;
    free(folder);
    return NULL;
}

static void scatter(char *folder, int n)
{
    for (int i = 0; i < n; i++) {
        char *link = link_in(folder, i);
        unlink(link);
        free(link);
    }
    rmdir(folder);
    free(folder);
}

/* ---- the page ---- */

static void write_body(struct page *p)
{
    comparison_section(p);
    figures_write(p);
    configuration_section(p);
    repeat_section(p);
}

static char *page_of(struct page *p)
{
    char *body = NULL, *text = NULL;
    size_t size;
    p->body = html_begin(&body, &size);
    write_body(p);
    html_end(p->body, &body);
    FILE *out = html_begin(&text, &size);
    const char *name = run_value(&p->runs->run[0], "experiment.name");
    html_head(out, *name ? name : "ospsim");
    summary_section(out, p);
    fputs(body, out);
    html_foot(out);
    html_end(out, &text);
    free(body);
    return text;
}

/* NULL: a signal came; it is in *signal. */
static char *make_page(const struct report_runs *runs, int *signal)
{
    char *folder = runs->n > 1 ? gather(runs) : text_copy(runs->run[0].folder), *text = NULL;
    struct page p = {.runs = runs, .variants = variants_find(runs)};
    gnuplot_open(&p.gnuplot, folder);
    if (!folder)
        snprintf(p.gnuplot.why, sizeof p.gnuplot.why, "no temporary folder: %s", strerror(errno));
    text = page_of(&p);
    *signal = p.gnuplot.signal;
    if (*p.gnuplot.why && !*signal)
        warn("report: %s: %s", p.gnuplot.drawn ? "figures are missing" : "no figures", p.gnuplot.why);
    gnuplot_close(&p.gnuplot);
    variants_free(&p.variants);
    if (folder && runs->n > 1)
        scatter(folder, runs->n);
    else
        free(folder);
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
    bool good = fputs(text, file) >= 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && good;
}

/* Under another name first, so that a page that is there is whole. */
static bool put_file(const char *path, const char *text, bool replace)
{
    char *temporary = text_format("%s.tmp", path);
    bool good =
        write_file(temporary, text) && (replace ? rename(temporary, path) == 0 : link(temporary, path) == 0);
    int reason = errno;
    if (!good || !replace)
        unlink(temporary);
    free(temporary);
    errno = reason;
    return good;
}

/* ---- */

/* Looked for while gnuplot draws, as it must be ended first. */
static void block_signals(sigset_t *before)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, before);
}

void report_at_end(const char *folder)
{
    struct report_runs runs;
    char error[1024];
    int sig;
    if (!runs_read(&runs, &folder, 1, error, sizeof error)) {
        warn("no report: %s", error);
        return;
    }
    char *text = make_page(&runs, &sig), *path = text_format("%s/report.html", folder);
    if (!text)
        warn("no report: %s; 'simulate --report %s' makes it", strsignal(sig), folder);
    else if (!put_file(path, text, true))
        warn("no report: writing %s: %s", path, strerror(errno));
    free(text);
    free(path);
    runs_free(&runs);
}

static int count(char *const *runs)
{
    int n = 0;
    while (runs[n])
        n++;
    return n;
}

int report_make(const char *output, char *const *folders)
{
    struct report_runs runs;
    char error[1024];
    int n = count(folders), sig;
    bool replace = !output && n == 1;
    sigset_t before;
    char *path = replace ? text_format("%s/report.html", folders[0])
                         : text_copy(output ? output : "report.html");
    if (!replace && access(path, F_OK) == 0)
        die(EXIT_USAGE, "--report: %s exists: -o needs the name of a new file", path);
    if (!runs_read(&runs, (const char *const *)folders, n, error, sizeof error))
        die(EXIT_USAGE, "--report: %s", error);
    block_signals(&before);
    signal(SIGCHLD, SIG_DFL); /* ignored, as some parents leave it, it would bury gnuplot's status */
    char *text = make_page(&runs, &sig);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!text)
        die(128 + sig, "no report: %s", strsignal(sig));
    if (!put_file(path, text, replace))
        die_errno(EXIT_RESOURCE, "writing %s", path);
    printf("%s\n", path);
    free(text);
    free(path);
    runs_free(&runs);
    return EXIT_DONE;
}
