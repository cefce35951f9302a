/* The verdict of a comparison: what the final runs say about each pair of algorithms. It is computed from the results
 * of a sweep alone (FOLDER/final), so that the terminal, verdict.json, pictures and tables say the same.
 *
 *   struct results --> pairs by seed --> sim/statistics: infer() --> struct claim --> words.h: sentences
 *
 * A claim is about one setting (a combination of the swept keys, the seed left out), one measure and two algorithms.
 * All claims of a setting are one family of m: each has the level 1 - .05/m, so that at most 5 % of the families say
 * anything false. docs/comparing.md has the rules, docs/statistics.md their sources. */
#ifndef SIM_COMPARE_VERDICT_H
#define SIM_COMPARE_VERDICT_H

#include <stdbool.h>

#include "sim/statistics/paired.h"
#include "sim/sweep/results.h"

enum measure {
    MEASURE_TIME,     /* virtual time to the target accuracy; a factor of the reference's */
    MEASURE_ACCURACY, /* test accuracy of the last evaluation; the difference rival - reference */
    MEASURES
};
extern const char *const measure_words[]; /* "time", "accuracy"; ended by NULL */

enum standing {
    APART,               /* a claim: the interval excludes no difference */
    NOT_TOLD_APART,      /* no claim; never "equal" */
    EQUAL_WITHIN_MARGIN, /* by TOST; only with a margin */
    UNDETERMINED         /* there is no interval: see enum reason */
};
extern const char *const standing_words[]; /* "apart", "not_told_apart", ... */

enum reason { /* why it is UNDETERMINED, or NOT_TOLD_APART where more seeds are no remedy */
              REASON_NONE,
              REASON_UNTRAINED, /* there is no accuracy, or no target */
              REASON_DIVERGED,  /* a run of either diverged, or came to no end */
              REASON_NO_TARGET, /* with some seed neither reached the target, or one ended before the other reached it */
              REASON_BOTH_ENDS, /* each has an end in place of a time with some seed: there is no bound */
              REASON_BOUND,     /* the effect is a bound on the other side */
              REASON_STAND_INS, /* the effect is a bound, and its interval holds no difference */
              REASON_RESOLUTION, /* times: the spacing of the evaluations could explain the difference, or is wider
                                  * than the resolution */
              REASON_AT_START /* times: with some seed the initial model has reached the target */
};
extern const char *const reason_words[];
extern const char *const bound_words[]; /* of enum bound: "none", "at_most", "at_least" */

struct claim {
    int setting;
    enum measure measure;
    int rival, reference; /* indices in results->grid->algorithm */
    int seeds;            /* pairs */
    /* Time: the factor rival / reference, the geometric mean over the seeds. Accuracy: the mean difference, -1..1. The
     * interval is Student's t of the paired differences; of times, of their logarithms. NAN: UNDETERMINED. A bound
     * leaves its other side open, where the end is NAN, too: AT_MOST has no low, AT_LEAST no high. */
    double effect, low, high;
    double bca_low, bca_high; /* the BCa bootstrap at the same level, from 20 seeds on; else NAN */
    bool bca_disagrees;       /* one of the two intervals excludes no difference, the other one does not */
    double p;                 /* exact sign-flip test, two-sided; NAN: with fewer seeds than seeds_for_p */
    enum bound bound;         /* of the effect, where a run ended before it reached the target */
    int stand_ins;            /* seeds with an end in place of a time */
    enum standing standing;
    enum reason reason;
    bool
        within_margin; /* by TOST; true beside APART: the difference exists, and is smaller than the margin */
    double margin;     /* as resolution; NAN: none */
    double resolution; /* half-width that matters: accuracy 0..1, or a share of time */
    double deviation;  /* sample standard deviation of the differences, or of the logarithms */
    int seeds_needed; /* for a half-width of the resolution, from the deviation alone. 0: unknown, or no number of
                        * seeds helps, as the effect is a bound, or from earliest to latest is wider than that */
    double earliest,
        latest; /* times: where the factor can be, as accuracy is not known between evaluations */
};

struct verdict_rules {
    int reference; /* index of the algorithm */
    bool all_pairs;
    bool measure[MEASURES];
    double resolution[MEASURES]; /* accuracy 0..1, a share of time */
    double margin[MEASURES];     /* the same; NAN: none */
};

struct tuned {     /* how an algorithm's values were chosen */
    int trials;    /* 0: it was not tuned */
    char **value;  /* (settings) "learning_rate = 0.1"; NULL: it was not tuned */
    char *warning; /* a best value at the edge of its range; or NULL */
};

struct comparison_verdict {
    const struct results *results;
    struct verdict_rules rules;
    int seeds;
    int pairs;           /* of a setting */
    int m;               /* claims of a setting: the family */
    double level;        /* of each interval */
    int seeds_for_p;     /* the least number with which p can be below .05 / m */
    int claims;          /* in all settings */
    struct claim *claim; /* (claims) by setting, then pair, then measure */
    struct tuned *tuned; /* (algorithms) NULL: nothing was tuned. The verdict does not own it */
    bool asked_after;    /* reference, measures or pairs were chosen when the results were known */
    char *after;         /* when the accuracy was measured: "after 60 s of virtual time"; owned, or NULL */
};

/* The results must be complete (every point is over), and outlive the verdict. At least one measure and two
 * algorithms. */
struct comparison_verdict *verdict_make(const struct results *r, const struct verdict_rules *rules);
void verdict_free(struct comparison_verdict *v);

/* Of what the accuracies of a run in this folder are multiples: 1 / test samples, as run.json has them; 0: unknown. */
double verdict_accuracy_step(const char *folder);

/* The claim about two algorithms, in either order; NULL: there is none. */
const struct claim *verdict_claim(const struct comparison_verdict *v, int setting, enum measure measure,
                                  int one, int other);

/* The better one of both, with less time or more accuracy; -1: they are not APART. */
int claim_winner(const struct claim *c);

#endif
