/* A sweep from the first point to the table: jobs.c runs the points, results.c reads them, choose.c compares
 * them, tables.c and print.c show them. */
#include "sim/sweep/sweep.h"

#include <stdio.h>

#include "sim/base/fail.h"
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

static void print_end(const struct sweep *s, const struct results *results, int status)
{
    if (s->whole)
        return;
    if (s->json)
        sweep_json_end(s, results, status);
    else if (status == EXIT_DONE && s->of)
        printf("the points of job %d of %d are done; when all jobs are done: simulate --resume %s\n",
               s->index, s->of, s->folder);
    if (!s->json)
        printf("%s%s\n", s->folder, status == EXIT_DONE && !s->of ? "" : " (incomplete)");
}

int sweep_run(const struct sweep *s)
{
    struct results *results = s->of ? NULL : results_read(s);
    int status = jobs_run(s, results);
    if (status != EXIT_DONE)
        warn("go on with: simulate --resume %s%s", s->whole ? s->whole : s->folder, s->of ? ", or by the same command" : "");
    else if (!s->of)
        conclude(results);
    print_end(s, results, status);
    if (results)
        results_free(results);
    return status;
}
