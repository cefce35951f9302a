/* Makes the claims of a verdict: takes the pairs of each claim from the results, lets sim/statistics/ judge them, and
 * gives what it says the unit of the measure. */
#include "sim/compare/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/statistics/family.h"
#include "sim/statistics/inference.h"
#include "sim/statistics/sign_flip.h"
#include "sim/verify/members.h"

const char *const measure_words[] = {[MEASURE_TIME] = "time", [MEASURE_ACCURACY] = "accuracy", NULL};
const char *const standing_words[] = {[APART] = "apart",
                                      [NOT_TOLD_APART] = "not_told_apart",
                                      [EQUAL_WITHIN_MARGIN] = "equal_within_margin",
                                      [UNDETERMINED] = "undetermined",
                                      NULL};
const char *const reason_words[] = {[REASON_NONE] = "none",
                                    [REASON_UNTRAINED] = "untrained",
                                    [REASON_DIVERGED] = "diverged",
                                    [REASON_NO_TARGET] = "target_not_reached",
                                    [REASON_BOTH_ENDS] = "ends_on_both_sides",
                                    [REASON_BOUND] = "bound_on_the_other_side",
                                    [REASON_STAND_INS] = "ends_stand_in",
                                    [REASON_RESOLUTION] = "spacing_of_evaluations",
                                    [REASON_AT_START] = "initial_model_reaches_it",
                                    NULL};
const char *const bound_words[] = {
    [BOUND_NONE] = "none", [BOUND_AT_MOST] = "at_most", [BOUND_AT_LEAST] = "at_least", NULL};

/* The pairs of one claim: outcomes of both algorithms, seed by seed. */
struct two {
    const struct results *r;
    const struct outcome *rival, *reference; /* (n) */
    int n;
};

static bool all_done(const struct two *two)
{
    bool done = true;
    for (int i = 0; i < two->n; i++)
        done &= two->rival[i].done && two->reference[i].done;
    return done;
}

/* ---- accuracy ---- */

double verdict_accuracy_step(const char *folder)
{
    int64_t samples = 0;
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    if (m && !members_int(m, "test_samples", &samples))
        samples = 0;
    members_free(m);
    free(path);
    return samples > 0 ? 1 / (double)samples : 0;
}

static double accuracy_step(const struct two *two)
{
    char *folder = text_format("%s/%s", two->r->sweep->folder, two->rival[0].point->name);
    double step = verdict_accuracy_step(folder);
    free(folder);
    return step;
}

static struct paired pair_accuracies(const struct two *two, double *difference)
{
    double *a = need((size_t)two->n * sizeof *a), *b = need((size_t)two->n * sizeof *b);
    for (int i = 0; i < two->n; i++) {
        a[i] = two->rival[i].value[two->r->at.accuracy];
        b[i] = two->reference[i].value[two->r->at.accuracy];
    }
    struct paired p = paired_values(a, b, two->n, accuracy_step(two), difference);
    free(a);
    free(b);
    return p;
}

/* ---- time ---- */

static double before_of(const struct results *r, const struct outcome *o)
{
    return o->value[results_column(r, "before_target_s")];
}

static struct pair_times *times_of(const struct two *two)
{
    const struct results *r = two->r;
    struct pair_times *t = need((size_t)two->n * sizeof *t);
    for (int i = 0; i < two->n; i++) {
        const struct outcome *a = &two->rival[i], *b = &two->reference[i];
        t[i] = (struct pair_times){.a = a->value[r->at.target_time],
                                   .b = b->value[r->at.target_time],
                                   .a_before = before_of(r, a),
                                   .b_before = before_of(r, b),
                                   .a_end = a->value[r->at.time],
                                   .b_end = b->value[r->at.time]};
    }
    return t;
}

static bool any_undetermined(const struct pair_times *t, int n)
{
    bool any = false;
    double ignored;
    for (int i = 0; i < n; i++)
        any |= !paired_times(&t[i], 1, &ignored).determined;
    return any;
}

/* At the evaluation of the initial model: a time of 0 has no logarithm. */
static bool any_at_start(const struct pair_times *t, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any |= t[i].a == 0 || t[i].b == 0;
    return any;
}

static struct paired pair_up_times(const struct two *two, double *difference, struct claim *c)
{
    struct pair_times *t = times_of(two);
    struct paired p = paired_times(t, two->n, difference);
    for (int i = 0; i < two->n; i++)
        c->stand_ins += isnan(t[i].a) != isnan(t[i].b);
    if (!p.determined)
        c->reason = any_at_start(t, two->n)       ? REASON_AT_START
                    : any_undetermined(t, two->n) ? REASON_NO_TARGET
                                                  : REASON_BOTH_ENDS;
    free(t);
    return p;
}

/* ---- a claim ---- */

/* In the unit of the statistics: of times, differences are logarithms. */
static double inner(enum measure measure, double share)
{
    return measure == MEASURE_TIME ? half_width_of_share(share) : share;
}

static double outer(enum measure measure, double value)
{
    return measure == MEASURE_TIME ? exp(value) : value;
}

static void take_inference(struct claim *c, const struct inference *i)
{
    c->effect = outer(c->measure, i->t.mean);
    c->low = outer(c->measure, i->t.low);
    c->high = outer(c->measure, i->t.high);
    c->bca_low = outer(c->measure, i->bca.low);
    c->bca_high = outer(c->measure, i->bca.high);
    c->bca_disagrees = i->bca_disagrees;
    c->p = i->p;
    c->deviation = i->std;
    c->seeds_needed = i->seeds_needed;
    c->within_margin = i->equal;
}

/* The t interval of stand-ins says nothing of how far the true effect is beyond them. */
static void open_side(struct claim *c)
{
    if (c->bound == BOUND_AT_MOST)
        c->low = c->bca_low = NAN;
    if (c->bound == BOUND_AT_LEAST)
        c->high = c->bca_high = NAN;
}

/* More seeds narrow the interval of what was measured, and neither how far the true time is from an end that stands in
 * nor where between two evaluations it is. */
static enum reason no_remedy(const struct claim *c)
{
    if (c->bound != BOUND_NONE)
        return REASON_STAND_INS;
    bool wide = c->measure == MEASURE_TIME &&
                log(c->latest) - log(c->earliest) > 2 * half_width_of_share(c->resolution);
    return wide ? REASON_RESOLUTION : REASON_NONE;
}

static void conclude(struct claim *c, const struct inference *i)
{
    bool claims = i->conclusion == LESS || i->conclusion == MORE;
    c->standing = claims                           ? APART
                  : i->conclusion == NOT_CONCLUDED ? UNDETERMINED
                  : i->equal                       ? EQUAL_WITHIN_MARGIN
                                                   : NOT_TOLD_APART;
    if (i->conclusion == WITHIN_EVALUATIONS || (i->conclusion == NO_CLAIM && i->margin.equal && !i->equal))
        c->reason = REASON_RESOLUTION;
    else if (i->conclusion == NO_CLAIM && interval_excludes(i->t, 0))
        c->reason = REASON_BOUND;
    else if (c->standing == NOT_TOLD_APART)
        c->reason = no_remedy(c);
    if (c->standing != UNDETERMINED && no_remedy(c) != REASON_NONE)
        c->seeds_needed = 0;
}

/* Why there is nothing to compare, if that does not depend on the times themselves. */
static enum reason missing(const struct two *two, enum measure measure)
{
    const struct results *r = two->r;
    if (!all_done(two))
        return REASON_DIVERGED;
    int column = measure == MEASURE_TIME ? r->at.target : r->at.accuracy;
    bool there = true;
    for (int i = 0; i < two->n; i++)
        there &= !isnan(two->rival[i].value[column]) && !isnan(two->reference[i].value[column]);
    return there ? REASON_NONE : REASON_UNTRAINED;
}

static void judge(struct claim *c, const struct two *two, int m)
{
    double *difference = need((size_t)two->n * sizeof *difference);
    struct paired pairs = {0};
    c->reason = missing(two, c->measure);
    if (c->reason == REASON_NONE)
        pairs =
            c->measure == MEASURE_TIME ? pair_up_times(two, difference, c) : pair_accuracies(two, difference);
    const struct question question = {
        .m = m, .resolution = inner(c->measure, c->resolution), .margin = inner(c->measure, c->margin)};
    struct inference i = infer(&pairs, difference, &question);
    c->bound = pairs.determined ? pairs.bound : BOUND_NONE;
    c->earliest = c->latest = NAN;
    if (c->measure == MEASURE_TIME && pairs.determined) {
        c->earliest = exp(pairs.earliest);
        c->latest = exp(pairs.latest);
    }
    take_inference(c, &i);
    open_side(c);
    conclude(c, &i);
    free(difference);
}

/* ---- all claims ---- */

static void add_pair(struct comparison_verdict *v, int setting, int rival, int reference)
{
    const struct results *r = v->results;
    const struct two two = {.r = r,
                            .rival = results_counting(r, setting, rival),
                            .reference = results_counting(r, setting, reference),
                            .n = r->grid->seeds};
    for (int measure = 0; measure < MEASURES; measure++) {
        if (!v->rules.measure[measure])
            continue;
        struct claim *c = &v->claim[v->claims++];
        *c = (struct claim){.setting = setting,
                            .measure = (enum measure)measure,
                            .rival = rival,
                            .reference = reference,
                            .seeds = two.n,
                            .margin = v->rules.margin[measure],
                            .resolution = v->rules.resolution[measure]};
        judge(c, &two, v->m);
    }
}

/* The earlier one of experiment.algorithms is the reference of a pair of two rivals. */
static void add_setting(struct comparison_verdict *v, int setting)
{
    int algorithms = v->results->grid->algorithms, reference = v->rules.reference;
    for (int a = 0; a < algorithms; a++)
        if (a != reference)
            add_pair(v, setting, a, reference);
    for (int a = 0; a < algorithms && v->rules.all_pairs; a++)
        for (int b = a + 1; b < algorithms; b++)
            if (a != reference && b != reference)
                add_pair(v, setting, b, a);
}

struct comparison_verdict *verdict_make(const struct results *r, const struct verdict_rules *rules)
{
    struct comparison_verdict *v = need(sizeof *v);
    int algorithms = r->grid->algorithms, measures = 0;
    for (int i = 0; i < MEASURES; i++)
        measures += rules->measure[i];
    v->results = r;
    v->rules = *rules;
    v->seeds = r->grid->seeds;
    v->pairs = rules->all_pairs ? algorithms * (algorithms - 1) / 2 : algorithms - 1;
    v->m = v->pairs * measures;
    v->level = family_level(v->m);
    v->seeds_for_p = sign_flip_seeds(v->m);
    v->claim = need((size_t)r->grid->settings * (size_t)v->m * sizeof *v->claim);
    for (int setting = 0; setting < r->grid->settings; setting++)
        add_setting(v, setting);
    return v;
}

void verdict_free(struct comparison_verdict *v)
{
    free(v->claim);
    free(v->after);
    free(v);
}

const struct claim *verdict_claim(const struct comparison_verdict *v, int setting, enum measure measure,
                                  int one, int other)
{
    for (int i = 0; i < v->claims; i++) {
        const struct claim *c = &v->claim[i];
        bool both = (c->rival == one && c->reference == other) || (c->rival == other && c->reference == one);
        if (c->setting == setting && c->measure == measure && both)
            return c;
    }
    return NULL;
}

int claim_winner(const struct claim *c)
{
    if (c->standing != APART)
        return -1;
    bool less = c->effect < (c->measure == MEASURE_TIME ? 1 : 0);
    return less == (c->measure == MEASURE_TIME) ? c->rival : c->reference;
}
