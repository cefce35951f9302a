/* Judges what summary.json says by the accuracy that the run is judged on: the best evaluation, and the one that reaches
 * the target. */
#include <math.h>
#include <stdio.h>

#include "sim/base/number.h"
#include "sim/schema/judged.h"
#include "sim/verify/audit.h"
#include "sim/verify/members.h"

#define NAME(member) columns_name(&summary_members, offsetof(struct summary, member))

static const char *judged_on(const struct audit *a)
{
    return judged_word(a->validates);
}

/* The target as eval.csv would show it. */
static double target_of_csv(double target)
{
    char text[NUMBER_ROOM];
    double nine_digits = NAN;
    number_real(text, (size_t)(number_put_real(text, target) - text), &nine_digits);
    return nine_digits;
}

int64_t target_first(const struct audit *a, double target, bool surely)
{
    double nine_digits = target_of_csv(target);
    for (int64_t i = 0; i < a->evals; i++) {
        double accuracy = judged_accuracy(&a->eval[i].row, judged_on(a));
        if (surely ? accuracy > nine_digits : accuracy >= nine_digits)
            return i;
    }
    return a->evals;
}

/* ---- the target ---- */

/* Whether summary.json may say that evaluation i is the one: the moments are those of i and of the row before. */
static bool is_said(const struct audit *a, int64_t i, int64_t ns, int64_t before)
{
    return ns == a->eval[i].row.virtual_ns && before == (i > 0 ? a->eval[i - 1].row.virtual_ns : 0);
}

static void judge_count(struct audit *a, struct members *m, const char *name, int64_t want)
{
    int64_t got;
    if (members_has(m, name) && members_int(m, name, &got))
        expect_equal(&a->findings, name, got, want, "the row of eval.csv at the target");
}

/* What it took by then. */
static void judge_cost(struct audit *a, struct members *m, const struct eval_row *row)
{
    judge_count(a, m, NAME(target_iterations), row->iterations);
    judge_count(a, m, NAME(target_bytes_up), row->bytes_up);
    judge_count(a, m, NAME(target_bytes_down), row->bytes_down);
}

static void judge_moments(struct audit *a, struct members *m, int64_t met, int64_t sure, int64_t ns,
                          int64_t before)
{
    for (int64_t i = met; i < a->evals && i <= sure; i++)
        if (is_said(a, i, ns, before)) {
            judge_cost(a, m, &a->eval[i].row);
            return;
        }
    expect_equal(&a->findings, NAME(target_ns), ns, a->eval[met].row.virtual_ns,
                 "the first row of eval.csv at the target");
    if (ns == a->eval[met].row.virtual_ns)
        expect_equal(&a->findings, NAME(before_target_ns), before,
                     met > 0 ? a->eval[met - 1].row.virtual_ns : 0, "the row of eval.csv before the target");
}

/* Where the accuracy has the target's nine digits, it may be on either side. */
static void judge_target(struct audit *a, struct members *m)
{
    int64_t met = target_first(a, a->target, false), sure = target_first(a, a->target, true), ns, before;
    double reached = NAN;
    if (!members_has(m, NAME(before_target_ns)) || !members_real(m, NAME(target_ns), &reached))
        return; /* an older program does not say it */
    if (a->target > 0 && !isnan(reached) && met < a->evals) {
        if (members_int(m, NAME(target_ns), &ns) && members_int(m, NAME(before_target_ns), &before))
            judge_moments(a, m, met, sure, ns, before);
    } else if (!isnan(reached)) {
        finding(&a->findings, "%s: expected null, as no row of eval.csv is at the target", NAME(target_ns));
    } else if (a->target > 0 && sure < a->evals) {
        finding(&a->findings, "%s: expected the moment of a row of eval.csv at the target, got null",
                NAME(target_ns));
    }
}

/* ---- the best ---- */

static double best_accuracy(const struct audit *a)
{
    struct summary best = {.best_accuracy = NAN, .best_judged = NAN};
    snprintf(best.judged_on, sizeof best.judged_on, "%s", judged_on(a));
    for (int64_t i = 0; i < a->evals; i++)
        judged_best(&best, &a->eval[i].row);
    return best.best_accuracy;
}

static void judge_near(struct audit *a, struct members *m, const char *name, double want, const char *why)
{
    double got;
    if (members_real(m, name, &got))
        expect_near(&a->findings, name, got, want, why);
}

/* Of the last row. */
static void judge_validation(struct audit *a, struct members *m)
{
    static const char why[] = "the last row of eval.csv";
    const struct eval_row *last = &a->eval[a->evals - 1].row;
    if (!a->validates && !members_has(m, NAME(judged_on)))
        return; /* an older program */
    judge_near(a, m, NAME(validation_accuracy), last->validation_accuracy, why);
    judge_near(a, m, NAME(validation_loss), last->validation_loss, why);
    if (!members_is(m, NAME(judged_on), judged_on(a)))
        finding(&a->findings, "%s: expected \"%s\", as data.validation of resolved.ini says", NAME(judged_on),
                judged_on(a));
}

void target_compare(struct audit *a, struct members *m)
{
    judge_near(a, m, NAME(best_accuracy), best_accuracy(a), "the best of eval.csv");
    judge_validation(a, m);
    judge_target(a, m);
}
