/* A sweep from the first point to the table: jobs.c runs the points, results.c reads them, choose.c compares
 * them, tables.c and print.c show them. */
#include "sim/sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/json.h"
#include "sim/sweep/results.h"
#include "sim/sweep/rungs_file.h"

static void conclude(struct results *r)
{
    results_choose(r);
    results_write_points(r);
    results_write_summary(r);
    struct rungs *rungs = rungs_read(r->sweep);
    rungs_write(rungs, r);
    rungs_free(rungs);
    wins_write(r, r->sweep->folder);
    if (r->sweep->json)
        sweep_json_results(r);
    else if (!r->sweep->whole)
        results_print(r);
}

/* Points of this job that wait at a rung for points of other jobs. */
static int count_waiting(const struct sweep *s)
{
    struct rungs *rungs = rungs_read(s);
    int n = 0;
    for (int i = 0; rungs && i < s->grid.points; i++) {
        char *folder = text_format("%s/%s", s->folder, s->grid.point[i].name);
        n += sweep_is_mine(s, &s->grid.point[i]) && !point_is_over(point_state(folder));
        free(folder);
    }
    rungs_free(rungs);
    return n;
}

static void print_job(const struct sweep *s)
{
    int waiting = count_waiting(s);
    if (waiting > 0)
        printf("%d point%s of job %d of %d wait%s at a rung for points of other jobs: when these are there, "
               "the same "
               "command goes on\n",
               waiting, waiting > 1 ? "s" : "", s->index, s->of, waiting > 1 ? "" : "s");
    else
        printf("the points of job %d of %d are done; when all jobs are done: simulate --resume %s\n",
               s->index, s->of, s->folder);
}

static void print_end(const struct sweep *s, const struct results *results, int status)
{
    if (s->whole)
        return;
    if (s->json)
        sweep_json_end(s, results, status);
    else if (status == EXIT_DONE && s->of)
        print_job(s);
    if (!s->json)
        printf("%s%s\n", s->folder, status == EXIT_DONE && !s->of ? "" : " (incomplete)");
}

int sweep_run(const struct sweep *s)
{
    struct results *results = s->of ? NULL : results_read(s);
    int status = jobs_run(s, results);
    if (status != EXIT_DONE)
        warn("go on with: simulate --resume %s%s", s->whole ? s->whole : s->folder,
             s->of ? ", or by the same command" : "");
    else if (!s->of)
        conclude(results);
    print_end(s, results, status);
    if (results)
        results_free(results);
    return status;
}
