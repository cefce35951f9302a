/* Whether two rows of a table are told apart, as sim/statistics concludes from pairs of runs with one seed. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/paper/paper.h"
#include "sim/statistics/inference.h"

static const struct paper_run *of_seed(const struct paper_row *row, int seed)
{
    for (int i = 0; i < row->runs; i++)
        if (row->run[i].seed == seed)
            return &row->run[i];
    return NULL;
}

struct pairs { /* runs of two rows with the same seed */
    int n;
    const struct paper_run **a, **b; /* (n) */
};

static struct pairs pair_up(const struct paper_row *a, const struct paper_row *b)
{
    struct pairs pairs = {.a = need(((size_t)a->runs + 1) * sizeof *pairs.a),
                          .b = need(((size_t)a->runs + 1) * sizeof *pairs.b)};
    for (int i = 0; i < a->runs; i++) {
        const struct paper_run *other = of_seed(b, a->run[i].seed);
        if (!other)
            continue;
        pairs.a[pairs.n] = &a->run[i];
        pairs.b[pairs.n++] = other;
    }
    return pairs;
}

static double number(const struct paper_run *run, int measure)
{
    return run->done ? run->x[measure] : NAN;
}

static struct paired compare_times(const struct pairs *pairs, int measure, double *difference)
{
    struct pair_times *times = need(((size_t)pairs->n + 1) * sizeof *times);
    for (int i = 0; i < pairs->n; i++)
        times[i] = (struct pair_times){.a = number(pairs->a[i], measure),
                                       .b = number(pairs->b[i], measure),
                                       .a_before = pairs->a[i]->before_s,
                                       .b_before = pairs->b[i]->before_s,
                                       .a_end = pairs->a[i]->end_s,
                                       .b_end = pairs->b[i]->end_s};
    struct paired result = paired_times(times, pairs->n, difference);
    free(times);
    return result;
}

static struct paired compare_values(const struct pairs *pairs, int measure, double step, double *difference)
{
    double *a = need(((size_t)pairs->n + 1) * sizeof *a), *b = need(((size_t)pairs->n + 1) * sizeof *b);
    for (int i = 0; i < pairs->n; i++) {
        a[i] = number(pairs->a[i], measure);
        b[i] = number(pairs->b[i], measure);
    }
    struct paired result = paired_values(a, b, pairs->n, step, difference);
    free(a);
    free(b);
    return result;
}

bool paper_apart(const struct paper *p, const struct paper_row *a, const struct paper_row *b, int measure,
                 int m)
{
    struct pairs pairs = pair_up(a, b);
    const struct paper_measure *of = &p->measure[measure];
    double *difference = need(((size_t)pairs.n + 1) * sizeof *difference);
    struct paired paired =
        of->to_target ? compare_times(&pairs, measure, difference)
                      : compare_values(&pairs, measure, of->better == HIGHER ? p->step : 0, difference);
    struct inference i =
        infer(&paired, difference, &(struct question){.m = m, .resolution = NAN, .margin = NAN});
    free(difference);
    free(pairs.a);
    free(pairs.b);
    return i.conclusion == LESS || i.conclusion == MORE;
}
