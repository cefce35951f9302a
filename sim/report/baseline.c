/* Finds the baseline of a report, and for each run the run of the baseline to compare with. */
#include "sim/report/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/texts.h"
#include "sim/schema/columns.h"

/* ---- pairs of runs ---- */

/* The values of the shared keys in which runs differ. */
static char *shared_values(const struct report_runs *runs, int run)
{
    char *text = NULL;
    size_t size;
    const char *key;
    FILE *out = text_begin(&text, &size);
    for (int i = 0; (key = runs_differ_in(runs, i)); i++)
        if (key_is_shared(key))
            fprintf(out, "%s\n", run_value(&runs->run[run], key));
    text_end(out, &text);
    return text;
}

static char *entry_and_seed(const struct report_runs *runs, int entry, int run)
{
    return text_format("%d %s", entry, run_value(&runs->run[run], "experiment.seed"));
}

enum { SEVERAL = -2 };

/* shared values -> the only entry of the algorithm with them, or SEVERAL; entry and seed -> its run */
struct pairing {
    struct texts entries, runs;
};

static struct pairing pair(const struct report_runs *runs, const struct entries *all, const char *algorithm)
{
    struct pairing p = {0};
    for (int i = 0; i < all->n; i++) {
        const struct entry *v = &all->at[i];
        if (strcmp(v->algorithm, algorithm) != 0)
            continue;
        int *entry = texts_number(&p.entries, shared_values(runs, v->run[0]));
        *entry = *entry == -1 ? i : SEVERAL;
        for (int r = 0; r < v->n; r++)
            *texts_number(&p.runs, entry_and_seed(runs, i, v->run[r])) = v->run[r];
    }
    return p;
}

/* For each run the run of the algorithm to compare it with; -1: there is none. The caller frees. */
static int *partners_of(const struct report_runs *runs, const struct entries *all, const char *algorithm)
{
    struct pairing p = pair(runs, all, algorithm);
    int *partner = need((size_t)runs->n * sizeof *partner);
    for (int r = 0; r < runs->n; r++) {
        int entry = *texts_number(&p.entries, shared_values(runs, r));
        partner[r] = entry < 0 ? -1 : *texts_number(&p.runs, entry_and_seed(runs, entry, r));
    }
    texts_free(&p.entries);
    texts_free(&p.runs);
    return partner;
}

/* ---- the baseline ---- */

static bool is_everywhere(const struct entries *all, const int *partner)
{
    for (int i = 0; i < all->n; i++)
        for (int r = 0; r < all->at[i].n; r++)
            if (partner[all->at[i].run[r]] < 0)
                return false;
    return true;
}

struct baseline baseline_find(const struct report_runs *runs, const struct entries *all)
{
    bool several = false;
    for (int i = 1; i < all->n; i++)
        several |= strcmp(all->at[i].algorithm, all->at[0].algorithm) != 0;
    for (int i = 0; several && i < all->n; i++) {
        const char *algorithm = all->at[i].algorithm;
        if (i > 0 && strcmp(algorithm, all->at[i - 1].algorithm) == 0)
            continue;
        int *partner = partners_of(runs, all, algorithm);
        if (is_everywhere(all, partner))
            return (struct baseline){algorithm, partner};
        free(partner);
    }
    return (struct baseline){0};
}

void baseline_free(struct baseline *b)
{
    free(b->partner);
    *b = (struct baseline){0};
}

/* ---- the speed-up ---- */

static const char *name_of(size_t offset)
{
    return columns_name(&comparison_columns, offset);
}

/* The time to the target, or, without a target, of the whole run. NAN: a budget has ended the run, so that
 * comparison.csv has no speed-up. */
static double time_of(const struct report_run *run, const char *algorithm)
{
    const struct sheet *s = &run->comparison;
    int row = sheet_find(s, "algorithm", algorithm);
    bool aims = !isnan(sheet_number(s, row, name_of(offsetof(struct comparison_row, target_accuracy))));
    if (!aims && isnan(sheet_number(s, row, name_of(offsetof(struct comparison_row, speedup)))))
        return NAN;
    return sheet_number(s, row,
                        name_of(aims ? offsetof(struct comparison_row, target_ns)
                                     : offsetof(struct comparison_row, virtual_ns)));
}

/* As in sim/output/comparison.c: 0 / 0 is 1, as both are at the target before the first step. */
static double times_sooner(double than, double time)
{
    return than == time ? 1 : time > 0 ? than / time : NAN;
}

struct sample baseline_speedup(const struct report_runs *runs, const struct baseline *b,
                               const struct entry *v)
{
    double *x = need((size_t)v->n * sizeof *x);
    for (int i = 0; i < v->n; i++) {
        int other = b->partner[v->run[i]];
        x[i] = other < 0 ? NAN
                         : times_sooner(time_of(&runs->run[other], b->algorithm),
                                        time_of(&runs->run[v->run[i]], v->algorithm));
    }
    struct sample s = sample_over(x, v->n);
    free(x);
    return s;
}
