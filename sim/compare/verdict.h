/* The verdict of a comparison: what the final runs say about each pair of algorithms. It is computed from the results
 * of a sweep alone (FOLDER/final), so that the terminal, verdict.json, pictures and tables say the same.
 *
 *   struct results (final/) --> pairs by seed --> sim/statistics --> struct claim --> words.c: sentences
 *
 * A claim is about one setting (a combination of the swept keys), one measure and two algorithms. All claims of a
 * setting are one family of m: each has the level 1 - .05/m, so that at most 5 % of families say anything false.
 * docs/comparing.md has the rules, docs/statistics.md their sources. */
#ifndef SIM_COMPARE_VERDICT_H
#define SIM_COMPARE_VERDICT_H

#include <stdbool.h>

#include "sim/sweep/results.h"

enum measure {
    MEASURE_TIME,     /* virtual time to the target accuracy; a factor of the reference's */
    MEASURE_ACCURACY, /* test accuracy of the last evaluation; the difference rival - reference */
    MEASURES
};

enum standing {
    APART,               /* a claim: the interval excludes no difference */
    NOT_TOLD_APART,      /* no claim; never "equal" */
    EQUAL_WITHIN_MARGIN, /* by TOST; only with a margin */
    UNDETERMINED         /* there is no interval: see enum reason */
};

enum bound { /* of the effect, where a run ended before it reached the target */
             BOUND_NONE,
             BOUND_AT_MOST, /* the reference's end stands in for its time, with some seeds: its time is longer */
             BOUND_AT_LEAST /* the rival's end stands in */
};

enum reason { /* why a claim is UNDETERMINED, or not made although the interval excludes no difference */
              REASON_NONE,
              REASON_DIVERGED, /* a run of either diverged, or came to no end */
              REASON_NO_TARGET, /* neither reached the target with some seed, or the end of one is before the other's time */
              REASON_BOTH_ENDS,  /* ends stand in on both sides: no bound */
              REASON_WRONG_SIDE, /* the bound is on the other side of the interval than the claim would be */
              REASON_RESOLUTION, /* times: the difference is within the spacing of the evaluations */
              REASON_UNTRAINED   /* there is no accuracy */
};

struct claim {
    int setting;
    enum measure measure;
    int rival, reference; /* indices in results->grid->algorithm */
    int seeds;            /* pairs that count */
    /* Time: the factor rival / reference, the geometric mean over the seeds. Accuracy: the mean difference, 0..1. The
     * interval is Student's t, of pairs by seed; times by their logarithms. NAN: UNDETERMINED. */
    double effect, low, high;
    double bca_low, bca_high; /* the BCa bootstrap at the same level, from 20 seeds on; else NAN */
    bool bca_disagrees;       /* one of the two intervals excludes no difference, the other does not */
    double p;                 /* exact sign-flip test, two-sided; NAN: too few seeds to reach .05 / m */
    enum bound bound;
    int stand_ins; /* seeds with an end in place of a time */
    enum standing standing;
    enum reason reason;
    bool within_margin; /* TOST holds, also where the two are APART */
    int seeds_needed;   /* for the half-width `resolution`, by the standard deviation; 0: unknown */
    double deviation;   /* of the sample: of differences, or of logarithms of factors */
    double resolution;  /* half-width that is asked for: accuracy points (0..1), or a share of time */
    double spacing; /* times: the share by which the spacing of evaluations may change the factor; else NAN */
};

struct verdict_rules {
    int reference; /* index of the algorithm */
    bool all_pairs;
    bool measure[MEASURES];
    double accuracy_resolution, time_resolution;
    double accuracy_margin, time_margin; /* NAN: none */
};

struct tuned {     /* how an algorithm's values were chosen */
    int trials;    /* 0: it was not tuned */
    char **value;  /* (settings) "learning_rate = 0.1"; NULL: not tuned */
    char *warning; /* a best value at the edge of its range, or NULL */
};

struct verdict {
    const struct results *results;
    struct verdict_rules rules;
    double level;        /* of each interval: 1 - .05 / m */
    int m;               /* claims of a setting: the family */
    int claims;          /* in all settings */
    struct claim *claim; /* (claims) by setting, then pair, then measure */
    int seeds;           /* of the comparison */
    int seeds_for_p;     /* the least number with which a p can be below .05 / m */
    struct tuned *tuned; /* (algorithms) NULL: nothing is known of any tuning */
};

/* The results must be complete, and not be freed before the verdict. */
struct verdict *verdict_make(const struct results *r, const struct verdict_rules *rules);
void verdict_free(struct verdict *v);

/* The claim of two algorithms in either order; NULL: there is none. */
const struct claim *verdict_claim(const struct verdict *v, int setting, enum measure measure, int one,
                                  int other);

/* APART, and the rival is the better of the two: less time, or more accuracy. */
bool claim_rival_wins(const struct claim *c);
bool claim_reference_wins(const struct claim *c);

#endif
