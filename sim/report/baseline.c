/* Finds the baseline of a report, and for each run the run of the baseline to compare with. */
#include "sim/report/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/schema/columns.h"

/* ---- pairs of runs ---- */

static bool equal_in(const struct report_runs *runs, int a, int b, const char *key)
{
    return strcmp(run_value(&runs->run[a], key), run_value(&runs->run[b], key)) == 0;
}

static bool same_shared_keys(const struct report_runs *runs, int a, int b)
{
    const char *key;
    for (int i = 0; (key = runs_differ_in(runs, i)); i++)
        if (key_is_shared(key) && !equal_in(runs, a, b, key))
            return false;
    return true;
}

/* The only entry of the algorithm with the shared keys of a run; NULL: there is none, or there are
 * several. */
static const struct entry *beside(const struct report_runs *runs, const struct entries *all,
                                  const char *algorithm, int run)
{
    const struct entry *found = NULL;
    for (int i = 0; i < all->n; i++) {
        const struct entry *v = &all->at[i];
        if (strcmp(v->algorithm, algorithm) != 0 || !same_shared_keys(runs, v->run[0], run))
            continue;
        if (found)
            return NULL;
        found = v;
    }
    return found;
}

/* The run of the algorithm to compare a run with; -1: there is none. */
static int partner(const struct report_runs *runs, const struct entries *all, const char *algorithm, int run)
{
    const struct entry *v = beside(runs, all, algorithm, run);
    for (int i = 0; v && i < v->n; i++)
        if (equal_in(runs, v->run[i], run, "experiment.seed"))
            return v->run[i];
    return -1;
}

/* ---- the baseline ---- */

static bool is_everywhere(const struct report_runs *runs, const struct entries *all, const char *algorithm)
{
    for (int i = 0; i < all->n; i++)
        for (int r = 0; r < all->at[i].n; r++)
            if (partner(runs, all, algorithm, all->at[i].run[r]) < 0)
                return false;
    return true;
}

const char *baseline_find(const struct report_runs *runs, const struct entries *all)
{
    bool several = false;
    for (int i = 1; i < all->n; i++)
        several |= strcmp(all->at[i].algorithm, all->at[0].algorithm) != 0;
    for (int i = 0; several && i < all->n; i++) {
        bool first = i == 0 || strcmp(all->at[i].algorithm, all->at[i - 1].algorithm) != 0;
        if (first && is_everywhere(runs, all, all->at[i].algorithm))
            return all->at[i].algorithm;
    }
    return NULL;
}

/* ---- the speed-up ---- */

static const char *name_of(size_t offset)
{
    return columns_name(&comparison_columns, offset);
}

/* The time to the target, or, without a target, of the whole run. */
static double time_of(const struct report_run *run, const char *algorithm)
{
    const struct sheet *s = &run->comparison;
    int row = sheet_find(s, "algorithm", algorithm);
    bool aims = !isnan(sheet_number(s, row, name_of(offsetof(struct comparison_row, target_accuracy))));
    return sheet_number(s, row,
                        name_of(aims ? offsetof(struct comparison_row, target_ns)
                                     : offsetof(struct comparison_row, virtual_ns)));
}

/* As in sim/output/comparison.c: 0 / 0 is 1, as both are at the target before the first step. */
static double times_sooner(double than, double time)
{
    return than == time ? 1 : time > 0 ? than / time : NAN;
}

struct sample baseline_speedup(const struct report_runs *runs, const struct entries *all,
                               const char *baseline, const struct entry *v)
{
    double *x = need((size_t)v->n * sizeof *x);
    for (int i = 0; i < v->n; i++) {
        int other = partner(runs, all, baseline, v->run[i]);
        x[i] = other < 0 ? NAN
                         : times_sooner(time_of(&runs->run[other], baseline),
                                        time_of(&runs->run[v->run[i]], v->algorithm));
    }
    struct sample s = sample_over(x, v->n);
    free(x);
    return s;
}
