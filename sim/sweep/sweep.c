#include "sim/sweep/sweep.h"

#include <stdio.h>

#include "sim/base/fail.h"

int sweep_run(const struct sweep *s)
{
    int status = jobs_run(s);
    if (status != EXIT_DONE)
        warn("go on with: simulate --resume %s%s", s->folder, s->of ? ", or by the same command" : "");
    else if (s->of)
        printf("the points of job %d of %d are there; when those of all jobs are: simulate --resume %s\n",
               s->index, s->of, s->folder);
    else
        sweep_results(s);
    printf("%s%s\n", s->folder, status == EXIT_DONE && !s->of ? "" : " (incomplete)");
    return status;
}
