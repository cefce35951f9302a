/* What may be concluded from paired differences: the one place that decides. */
#ifndef SIM_STATISTICS_INFERENCE_H
#define SIM_STATISTICS_INFERENCE_H

#include "sim/statistics/equivalence.h"
#include "sim/statistics/interval.h"
#include "sim/statistics/paired.h"

enum conclusion {
    NOT_CONCLUDED,      /* the pairs are undetermined, or fewer than two */
    NO_CLAIM,           /* not told apart. Never "equal" */
    WITHIN_EVALUATIONS, /* no claim: the spacing of evaluations could explain the difference */
    LESS,               /* a claim: the rival's mean is below the reference's: faster, or less accurate */
    MORE,               /* a claim: above */
};

struct question {
    int m;             /* claims in the family; the level is family_level(m) */
    double resolution; /* half-width that the user wants, in the unit of the differences; for seeds_needed */
    double margin;     /* for equality, in the same unit; NAN: not asked */
};

struct inference {
    enum conclusion conclusion;
    /* Within the margin: by margin.equal, and paired.earliest and latest are inside it too, as any number of seeds
     * leaves the spacing of evaluations what it is. Also beside LESS and MORE: a difference below the margin. */
    bool equal;
    double std;          /* of the differences */
    struct interval t;   /* at the level; for factors exp() of each member */
    struct interval bca; /* NAN below BCA_SEEDS pairs */
    bool
        bca_disagrees; /* one of the two intervals excludes 0 (of a bound by the end that bounds), the other does not */
    double p;                  /* sign-flip, not corrected for m; NAN below sign_flip_seeds(m) pairs */
    struct equivalence margin; /* NAN without question.margin, and with a bound */
    int seeds_needed; /* for a half-width of the resolution; 0: unknown. At most n: there are enough */
};

/* A claim is made if and only if the t interval excludes 0, with three conditions more, each of which can only
 * take a claim away:
 *   - with BOUND_AT_MOST only LESS is one, and with BOUND_AT_LEAST only MORE
 *   - the difference is more than the spacing of evaluations: paired.latest < 0 for LESS, paired.earliest > 0 for MORE
 *   - there are at least two pairs. */
struct inference infer(const struct paired *pairs, const double *difference, const struct question *question);

#endif
