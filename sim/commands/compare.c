/* The command for a comparison: a driver that writes inis and calls the sweep, and then the verdict.
 *
 *   x.ini --> FOLDER/final.ini --sweep()--> FOLDER/final/ --sim/compare/--> verdict.json, verdict.csv, the terminal
 *
 * What it has done stands in the folder alone, so that any call goes on where the one before has ended. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/compare/rules.h"
#include "sim/compare/show.h"
#include "sim/output/folder.h"
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

static void check_whole(const struct program *p)
{
    struct work work = {0};
    char wall[32];
    puts("final runs");
    phase_try(p, &work);
    printf("%d final runs%s%s\n", work.runs, work.wall > 0 ? ", about " : "",
           work.wall > 0 ? text_duration_real(wall, sizeof wall, work.wall * NS_PER_S) : "");
}

static void open_folder(struct program *p)
{
    char error[1024];
    struct grid grid;
    if (p->options.resume) {
        p->folder = text_copy(p->options.resume);
        return;
    }
    need_ok(grid_read(&grid, p->source, error, sizeof error), error);
    phase_try(p, NULL);
    program_make_folder(p, &grid, "compare");
    grid_free(&grid);
}

/* Of a job array no job is the last one that the others know of: --resume says what comes of all. */
static void say_share(const struct program *p)
{
    const struct options *o = &p->options;
    struct comparison c;
    comparison_open(&c, p->folder, o);
    if (o->json)
        ;
    else if (c.missing > 0)
        printf("the final runs of job %d of %d are done, %d points of other jobs are missing; when all are "
               "done: "
               "simulate --resume %s\n",
               o->index, o->of, c.missing, p->folder);
    else
        printf("the final runs of all jobs are done: simulate --resume %s\n", p->folder);
    comparison_close(&c);
}

static void conclude(const struct program *p)
{
    struct comparison c;
    comparison_open(&c, p->folder, &p->options);
    verdict_write(c.verdict, p->folder);
    if (p->options.json)
        verdict_print_json(c.verdict);
    else
        verdict_print(c.verdict);
    comparison_close(&c);
}

int compare(struct program *p, char **argv)
{
    char error[1024];
    struct verdict_rules rules;
    need_ok(rules_read(&rules, p->source, error, sizeof error), error);
    if (p->options.action == ACT_CHECK) {
        check_whole(p);
        return EXIT_DONE;
    }
    open_folder(p);
    phase_write(p);
    int status = phase_run(p, argv);
    bool complete = status == EXIT_DONE && !p->options.of;
    if (complete)
        conclude(p);
    else if (status == EXIT_DONE)
        say_share(p);
    if (p->options.json)
        verdict_json_end(p->folder, status);
    else
        printf("%s%s\n", p->folder, complete ? "" : " (incomplete)");
    free(p->folder);
    return status;
}
