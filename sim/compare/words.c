#include "sim/compare/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/statistics/family.h"

enum { NUMBER = 32, MOST_MORE = 12 };

static const char *name(const struct comparison_verdict *v, int algorithm)
{
    return v->results->grid->algorithm[algorithm];
}

/* ---- numbers ---- */

/* `more`: digits beyond the usual ones, which are two decimals at factors near 1. No exponent where a reader would not
 * expect one. */
static char *factor(char *out, double x, int more)
{
    if (x >= 0.01 && x < 1e6)
        snprintf(out, NUMBER, "%.*f", more + (x < 0.0995 ? 3 : x < 9.995 ? 2 : x < 99.95 ? 1 : 0), x);
    else
        snprintf(out, NUMBER, "%.*g", more + 3, x);
    return out;
}

static char *points(char *out, double x, int more)
{
    snprintf(out, NUMBER, "%.*f", more + 2, 100 * x + 0.0);
    return out;
}

typedef char *put_number(char *out, double x, int more);

/* An interval that excludes no difference also does so as it is printed: the digits more that it needs for that. */
static int more_digits(put_number *put, double none, double low, double high)
{
    double end = low > none ? low : high;
    char text[NUMBER];
    int more = 0;
    if (!(low > none || high < none))
        return 0;
    while (more < MOST_MORE && strtod(put(text, end, more), NULL) == none)
        more++;
    return more;
}

/* An end that is NAN is where a bound leaves the interval open. */
static char *with_interval(const struct claim *c, double effect, double low, double high)
{
    char of[NUMBER], from[NUMBER], to[NUMBER];
    const char *open = "..";
    put_number *put = c->measure == MEASURE_TIME ? factor : points;
    int more = more_digits(put, c->measure == MEASURE_TIME ? 1 : 0, low, high);
    return text_format("%s [%s, %s]", put(of, effect, more), isnan(low) ? open : put(from, low, more),
                       isnan(high) ? open : put(to, high, more));
}

char *claim_interval(const struct claim *c)
{
    if (isnan(c->effect))
        return text_copy("-");
    char *interval = with_interval(c, c->effect, c->low, c->high);
    const char *sign = c->measure == MEASURE_ACCURACY && c->effect > 0 ? "+" : "";
    char *text = text_format("%s%s%s", sign, interval, c->measure == MEASURE_ACCURACY ? " points" : "");
    free(interval);
    return text;
}

/* "5 %", "1 point": of a resolution or a margin. */
static char *amount(const struct claim *c, double x)
{
    bool time = c->measure == MEASURE_TIME;
    return text_format("%.4g%s", 100 * x, time ? " %" : 100 * x == 1 ? " point" : " points");
}

/* ---- parts of sentences ---- */

char *verdict_target(const struct comparison_verdict *v, int setting)
{
    const struct results *r = v->results;
    for (int a = 0; a < r->grid->algorithms; a++) {
        const struct outcome *o = results_any(r, setting, a, 0);
        if (o && !isnan(o->value[r->at.target]))
            return text_format("%.4g %% (%s)", 100 * o->value[r->at.target],
                               o->cell[results_column(r, "judged_on")]);
    }
    return text_copy("the target");
}

/* "the time to 50 % (test)", "test accuracy after 60 s of virtual time". */
static char *matter(const struct comparison_verdict *v, const struct claim *c)
{
    if (c->measure == MEASURE_ACCURACY)
        return text_format("test accuracy %s", v->after ? v->after : "at the end");
    char *target = verdict_target(v, c->setting), *text = text_format("the time to %s", target);
    free(target);
    return text;
}

/* "(5 seeds, each at its best of 12 trials)" */
static char *evidence(const struct comparison_verdict *v, const struct claim *c)
{
    const struct tuned *a = v->tuned ? &v->tuned[c->rival] : NULL,
                       *b = v->tuned ? &v->tuned[c->reference] : NULL;
    if (a && a->trials > 0 && b->trials == a->trials)
        return text_format("(%d seeds, each at its best of %d trials)", c->seeds, a->trials);
    return text_format("(%d seeds)", c->seeds);
}

static const char *at_bound(const struct claim *c)
{
    return c->bound == BOUND_AT_MOST ? "at most " : c->bound == BOUND_AT_LEAST ? "at least " : "";
}

/* Why the effect is a bound: which algorithm's end stands in for a time. */
static char *stand_in(const struct comparison_verdict *v, const struct claim *c)
{
    if (c->bound == BOUND_NONE)
        return text_copy("");
    return text_format(", as %s's end stands in for its time with %d of %d seeds",
                       name(v, c->bound == BOUND_AT_MOST ? c->reference : c->rival), c->stand_ins, c->seeds);
}

static char *bootstrap(const struct claim *c)
{
    if (!c->bca_disagrees)
        return text_copy("");
    char *interval = with_interval(c, c->effect, c->bca_low, c->bca_high);
    char *text = text_format("; the BCa bootstrap disagrees: %s", interval);
    free(interval);
    return text;
}

/* ---- sentences, one for each standing ---- */

static char *apart_in_time(const struct comparison_verdict *v, const struct claim *c)
{
    char *target = verdict_target(v, c->setting), *interval = claim_interval(c), *text;
    if (c->effect < 1)
        text = text_format("%s reaches %s in %s%s of %s's time", name(v, c->rival), target, at_bound(c),
                           interval, name(v, c->reference));
    else
        text = text_format("%s needs %s%s times %s's time to reach %s", name(v, c->rival), at_bound(c),
                           interval, name(v, c->reference), target);
    free(interval);
    free(target);
    return text;
}

static char *apart_in_accuracy(const struct comparison_verdict *v, const struct claim *c)
{
    bool more = c->effect > 0;
    char *interval = with_interval(c, fabs(c->effect), more ? c->low : -c->high, more ? c->high : -c->low);
    char *what = matter(v, c);
    char *text = text_format("%s has %s points %s %s than %s", name(v, c->rival), interval,
                             more ? "more" : "less", what, name(v, c->reference));
    free(what);
    free(interval);
    return text;
}

static char *apart(const struct comparison_verdict *v, const struct claim *c)
{
    char *claim = c->measure == MEASURE_TIME ? apart_in_time(v, c) : apart_in_accuracy(v, c);
    char *seeds = evidence(v, c), *ends = stand_in(v, c), *margin = amount(c, c->margin);
    char *text = text_format("%s %s%s%s%s", claim, seeds, ends,
                             c->within_margin ? ", which is within the margin of " : "",
                             c->within_margin ? margin : "");
    free(margin);
    free(ends);
    free(seeds);
    free(claim);
    return text;
}

/* How many seeds would make the interval as narrow as the user wants it: that does not depend on the effect. */
static char *seeds_for_it(const struct claim *c)
{
    char *resolution = amount(c, c->resolution), *text;
    if (c->seeds_needed == 0)
        text = text_copy("");
    else if (c->seeds_needed <= c->seeds)
        text = text_format("; the seeds are enough for a resolution of %s", resolution);
    else if (c->seeds_needed >= MOST_SEEDS)
        text = text_format("; no number of seeds would settle it to %s", resolution);
    else
        text = text_format("; about %d seeds would settle it to %s", c->seeds_needed, resolution);
    free(resolution);
    return text;
}

/* "the factor can be anywhere from 0.70 to 1.10": between evaluations accuracy is not known. */
static char *between(const struct claim *c)
{
    char from[NUMBER], to[NUMBER];
    factor(from, c->earliest, 0);
    factor(to, c->latest, 0);
    if (isinf(c->latest))
        return c->earliest > 0 ? text_format("the factor can be anything from %s on", from)
                               : text_copy("the factor can be anything");
    return text_format("the factor can be anywhere from %s to %s", from, to);
}

/* Why more seeds are no remedy. */
static char *but(const struct claim *c)
{
    if (c->reason == REASON_STAND_INS)
        return text_copy(
            "; more seeds would not settle it, but experiment.virtual_time, long enough for both to "
            "reach the target");
    if (c->reason == REASON_BOUND)
        return text_format(
            "; the factor is only known to be %s this: experiment.virtual_time, longer than the "
            "slower one needs, would let both reach the target",
            c->bound == BOUND_AT_MOST ? "at most" : "at least");
    char *where = between(c);
    char *text =
        text_format("; between evaluations accuracy is not known, and %s: more seeds would not settle it, "
                    "but a smaller output.eval_every",
                    where);
    free(where);
    return text;
}

static char *not_told_apart(const struct comparison_verdict *v, const struct claim *c)
{
    char *what = matter(v, c), *interval = claim_interval(c), *seeds = evidence(v, c), *ends = stand_in(v, c);
    char *more = c->reason == REASON_NONE ? seeds_for_it(c) : but(c);
    char *of = c->measure == MEASURE_TIME ? text_format(" of %s's", name(v, c->reference)) : text_copy("");
    char *text = text_format("%s and %s are not told apart in %s: %s%s%s %s%s%s", name(v, c->rival),
                             name(v, c->reference), what, at_bound(c), interval, of, seeds, ends, more);
    free(of);
    free(more);
    free(ends);
    free(seeds);
    free(interval);
    free(what);
    return text;
}

static char *equal(const struct comparison_verdict *v, const struct claim *c)
{
    char *what = matter(v, c), *margin = amount(c, c->margin), *interval = claim_interval(c),
         *seeds = evidence(v, c);
    char *text = text_format("%s and %s are equal within %s in %s: %s %s", name(v, c->rival),
                             name(v, c->reference), margin, what, interval, seeds);
    free(seeds);
    free(interval);
    free(margin);
    free(what);
    return text;
}

static const char *why(const struct claim *c)
{
    switch (c->reason) {
    case REASON_UNTRAINED:
        return "there is nothing to compare";
    case REASON_DIVERGED:
        return "a run of one of them diverged or came to no end";
    case REASON_AT_START:
        return "with some seeds the initial model has reached it: a higher experiment.target_accuracy would "
               "settle it";
    case REASON_BOTH_ENDS:
        return "with some seeds one never reached it, with others the other one: a longer "
               "experiment.virtual_time "
               "would settle it";
    default:
        return "with some seeds neither reached it, or one ended before the other reached it: "
               "experiment.virtual_time, long enough for one of them, would settle it";
    }
}

static char *undetermined(const struct comparison_verdict *v, const struct claim *c)
{
    char *what = matter(v, c);
    char *text = text_format("%s and %s: undetermined in %s (%d seeds), as %s", name(v, c->rival),
                             name(v, c->reference), what, c->seeds, why(c));
    free(what);
    return text;
}

char *claim_words(const struct comparison_verdict *v, const struct claim *c)
{
    static char *(*const say[])(const struct comparison_verdict *,
                                const struct claim *) = {[APART] = apart,
                                                         [NOT_TOLD_APART] = not_told_apart,
                                                         [EQUAL_WITHIN_MARGIN] = equal,
                                                         [UNDETERMINED] = undetermined};
    char *sentence = say[c->standing](v, c), *more = bootstrap(c);
    char *text = text_format("%s%s", sentence, more);
    free(more);
    free(sentence);
    return text;
}

/* ---- the whole ---- */

char *verdict_rule(const struct comparison_verdict *v)
{
    const char *where = v->results->grid->settings > 1 ? " at each point of the grid" : "";
    char p[160] = "";
    if (v->seeds < v->seeds_for_p)
        snprintf(p, sizeof p, "; %d seeds cannot make p of a sign-flip test as small as %.3g (%d can)",
                 v->seeds, FAMILY_ERROR / v->m, v->seeds_for_p);
    return text_format(
        "%d claim%s possible%s, so each interval is Student's t at %.4g %%; a claim is made if and "
        "only if its interval excludes no difference%s",
        v->m, v->m == 1 ? " is" : "s are", where, 100 * v->level, p);
}

char *verdict_remark(const struct comparison_verdict *v, int i)
{
    struct remarks all = results_remarks(v->results);
    if (v->asked_after && i-- == 0)
        return text_copy(
            "asked after the results were known (compare.reference, measures or pairs): the error of "
            "5 % of a family does not hold for questions that the results suggest");
    if (all.diverged > 0 && i-- == 0)
        return text_format("%d of %d runs diverged: no claim is made about their algorithms", all.diverged,
                           all.over);
    if (all.endless > 0 && i-- == 0)
        return text_format("%d of %d runs came to no end: no claim is made about their algorithms",
                           all.endless, all.over);
    if (all.untrue && i-- == 0)
        return text_copy(
            "codes travel as if they added up where the exchange says if_additive: no cluster can do this");
    if (v->results->sweep->real && i-- == 0)
        return text_copy("real clock or measured compute time: another run gives other figures");
    if (all.synthetic && i-- == 0)
        return text_copy("synthetic data: these accuracies say nothing about a real data set");
    for (int a = 0; v->tuned && a < v->results->grid->algorithms; a++)
        if (v->tuned[a].warning && i-- == 0)
            return text_copy(v->tuned[a].warning);
    return NULL;
}
