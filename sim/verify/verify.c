/* --verify finds the algorithms of the folders given, judges each algorithm's folder, and prints the
 * verdicts.
 *
 *   RUN is a sweep's folder     -> judge_sweep: every point's folder is a run
 *   RUN is a run's folder       -> judge_run: every algorithm that resolved.ini names
 *   RUN is an algorithm's       -> judge_one_algorithm: the run is the folder above
 *
 *   resolved.ini -> struct job -> judge_folder (a struct audit per algorithm) -> judge: the steps of audit.h
 *
 * The judge infers. The simulator wrote the tables independently of each other, and they describe the same
 * events, so sums over one table are equal to, or bounds for, the numbers in another:
 *
 *   workers.csv: a row per push            eval.csv: a row per evaluation
 *     sum of k of the rounds so far    ==    iterations
 *     bytes_up of pushes departed      <=    bytes_up       <= bytes_up of pushes departed or departing now
 *     sum over a worker's rows         <=  totals.csv:   compute_ns, waiting_ns, communication_ns
 *     sum over all rows                ==  summary.json: pushes, rounds, iterations, bytes
 *
 * A sum is exact only when workers.csv has every row; with output.workers_every above 1, or for a run that
 * was broken off, the sum is a lower bound. */
#include "sim/verify/verify.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/comparison.h"
#include "sim/verify/members.h"
#include "sim/verify/rungs.h"
#include "sim/verify/settings.h"

static bool there(const char *folder, const char *file)
{
    char *path = text_format("%s/%s", folder, file);
    bool found = access(path, F_OK) == 0;
    if (!found && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
        die_errno(EXIT_FAILED, "--verify: %s", path);
    free(path);
    return found;
}

/* ---- an algorithm ---- */

static void judge(struct audit *a)
{
    a->worker = need((size_t)a->workers * sizeof *a->worker);
    evals_read(a);
    if (a->faulty)
        faults_read(a);
    evals_judge(a);
    if (a->readable)
        quality_judge(a);
    exchanges_begin(a);
    pushes_read(a);
    if (a->readable && a->carried != BY_SERVER)
        exchanges_compare(a);
    if (a->readable && a->complete)
        rounds_compare(a);
    if (a->readable)
        evals_compare(a);
    if (a->readable && a->complete)
        length_judge(a);
    if (a->complete)
        sums_compare(a);
    free(a->joined);
    free(a->member);
    free(a->worker);
    free(a->eval);
    free(a->restart);
}

static void report(const struct audit *a, bool left)
{
    const char *folder = a->folder;
    if (a->findings.n > 0)
        printf("%s: damaged: %d finding%s\n", folder, a->findings.n, a->findings.n > 1 ? "s" : "");
    else
        printf("%s: %s: %" PRId64 " rows of workers.csv, %" PRId64 " of eval.csv\n", folder,
               a->complete ? "verified"
               : left      ? "left behind (sweep.halving), what is there is verified"
                           : "incomplete (no summary.json), what is there is verified",
               a->rows, a->evals);
}

/* ---- a run ---- */

struct job { /* the run that the algorithm belongs to */
    const char *folder;
    const struct promised_by *by;
    struct settings *settings;
    int64_t workers, every, server_every, eval_every;
    bool trained, done, left; /* run.json says that the run is done, or left behind in a halved sweep */
};

static bool run_is(const char *status, const char *folder)
{
    struct findings ignored = {.silent = true}; /* run.json is not judged */
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    bool is = m && members_is(m, "status", status);
    members_free(m);
    free(path);
    return is;
}

static bool judge_folder(const struct job *job, const char *folder, const char *algorithm)
{
    struct audit a = {.folder = folder,
                      .algorithm = algorithm,
                      .workers = job->workers,
                      .trained = job->trained,
                      .validates = settings_validates(job->settings),
                      .target = settings_target(job->settings),
                      .milestones = settings_milestones(job->settings),
                      .quality = settings_quality(job->settings),
                      .limits = settings_limits(job->settings, job->by, algorithm),
                      .ends = settings_ends(job->settings, algorithm),
                      .every = job->every,
                      .server_every = job->server_every,
                      .eval_every = job->eval_every,
                      .server_crashed = NEVER,
                      .faulty = there(folder, faults_columns.file),
                      .complete = there(folder, summary_members.file)};
    a.whole = a.complete && a.every == 1;
    a.exchange = settings_exchange(job->settings, algorithm, &a.own_exchange);
    a.colocated = settings_colocated(job->settings);
    a.asks_to_overlap = settings_overlap(job->settings, algorithm, &a.own_overlap);
    a.codes = settings_codes(job->settings);
    judge(&a);
    a.findings.file = folder;
    a.findings.line = 0;
    if (job->done && !a.complete)
        finding(&a.findings, "expected a summary.json, as run.json says that the run is done");
    report(&a, job->left);
    return a.findings.n == 0;
}

/* This function and the judges below return true when there is no finding. */
static bool judge_algorithm(const struct job *job, const char *algorithm)
{
    bool good = !job->done;
    char *folder = text_format("%s/%s", job->folder, algorithm);
    if (there(job->folder, algorithm))
        good = judge_folder(job, folder, algorithm);
    else
        printf("%s: %s\n", folder, job->done ? "damaged: missing" : "incomplete: not begun");
    free(folder);
    return good;
}

static bool judge_all(const struct job *job)
{
    bool good = true;
    const char *found;
    for (int i = 0; (found = settings_algorithm(job->settings, i)); i++) {
        char *name = text_copy(found);
        good &= judge_algorithm(job, name);
        free(name);
    }
    return good;
}

static bool judge_comparison(const char *folder, struct settings *settings)
{
    struct findings f = {0};
    comparison_judge(folder, settings, &f);
    if (f.n > 0)
        printf("%s: damaged: comparison.csv\n", folder);
    return f.n == 0;
}

/* only: the one algorithm to judge; NULL: every algorithm that the run should have. */
static bool judge_run(const char *folder, const char *only, const struct promised_by *by)
{
    struct findings f = {0};
    char *path = text_format("%s/resolved.ini", folder);
    struct job job = {.folder = folder,
                      .by = by,
                      .settings = settings_read(path, &f),
                      .done = run_is("done", folder),
                      .left = run_is("left behind", folder)};
    bool good = job.settings && settings_workers(job.settings, &job.workers) &&
                settings_trained(job.settings, &job.trained) && settings_every(job.settings, &job.every) &&
                settings_server_every(job.settings, &job.server_every);
    job.eval_every = good ? settings_eval_every(job.settings) : 0;
    if (good)
        good = only ? judge_algorithm(&job, only) : judge_all(&job);
    if (job.settings && job.done && !only && there(folder, comparison_columns.file))
        good &= judge_comparison(folder, job.settings);
    if (f.n > 0)
        printf("%s: damaged: resolved.ini\n", folder);
    settings_free(job.settings);
    free(path);
    return good && f.n == 0;
}

/* ---- a sweep ---- */

static int is_point(const struct dirent *entry)
{
    return isdigit((unsigned char)entry->d_name[0]);
}

static bool judge_rungs(const char *folder)
{
    struct findings f = {0}, ignored = {.silent = true};
    char *path = text_format("%s/resolved.ini", folder);
    struct settings *settings = settings_read(path, &ignored);
    if (settings)
        rungs_judge(folder, settings, &f);
    if (f.n > 0)
        printf("%s: damaged: rungs.csv\n", folder);
    settings_free(settings);
    free(path);
    return f.n == 0;
}

static bool judge_sweep(const char *folder, const struct promised_by *by)
{
    struct dirent **point;
    bool good = true;
    int n = scandir(folder, &point, is_point, alphasort);
    if (n < 0)
        die_errno(EXIT_FAILED, "--verify: %s", folder);
    for (int i = 0; i < n; i++) {
        char *path = text_format("%s/%s", folder, point[i]->d_name);
        if (there(path, "resolved.ini"))
            good &= judge_run(path, NULL, by);
        else
            printf("%s: incomplete: not begun\n", path);
        free(path);
        free(point[i]);
    }
    free(point);
    if (there(folder, "rungs.csv"))
        good &= judge_rungs(folder);
    return good;
}

/* ---- folders ---- */

static bool is_algorithm(const char *folder)
{
    return there(folder, eval_columns.file) || there(folder, workers_columns.file) ||
           there(folder, summary_members.file);
}

/* "results/x/losp/" -> "results/x" and "losp"; "losp" -> "." and "losp" */
static bool judge_one_algorithm(const char *folder, const struct promised_by *by)
{
    char *whole = realpath(folder, NULL);
    char *slash = whole ? strrchr(whole, '/') : NULL;
    if (!slash)
        die_errno(EXIT_USAGE, "--verify: %s", folder);
    *slash = '\0';
    bool good = judge_run(whole, slash + 1, by);
    free(whole);
    return good;
}

int verify(char *const *runs, const struct promised_by *by)
{
    bool good = true;
    for (; *runs; runs++) {
        if (is_algorithm(*runs))
            good &= judge_one_algorithm(*runs, by);
        else if (there(*runs, "sweep.ini"))
            good &= judge_sweep(*runs, by);
        else if (there(*runs, "resolved.ini"))
            good &= judge_run(*runs, NULL, by);
        else if (access(*runs, X_OK) && errno == EACCES)
            die_errno(EXIT_USAGE, "--verify: %s", *runs);
        else
            die(EXIT_USAGE,
                "--verify: expected the folder of a run, with a resolved.ini in it, or of one of its "
                "algorithms, got '%s'",
                *runs);
    }
    return good ? EXIT_DONE : EXIT_FAILED;
}
