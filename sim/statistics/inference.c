#include "sim/statistics/inference.h"

#include <math.h>

#include "sim/statistics/family.h"
#include "sim/statistics/sign_flip.h"

static const struct interval none = {NAN, NAN, NAN};

static enum conclusion conclude(const struct paired *pairs, struct interval t)
{
    if (t.high < 0 && pairs->bound != BOUND_AT_LEAST)
        return pairs->latest < 0 ? LESS : WITHIN_EVALUATIONS;
    if (t.low > 0 && pairs->bound != BOUND_AT_MOST)
        return pairs->earliest > 0 ? MORE : WITHIN_EVALUATIONS;
    return isnan(t.mean) ? NOT_CONCLUDED : NO_CLAIM;
}

/* The true mean can be anywhere between the earliest and the latest one. */
static bool is_equal(const struct paired *pairs, const struct equivalence *e, double margin)
{
    return e->equal && pairs->earliest > -margin && pairs->latest < margin;
}

/* Of a bound only the end that bounds can exclude 0. */
static bool excludes_none(struct interval interval, enum bound bound)
{
    return (bound != BOUND_AT_LEAST && interval.high < 0) || (bound != BOUND_AT_MOST && interval.low > 0);
}

struct inference infer(const struct paired *pairs, const double *difference, const struct question *question)
{
    struct inference i = {
        .std = NAN, .t = none, .bca = none, .p = NAN, .margin = {.interval = none, .p = NAN}};
    if (!pairs->determined || pairs->n < 2)
        return i;
    double level = family_level(question->m);
    struct sample sample = sample_of(difference, pairs->n);
    i.std = sample.std;
    i.t = t_interval_of(sample, level, pairs->least_std);
    i.conclusion = conclude(pairs, i.t);
    if (pairs->n >= BCA_SEEDS)
        i.bca = bca_interval(difference, pairs->n, level);
    i.bca_disagrees =
        !isnan(i.bca.mean) && excludes_none(i.bca, pairs->bound) != excludes_none(i.t, pairs->bound);
    if (pairs->n >= sign_flip_seeds(question->m))
        i.p = sign_flip_p(difference, pairs->n);
    if (!isnan(question->margin) && pairs->bound == BOUND_NONE)
        i.margin = equivalence_of(sample, question->margin, level, pairs->least_std);
    i.equal = is_equal(pairs, &i.margin, question->margin);
    i.seeds_needed = seeds_for(fmax(sample.std, pairs->least_std), question->resolution, level);
    return i;
}
