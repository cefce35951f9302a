#include "sim/compare/profiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/sweep/sweep_file.h"

const char profiles_file[] = "profiles.csv";

/* The number of the algorithm in a comparison; -1: it is not there. */
static int find(const struct comparison_verdict *v, const char *algorithm)
{
    const struct grid *grid = v->results->grid;
    for (int a = 0; a < grid->algorithms; a++)
        if (strcmp(grid->algorithm[a], algorithm) == 0)
            return a;
    return -1;
}

static bool is_everywhere(const struct compared *all, int n, const char *algorithm)
{
    bool there = true;
    for (int i = 0; i < n; i++)
        there &= find(all[i].verdict, algorithm) >= 0;
    return there;
}

static double time_of(const struct comparison_verdict *v, int setting, int algorithm)
{
    const struct results *r = v->results;
    struct spread time = results_spread(r, results_counting(r, setting, algorithm), r->at.target_time);
    return time.n == r->grid->seeds ? time.mean : NAN;
}

/* The shortest time of the algorithms that count; NAN: none reaches the target. */
static double fastest(const struct compared *all, int n, int i, int setting)
{
    const struct grid *grid = all[i].verdict->results->grid;
    double best = NAN;
    for (int a = 0; a < grid->algorithms; a++)
        if (is_everywhere(all, n, grid->algorithm[a]))
            best = fmin(best, time_of(all[i].verdict, setting, a));
    return best;
}

int profiles_workloads(const struct compared *all, int n)
{
    int workloads = 0;
    for (int i = 0; i < n; i++)
        for (int s = 0;
             all[i].verdict->rules.measure[MEASURE_TIME] && s < all[i].verdict->results->grid->settings; s++)
            workloads += !isnan(fastest(all, n, i, s));
    return workloads;
}

static char *workload_name(const struct compared *one, int n, int setting)
{
    char *at = grid_setting(one->verdict->results->grid, setting);
    char *name = n == 1 ? text_copy(at) : text_join(one->name, *at ? ": " : "", at);
    free(at);
    return name;
}

/* A workload in which no algorithm reaches the target tells nothing. */
static void write_workload(struct csv *csv, const struct compared *all, int n, int i, int setting)
{
    const struct results *r = all[i].verdict->results;
    double best = fastest(all, n, i, setting);
    char *name = workload_name(&all[i], n, setting);
    const struct grid *first = all[0].verdict->results->grid;
    for (int a = 0; a < first->algorithms && !isnan(best); a++) {
        if (!is_everywhere(all, n, first->algorithm[a]))
            continue;
        int here = find(all[i].verdict, first->algorithm[a]);
        double time = time_of(all[i].verdict, setting, here);
        csv_text(csv, name);
        csv_text(csv, first->algorithm[a]);
        csv_text(csv, results_label(r, here));
        csv_real(csv, time);
        csv_real(csv, time / best);
        csv_end_row(csv);
    }
    free(name);
}

void profiles_write(const struct compared *all, int n, const char *folder)
{
    struct sweep_file file =
        sweep_file_open(folder, profiles_file, text_copy("workload,algorithm,label,target_s,ratio"));
    for (int i = 0; i < n; i++)
        for (int s = 0;
             all[i].verdict->rules.measure[MEASURE_TIME] && s < all[i].verdict->results->grid->settings; s++)
            write_workload(file.csv, all, n, i, s);
    sweep_file_close(&file);
}
