/* Judges where a run ends: with the first update at or past a bound (iterations, epochs, experiment.virtual_time,
 * experiment.bytes); or, with experiment.stop = target, with the evaluation after the one that has reached the target. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/verify/audit.h"

static const char why[] = "the run ends with the first update there";

/* Replies depart with their update, and the bytes of its evaluation have them; where they count for the budget it is at
 * the next update. */
static int64_t bytes_before(const struct audit *a, const struct eval *e)
{
    int64_t replies = a->carried == BY_SERVER ? product_of(a->workers, a->most_reply_bytes) : 0;
    int64_t sent = sum_of(e->row.bytes_up, e->row.bytes_down);
    return sent > replies ? sent - replies : 0;
}

/* The last update is about one iteration short of the epochs, which are rounded down to iterations. */
static bool is_past_epochs(const struct audit *a, const struct eval_row *row)
{
    double each = row->iterations > 0 ? row->epoch / (double)row->iterations : 0;
    return row->epoch + each > a->ends.epochs * (1 - 1e-9);
}

static bool reaches_a_bound(const struct audit *a, const struct eval_row *row)
{
    const struct ends *ends = &a->ends;
    int64_t bytes = sum_of(row->bytes_up, row->bytes_down);
    return (ends->iterations > 0 && row->iterations >= ends->iterations) ||
           (ends->ns > 0 && row->virtual_ns >= ends->ns) || (ends->bytes > 0 && bytes >= ends->bytes) ||
           (ends->epochs > 0 && is_past_epochs(a, row));
}

static void expect_below(struct audit *a, const char *what, int64_t got, int64_t bound)
{
    if (bound > 0)
        expect_most(&a->findings, what, got, bound - 1, why);
}

static void judge_before_the_end(struct audit *a, const struct eval *e)
{
    a->findings.line = e->line;
    expect_below(a, "iterations", e->row.iterations, a->ends.iterations);
    expect_below(a, "virtual_s in ns", e->row.virtual_ns, a->ends.ns);
    expect_below(a, "bytes_up + bytes_down", bytes_before(a, e), a->ends.bytes);
}

static int64_t first_at_target(const struct audit *a, bool surely)
{
    return a->ends.at_target ? target_first(a, a->target, surely) : a->evals;
}

/* The evaluation of the update that ends the run: the first after the one at the target, `met`, that is of an update,
 * and not of a restart point. */
static int64_t end_at_target(const struct audit *a, int64_t met)
{
    int64_t i = met + 1;
    while (i < a->evals && a->eval[i].restart)
        i++;
    return i;
}

/* A drain is evaluated once more. */
static bool goes_on(const struct audit *a, int64_t met, int64_t last)
{
    return met < last && end_at_target(a, met) + a->ends.drains < last;
}

static bool ends_early(const struct audit *a, int64_t met, int64_t last)
{
    return met >= last && !reaches_a_bound(a, &a->eval[last].row);
}

static void judge_end(struct audit *a, int64_t last)
{
    int64_t met = first_at_target(a, false), sure = first_at_target(a, true);
    a->findings.line = a->eval[last].line;
    if (!goes_on(a, sure, last) && !ends_early(a, sure, last))
        return;
    if (goes_on(a, met, last))
        finding(
            &a->findings,
            "expected no row after that of line %lld: the run ends with the evaluation after the one that "
            "reaches the target",
            (long long)a->eval[end_at_target(a, met)].line);
    else if (ends_early(a, met, last))
        finding(&a->findings, "expected an update at or past a bound of the run, got none");
}

/* Updates without an evaluation: a push that arrives at or past the bound is in the last update. Where a step of the
 * model has several exchanges, the last one of the step is. */
static void judge_pushes(struct audit *a)
{
    for (int64_t i = 0; a->ends.ns > 0 && i < a->rows - a->dropped; i++) {
        const struct member *m = &a->member[i];
        a->findings.line = m->line;
        if (m->round <= a->rounds - a->limits.exchanges && m->arrive_ns >= a->ends.ns) {
            expect_below(a, "arrive_ns", m->arrive_ns, a->ends.ns);
            return;
        }
    }
}

void length_judge(struct audit *a)
{
    char *evals = text_format("%s/%s", a->folder, eval_columns.file),
         *pushes = text_format("%s/%s", a->folder, workers_columns.file);
    int64_t last = a->evals - 1;
    a->findings.file = evals;
    for (int64_t i = 0; i < last - a->ends.drains; i++)
        if (!a->eval[i].restart)
            judge_before_the_end(a, &a->eval[i]);
    if (a->evals > 0)
        judge_end(a, last);
    a->findings.file = pushes;
    if (!a->ends.drains)
        judge_pushes(a);
    a->findings.line = 0;
    free(evals);
    free(pushes);
}
