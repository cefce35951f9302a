/* --export: finds the algorithms of a run, checks all of them, then writes all files. The same function
 * checks and writes; without a path it only checks. Evaluations are kept between the two, so that their files are read
 * once; models are read again, since those of a sweep do not fit into memory.
 *
 *   npz:  parameters.bin, parameters.json --tensors.c--> arrays --npz.c--> parameters.npz
 *   csv:  eval.csv                        --series.c-------------------> metrics.csv
 *
 * Of a sweep, and of the final runs of a comparison, each complete algorithm of each point is exported.
 */
#define _GNU_SOURCE /* scandir, alphasort */
#include "sim/export/export.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/export/npz.h"
#include "sim/export/series.h"
#include "sim/output/folder.h"
#include "sim/verify/settings.h"

struct job { /* the export of one algorithm */
    char *algorithm, *folder;
    char *name;   /* in the column `run`: the algorithm, or "0007-seed=2/losp" of a sweep */
    char *target; /* the folder to write to */
    struct members *summary;
    struct series *series; /* the evaluations, once they are checked; NULL: another format */
    struct findings *findings;
};

/* ---- formats; path NULL: only check ---- */

static bool export_npz(struct job *job, const char *path)
{
    bool trained;
    struct tensors tensors;
    if (!members_bool(job->summary, "trained", &trained))
        return false;
    if (!trained) {
        finding(job->findings, "trained: expected true, got false: such a run has no final model");
        return false;
    }
    bool good = tensors_read(&tensors, job->folder, job->summary, job->findings);
    if (good && path)
        npz_write(path, &tensors);
    tensors_free(&tensors);
    return good;
}

static bool export_csv(struct job *job, const char *path)
{
    if (path)
        series_write(job->series, job->name, path);
    else
        job->series = series_read(job->folder, job->summary, job->findings);
    return job->series != NULL;
}

static const struct format {
    const char *name, *file;
    bool (*export)(struct job *job, const char *path);
} formats[] = {{"npz", "parameters.npz", export_npz}, {"csv", "metrics.csv", export_csv}};

static const struct format *format_of(const char *name)
{
    const struct format *format = formats;
    while (strcmp(format->name, name) != 0)
        format++;
    return format;
}

/* ---- one algorithm ---- */

static bool there(const char *folder, const char *file)
{
    char *path = text_format("%s/%s", folder, file);
    bool found = access(path, F_OK) == 0;
    if (!found && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
        die_errno(EXIT_FAILED, "--export: %s", path);
    free(path);
    return found;
}

static bool is_complete(struct job *job, const char *path)
{
    job->findings->file = job->folder;
    job->findings->line = 0;
    if (!there(job->folder, summary_members.file)) {
        finding(job->findings,
                "not complete: expected a summary.json (--resume continues an interrupted run)");
        return false;
    }
    job->summary = members_read(path, job->findings);
    if (job->summary && members_is(job->summary, "algorithm", job->algorithm) &&
        members_is(job->summary, "status", "done"))
        return true;
    if (job->summary)
        finding(job->findings,
                "expected \"algorithm\": \"%s\", as the folder is called, and \"status\": \"done\"",
                job->algorithm);
    return false;
}

static bool export_algorithm(struct job *job, const struct format *format, const char *path)
{
    char *summary = text_format("%s/summary.json", job->folder);
    bool good = (job->series || is_complete(job, summary)) && format->export(job, path);
    members_free(job->summary);
    job->summary = NULL;
    free(summary);
    return good;
}

/* ---- a run ---- */

struct jobs {
    int n;
    struct job *at; /* (n) */
    const char *output;
    struct findings findings;
};

/* Adds an algorithm. point: the folder's name of a point of a sweep, NULL: none. The job owns `folder` from
 * now on. */
static void add(struct jobs *jobs, const char *point, const char *algorithm, char *folder)
{
    size_t n = (size_t)jobs->n++;
    jobs->at = need_one_more(jobs->at, n, sizeof *jobs->at);
    struct job *job = &jobs->at[n];
    *job = (struct job){.algorithm = text_copy(algorithm), .folder = folder, .findings = &jobs->findings};
    job->name = point ? text_format("%s/%s", point, algorithm) : text_copy(algorithm);
    job->target =
        jobs->output ? text_format("%s/%s", jobs->output, job->name) : text_format("%s/export", folder);
}

/* Adds the algorithms of a run; of the point of a sweep the complete ones. Returns how many are left out. */
static int add_all(struct jobs *jobs, const char *point, const char *run)
{
    const char *algorithm;
    int left_out = 0, before = jobs->n;
    char *path = text_format("%s/resolved.ini", run);
    struct settings *settings = settings_read(path, &jobs->findings);
    for (int i = 0; settings && (algorithm = settings_algorithm(settings, i)); i++) {
        char *folder = text_format("%s/%s", run, algorithm);
        if (!point || there(folder, summary_members.file)) {
            add(jobs, point, algorithm, folder);
        } else {
            left_out++;
            free(folder);
        }
    }
    if (settings && jobs->n == before && left_out == 0)
        finding(&jobs->findings, "experiment.algorithms: expected names, got none");
    settings_free(settings);
    free(path);
    return left_out;
}

/* ---- a sweep ---- */

static int is_point(const struct dirent *entry)
{
    return isdigit((unsigned char)entry->d_name[0]);
}

static void add_sweep(struct jobs *jobs, const char *sweep)
{
    struct dirent **point;
    int left_out = 0, n = scandir(sweep, &point, is_point, alphasort);
    if (n < 0)
        die_errno(EXIT_USAGE, "--export: %s", sweep);
    for (int i = 0; i < n; i++) {
        char *run = text_format("%s/%s", sweep, point[i]->d_name);
        if (there(run, "resolved.ini"))
            left_out += add_all(jobs, point[i]->d_name, run);
        free(run);
        free(point[i]);
    }
    free(point);
    if (jobs->n == 0 && jobs->findings.n == 0)
        die(EXIT_USAGE, "--export: %s: expected a sweep with a complete run, got none", sweep);
    if (left_out > 0)
        warn("--export: %s: %d run%s without an end %s left out", sweep, left_out, left_out > 1 ? "s" : "",
             left_out > 1 ? "are" : "is");
    if (!there(sweep, "sweep_summary.csv"))
        warn("--export: %s: the sweep is not complete (--resume continues it)", sweep);
}

/* Of a comparison the final runs are exported, and not those that have chosen values. */
static void add_final(struct jobs *jobs, const char *comparison)
{
    char *final = text_format("%s/final", comparison);
    if (!there(final, "sweep.ini"))
        die(EXIT_USAGE,
            "--export: %s: expected a comparison with final runs, got none (--resume continues it)",
            comparison);
    add_sweep(jobs, final);
    free(final);
}

/* ---- folders ---- */

/* The name of the folder is the name of the algorithm: "losp" for "results/x/losp/"; for "." the name of the
 * present folder. */
static void add_one(struct jobs *jobs, const char *folder)
{
    char *whole = realpath(folder, NULL);
    if (!whole)
        die_errno(EXIT_USAGE, "--export: %s", folder);
    add(jobs, NULL, strrchr(whole, '/') + 1, text_copy(folder));
    free(whole);
}

static void find_jobs(struct jobs *jobs, const char *run)
{
    if (there(run, eval_columns.file) || there(run, summary_members.file))
        add_one(jobs, run);
    else if (there(run, "compare.ini"))
        add_final(jobs, run);
    else if (there(run, "sweep.ini"))
        add_sweep(jobs, run);
    else if (there(run, "resolved.ini"))
        add_all(jobs, NULL, run);
    else if (access(run, X_OK) && errno == EACCES)
        die_errno(EXIT_USAGE, "--export: %s", run);
    else
        die(EXIT_USAGE,
            "--export: expected the folder of a run, with a resolved.ini in it, of one of its algorithms, or "
            "of "
            "a sweep, got '%s'",
            run);
}

static bool check_all(struct jobs *jobs, const struct format *format)
{
    bool good = jobs->findings.n == 0;
    for (int i = 0; good && i < jobs->n; i++) {
        struct job *job = &jobs->at[i];
        if (there(job->target, format->file))
            die(EXIT_USAGE, "%s/%s exists: nothing is overwritten; give another folder with -o", job->target,
                format->file);
        good = export_algorithm(job, format, NULL);
    }
    return good;
}

static bool write_all(struct jobs *jobs, const struct format *format)
{
    bool good = true;
    for (int i = 0; good && i < jobs->n; i++) {
        struct job *job = &jobs->at[i];
        char *path = text_format("%s/%s", job->target, format->file);
        folder_need(job->target);
        good = export_algorithm(job, format, path);
        if (good)
            puts(path);
        free(path);
    }
    return good;
}

static void free_all(struct jobs *jobs)
{
    for (int i = 0; i < jobs->n; i++) {
        free(jobs->at[i].algorithm);
        free(jobs->at[i].folder);
        free(jobs->at[i].name);
        free(jobs->at[i].target);
        series_free(jobs->at[i].series);
    }
    free(jobs->at);
    free(jobs);
}

int export_run(const char *format, const char *run, const char *output)
{
    struct jobs *jobs = need(sizeof *jobs);
    jobs->output = output;
    find_jobs(jobs, run);
    bool good = check_all(jobs, format_of(format)) && write_all(jobs, format_of(format));
    free_all(jobs);
    return good ? EXIT_DONE : EXIT_FAILED;
}
