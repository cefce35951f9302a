/* Divides the runs of a report into problems. */
#include "sim/report/problems.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"

/* The synthetic set has two shapes, which are two data sets. */
static const char *shape_of(const struct report_run *run)
{
    return strcmp(run_value(run, "data.set"), "synthetic") == 0 ? run_value(run, "data.shape") : "";
}

static bool is_synthetic(const struct report_run *run)
{
    return strcmp(run_value(run, "data.synthetic"), "yes") == 0;
}

static char *name_of(const struct report_run *run)
{
    if (!config_reads_data(run_value(run, "model.name")))
        return text_copy(run_value(run, "model.name"));
    const char *shape = shape_of(run);
    return text_format("%s on %s%s%s%s", run_value(run, "model.name"), run_value(run, "data.set"),
                       *shape ? " like " : "", shape, is_synthetic(run) ? " (SYNTHETIC DATA)" : "");
}

static int find(char *const *names, int n, const char *name)
{
    int i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    return i;
}

struct problems problems_find(const struct report_runs *runs)
{
    size_t most = (size_t)runs->n;
    char **names = need(most * sizeof *names);
    int *of = need(most * sizeof *of), *index = need(most * sizeof *index);
    struct problems p = {.at = need(most * sizeof *p.at)};
    for (int r = 0; r < runs->n; r++) {
        char *name = name_of(&runs->run[r]);
        of[r] = find(names, p.n, name);
        if (of[r] == p.n)
            names[p.n++] = name;
        else
            free(name);
    }
    for (int i = 0; i < p.n; i++) {
        int n = 0;
        for (int r = 0; r < runs->n; r++)
            if (of[r] == i)
                index[n++] = r;
        p.at[i] = (struct problem){.name = names[i],
                                   .id = text_format("problem-%d", i + 1),
                                   .synthetic = is_synthetic(&runs->run[index[0]]),
                                   .runs = runs_part(runs, index, n)};
    }
    free(names);
    free(of);
    free(index);
    return p;
}

void problems_free(struct problems *p)
{
    for (int i = 0; i < p->n; i++) {
        free(p->at[i].name);
        free(p->at[i].id);
        runs_part_free(&p->at[i].runs);
    }
    free(p->at);
    *p = (struct problems){0};
}
