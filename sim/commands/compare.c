/* The command for a comparison: a driver that writes inis and calls the sweep, and then the verdict.
 *
 *   x.ini --> FOLDER/tune.ini  --sweep()--> FOLDER/tune/   with [tune] alone: the values of each algorithm
 *         --> FOLDER/final.ini --sweep()--> FOLDER/final/  --sim/compare/--> verdict.json, verdict.csv, the terminal
 *
 * What it has done stands in the folder alone, so that any call goes on where the one before has ended. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/compare/show.h"
#include "sim/output/folder.h"
#include "sim/report/report.h"
#include "sim/time/vtime.h"

bool compares(const struct program *p)
{
    const struct options *o = &p->options;
    if (!config_compares(p->source) || (o->action != ACT_RUN && o->action != ACT_CHECK))
        return false;
    if (o->retime)
        die(EXIT_USAGE, "--retime: expected no [compare] and no --compare: a comparison retimes its own runs "
                        "(sweep.retime)");
    return true;
}

/* ---- --check ---- */

static void check_stages(const struct plan *plan)
{
    struct work all = {0};
    char wall[32], *words = tuning_words(&plan->tuning);
    if (plan_has(plan, STAGE_TUNE))
        printf("%s\n", words);
    for (int i = 0; i < STAGES; i++) {
        if (!plan_has(plan, (enum stage)i))
            continue;
        printf("---- %s ----\n", stage_words[i]);
        struct work work = stage_try(plan, (enum stage)i);
        all.runs += work.runs;
        all.wall += work.wall;
    }
    printf("---- in all: %d runs%s%s ----\n", all.runs, all.wall > 0 ? ", about " : "",
           all.wall > 0 ? text_duration_real(wall, sizeof wall, all.wall * NS_PER_S) : "");
    free(words);
}

/* ---- the folder ---- */

static void open_folder(struct program *p, const struct plan *plan)
{
    char error[1024];
    struct grid grid;
    if (p->options.resume) {
        p->folder = text_copy(p->options.resume);
        return;
    }
    need_ok(grid_read(&grid, p->source, error, sizeof error), error);
    for (int i = 0; i < STAGES; i++)
        if (plan_has(plan, (enum stage)i))
            stage_try(plan, (enum stage)i);
    program_make_folder(p, &grid, "compare");
    grid_free(&grid);
}

/* ---- stages ---- */

static void say(const struct program *p, const char *words)
{
    if (!p->options.json)
        printf("%s\n", words);
}

/* Of a job array no job is the last one that the others know of: the same command, or --resume, goes on. */
static void say_missing(const struct program *p, const char *what, int missing, const char *then)
{
    const struct options *o = &p->options;
    char *words = missing > 0 ? text_format("%s: job %d of %d is done, %d points are missing; when all "
                                            "jobs are done: %s",
                                            what, o->index, o->of, missing, then)
                              : text_format("%s: the points of all jobs are done: %s", what, then);
    say(p, words);
    free(words);
}

static bool has_file(const char *folder, const char *name)
{
    char *path = text_format("%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;
    if (!there && errno != ENOENT && errno != ENOTDIR)
        die_errno(EXIT_RESOURCE, "looking for %s", path);
    free(path);
    return there;
}

static bool is_over(const struct program *p, enum stage stage)
{
    struct opened o;
    if (!stage_has_begun(p->folder, stage))
        return false;
    stage_open(&o, p->folder, stage, &p->options);
    bool over = o.missing == 0;
    stage_close(&o);
    return over;
}

/* Runs the tuning, unless an earlier call has come to its end, and writes final.ini with the values that it has chosen.
 * *ready: all its points are over; those of other jobs may not be. */
static int tune(const struct plan *plan, char **argv, bool *ready)
{
    const struct program *p = plan->all;
    struct opened tuned;
    bool over =
        has_file(p->folder, tuning_file) && has_file(p->folder, "final.ini") && is_over(p, STAGE_TUNE);
    stage_write(plan, STAGE_TUNE, NULL);
    int status = over ? EXIT_DONE : stage_run(plan, STAGE_TUNE, argv);
    *ready = over;
    if (status != EXIT_DONE || over)
        return status;
    stage_open(&tuned, p->folder, STAGE_TUNE, &p->options);
    *ready = tuned.missing == 0;
    if (*ready && !p->options.of)
        tuning_write(&plan->tuning, tuned.results, p->folder);
    if (*ready)
        stage_write(plan, STAGE_FINAL, tuned.results);
    else
        say_missing(p, stage_words[STAGE_TUNE], tuned.missing, "the same command once more");
    stage_close(&tuned);
    return status;
}

static int run_stages(const struct plan *plan, char **argv, bool *ready)
{
    *ready = true;
    int status = plan_has(plan, STAGE_TUNE) ? tune(plan, argv, ready) : EXIT_DONE;
    if (status != EXIT_DONE || !*ready)
        return status;
    stage_write(plan, STAGE_FINAL, NULL); /* without tuning */
    return stage_run(plan, STAGE_FINAL, argv);
}

/* ---- the end ---- */

static void conclude(const struct program *p)
{
    struct comparison c;
    comparison_open(&c, p->folder, &p->options);
    const struct compared one = comparison_shown(&c);
    comparison_write_files(&c, p->folder);
    if (c.base.cfg.output.report)
        report_comparison_at_end(&one);
    if (p->options.json)
        verdict_print_json(c.verdict);
    else
        verdict_print(c.verdict);
    comparison_close(&c);
}

static void say_share(const struct program *p)
{
    struct opened final;
    char *then = text_format("simulate --resume %s", p->folder);
    stage_open(&final, p->folder, STAGE_FINAL, &p->options);
    say_missing(p, stage_words[STAGE_FINAL], final.missing, then);
    stage_close(&final);
    free(then);
}

static int run_all(struct program *p, const struct plan *plan, char **argv)
{
    bool ready;
    open_folder(p, plan);
    int status = run_stages(plan, argv, &ready);
    bool over = status == EXIT_DONE && ready && !p->options.of;
    if (over)
        conclude(p);
    else if (status == EXIT_DONE && ready)
        say_share(p);
    if (p->options.json)
        verdict_json_end(p->folder, status);
    else
        printf("%s%s\n", p->folder, over ? "" : " (incomplete)");
    free(p->folder);
    return status;
}

int compare(struct program *p, char **argv)
{
    struct plan plan;
    int status = EXIT_DONE;
    plan_read(&plan, p);
    if (p->options.action == ACT_CHECK)
        check_stages(&plan);
    else
        status = run_all(p, &plan, argv);
    plan_free(&plan);
    return status;
}
