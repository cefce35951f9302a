/* Judges quality.csv and classes.csv beside eval.csv: a row, or a row of each label, for each evaluation. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/schema/quality_columns.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

#define NINE_DIGITS \
    1e-8 /* relative: numbers of a file may differ by so much from what they were computed from */

static const char why[] = "the same evaluation in eval.csv";

static double judged(const struct eval_row *row, int set)
{
    return set == OF_TEST ? row->test_accuracy : row->validation_accuracy;
}

static bool at_most(double a, double b)
{
    return a <= b + NINE_DIGITS * fabs(b);
}

/* ---- quality.csv ---- */

/* A share of samples, or NaN where the set has none. */
static void judge_share(struct findings *f, const char *name, double share, bool there)
{
    if (there ? !(share >= 0 && share <= 1) : !isnan(share))
        finding(f, "%s: expected %s, got %.9g", name, there ? "0 to 1" : "NaN", share);
}

static void judge_top5(struct audit *a, const struct quality_row *row, const struct eval_row *evaluation)
{
    static const char *const name[] = {"test_top5_accuracy", "validation_top5_accuracy"};
    for (int i = 0; quality_has(a->quality, QUALITY_TOP5) && i < JUDGED_SETS; i++) {
        double accuracy = judged(evaluation, i);
        judge_share(&a->findings, name[i], row->top5[i], !isnan(accuracy));
        if (row->top5[i] < accuracy - NINE_DIGITS)
            finding(&a->findings, "%s: expected at least %.9g (accuracy), got %.9g", name[i], accuracy,
                    row->top5[i]);
    }
}

static void judge_clients(struct audit *a, const struct quality_row *row, const struct eval_row *evaluation)
{
    static const char *const name[] = {"test_clients", "validation_clients"};
    for (int i = 0; quality_has(a->quality, QUALITY_CLIENTS) && i < JUDGED_SETS; i++) {
        const struct client_spread *s = &row->clients[i];
        bool there = !isnan(judged(evaluation, i));
        judge_share(&a->findings, name[i], s->mean, there);
        judge_share(&a->findings, name[i], s->variance, there);
        if (there && !(at_most(0, s->worst) && at_most(s->worst, s->mean) && at_most(s->mean, s->best) &&
                       at_most(s->best, 1)))
            finding(&a->findings, "%s: expected 0 <= worst <= mean <= best <= 1, got %.9g, %.9g, %.9g",
                    name[i], s->worst, s->mean, s->best);
    }
}

/* Before the first update every model is the first one. */
static void judge_distances(struct audit *a, const struct quality_row *row, bool first)
{
    struct findings *f = &a->findings;
    if (!quality_has(a->quality, QUALITY_DISTANCE))
        return;
    if (a->faulty)
        expect_least(f, "distance_workers", row->compared, 0, "a number");
    expect_most(f, "distance_workers", row->compared, a->workers, "cluster.workers");
    if (!a->faulty)
        expect_equal(f, "distance_workers", row->compared, a->workers, "no worker is ever down");
    bool ordered = row->distance_mean >= 0 && at_most(row->distance_mean, row->distance_rms) &&
                   at_most(row->distance_rms, row->distance_max);
    bool none = isnan(row->distance_mean) && isnan(row->distance_rms) && isnan(row->distance_max);
    if (row->compared > 0 ? !ordered : !none)
        finding(f, "distances: expected %s, got %.9g, %.9g, %.9g",
                row->compared > 0 ? "0 <= mean <= rms <= max" : "NaN, as there is no worker to compare",
                row->distance_mean, row->distance_rms, row->distance_max);
    if (first)
        expect_near(f, "distance_max", row->distance_max, 0, "the first model");
}

static void judge_row(struct audit *a, const struct quality_row *row, int64_t i)
{
    struct findings *f = &a->findings;
    const struct eval_row *evaluation = &a->eval[i].row;
    expect_equal(f, "round", row->round, evaluation->round, why);
    expect_equal(f, "iterations", row->iterations, evaluation->iterations, why);
    expect_equal(f, "virtual_s in ns", row->virtual_ns, evaluation->virtual_ns, why);
    judge_top5(a, row, evaluation);
    judge_clients(a, row, evaluation);
    judge_distances(a, row, i == 0);
    if (quality_has(a->quality, QUALITY_GRADIENT_NORM) && !(row->gradient_norm >= 0))
        finding(f, "gradient_norm: expected a number from 0 on, got %.9g", row->gradient_norm);
}

/* A run that was broken off may have rows of fewer evaluations, but not of more: those of eval.csv come first. */
static void judge_end(struct audit *a, const struct table *t, int64_t evaluations)
{
    static const char all[] = "rows of eval.csv";
    if (!table_damaged(t) && a->complete)
        expect_equal(&a->findings, "evaluations", evaluations, a->evals, all);
    else
        expect_most(&a->findings, "evaluations", evaluations, a->evals, all);
    if (table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
}

static void judge_quality(struct audit *a)
{
    struct columns columns = quality_columns(a->quality);
    struct table *t = table_open(a->folder, &columns, &a->findings);
    struct quality_row row;
    int64_t rows = 0;
    for (; t && table_next(t, &row); rows++)
        if (rows < a->evals)
            judge_row(a, &row, rows);
    if (t)
        judge_end(a, t, rows);
    table_close(t);
    quality_columns_end(&columns);
}

/* ---- classes.csv ---- */

struct class_audit { /* the rows of an evaluation, from label 0 on */
    struct audit *a;
    int64_t evaluation; /* its number; -1: no row yet */
    int64_t label;      /* of the next row */
    int64_t labels;     /* rows of the first evaluation; 0: not known yet */
    double right[JUDGED_SETS];
    int64_t samples[JUDGED_SETS];
};

static void judge_accuracy(struct findings *f, const struct class_row *row, int set)
{
    static const char *const name[] = {"test_accuracy", "validation_accuracy"};
    double right = row->accuracy[set] * (double)row->samples[set];
    expect_least(f, "samples", row->samples[set], 0, "a number");
    judge_share(f, name[set], row->accuracy[set], row->samples[set] > 0);
    if (row->samples[set] > 0 && fabs(right - round(right)) > NINE_DIGITS * (1 + right))
        finding(f, "%s: expected a whole number of %" PRId64 " samples, got %.9g", name[set],
                row->samples[set], row->accuracy[set]);
}

static void add_label(struct class_audit *c, const struct class_row *row)
{
    struct findings *f = &c->a->findings;
    const struct eval_row *evaluation = &c->a->eval[c->evaluation].row;
    expect_equal(f, "round", row->round, evaluation->round, why);
    expect_equal(f, "virtual_s in ns", row->virtual_ns, evaluation->virtual_ns, why);
    expect_equal(f, "label", row->label, c->label++, "the next label");
    for (int i = 0; i < JUDGED_SETS; i++) {
        judge_accuracy(f, row, i);
        c->samples[i] = sum_of(c->samples[i], row->samples[i]);
        c->right[i] += row->samples[i] > 0 ? row->accuracy[i] * (double)row->samples[i] : 0;
    }
}

/* All labels together are the whole set. */
static void judge_labels(struct class_audit *c)
{
    static const char *const name[] = {"test_accuracy of all labels", "validation_accuracy of all labels"};
    struct findings *f = &c->a->findings;
    c->labels = c->labels > 0 ? c->labels : c->label;
    expect_equal(f, "labels", c->label, c->labels, "those of the first evaluation");
    for (int i = 0; i < JUDGED_SETS; i++) {
        double all = c->samples[i] > 0 ? c->right[i] / (double)c->samples[i] : NAN;
        double of = judged(&c->a->eval[c->evaluation].row, i);
        if (isnan(all) != isnan(of) || fabs(all - of) > NINE_DIGITS)
            finding(f, "%s: expected %.9g (%s), got %.9g", name[i], of, why, all);
    }
}

/* Label 0 begins the next evaluation. false: there is no such evaluation. */
static bool turn(struct class_audit *c, const struct class_row *row)
{
    if (row->label == 0 || c->evaluation < 0) {
        if (c->evaluation >= 0)
            judge_labels(c);
        *c = (struct class_audit){.a = c->a, .evaluation = c->evaluation + 1, .labels = c->labels};
    }
    return c->evaluation < c->a->evals;
}

static void judge_classes(struct audit *a)
{
    struct class_audit c = {.a = a, .evaluation = -1};
    struct table *t = table_open(a->folder, &class_columns, &a->findings);
    struct class_row row;
    bool there = true;
    while (t && there && table_next(t, &row)) {
        there = turn(&c, &row);
        if (there)
            add_label(&c, &row);
    }
    if (t && there && c.evaluation >= 0 && a->complete && !table_damaged(t))
        judge_labels(&c);
    if (t)
        judge_end(a, t, c.evaluation + 1);
    table_close(t);
}

void quality_judge(struct audit *a)
{
    if (!a->trained)
        return;
    if (quality_has_rows(a->quality))
        judge_quality(a);
    if (quality_has(a->quality, QUALITY_PER_CLASS))
        judge_classes(a);
}
