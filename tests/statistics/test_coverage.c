/* Synthetic data sets that are fed to sim/statistics/ alone: how often an interval covers the true mean, and how often a
 * family of claims says something false where nothing differs. Every data set has seeds of its own.
 *
 * DATA_SETS=n in the environment: data sets of each situation (make check-statistics: 10,000). A share of make check has
 * fewer, and wider limits. The draws are fixed, so that a test passes always or never. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "sim/base/rng.h"
#include "sim/statistics/equivalence.h"
#include "sim/statistics/family.h"
#include "sim/statistics/inference.h"
#include "sim/statistics/sign_flip.h"

enum { MOST_SEEDS_HERE = 50, MOST_RIVALS = 10, SHARE = 1000, BOOTSTRAPS = 40, COMMON = 1000, FAMILIES = 100 };

static int data_sets(int otherwise)
{
    const char *given = getenv("DATA_SETS");
    return given ? atoi(given) : otherwise;
}

/* The share must be at most `limit`, or at least; with fewer than 10,000 data sets chance may add 4.5 of its standard
 * deviations. */
static double slack(double limit, int sets)
{
    return sets >= 10000 ? 0 : 4.5 * sqrt(limit * (1 - limit) / sets);
}

static void at_most(double share, double limit, int sets)
{
    if (!(share <= limit + slack(limit, sets)))
        fail_msg("%.2f %% is more than %.2f %%", 100 * share, 100 * limit);
}

static void at_least(double share, double limit, int sets)
{
    if (!(share >= limit - slack(limit, sets)))
        fail_msg("%.2f %% is less than %.2f %%", 100 * share, 100 * limit);
}

/* ---- coverage of one interval ---- */

enum shape { NORMAL, EXPONENTIAL, LOG_NORMAL };

static const struct {
    const char *name;
    double mean;
} shapes[] = {[NORMAL] = {"normal", 0},
              [EXPONENTIAL] = {"exponential", 1},
              [LOG_NORMAL] = {"log-normal", 1.6487212707001282}};

static double value(enum shape shape, const struct draw_key *key, uint64_t index)
{
    switch (shape) {
    case EXPONENTIAL:
        return -log1p(-draw_uniform(key, index));
    case LOG_NORMAL:
        return exp(draw_normal(key, index));
    case NORMAL:
        break;
    }
    return draw_normal(key, index);
}

struct situation {
    enum shape shape;
    int n;
    double level;
};

static struct draw_key key_of(const struct situation *s, int set)
{
    return (struct draw_key){
        .seed = (uint64_t)set, .purpose = DRAW_SYNTHETIC, .rank = (int)s->shape, .round = (uint64_t)s->n};
}

typedef struct interval interval_function(const double *x, int n, double level);

static struct interval by_t(const double *x, int n, double level)
{
    return t_interval(x, n, level, 0);
}

static double coverage(const struct situation *s, interval_function *interval, int sets)
{
    double x[MOST_SEEDS_HERE];
    int covered = 0;
    for (int set = 0; set < sets; set++) {
        struct draw_key key = key_of(s, set);
        for (int i = 0; i < s->n; i++)
            x[i] = value(s->shape, &key, (uint64_t)i);
        covered += !interval_excludes(interval(x, s->n, s->level), shapes[s->shape].mean);
    }
    double share = (double)covered / sets;
    print_message("%s, %d seeds, level %g: %s covers %.2f %%\n", shapes[s->shape].name, s->n, s->level,
                  interval == by_t ? "t" : "BCa", 100 * share);
    return share;
}

static void t_covers_the_mean_of_normal_values(void **state)
{
    static const int seeds[] = {2, 3, 5, 8, 10, 20, 50};
    int sets = data_sets(SHARE);
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        double usual = coverage(&(struct situation){NORMAL, seeds[i], 0.95}, by_t, sets);
        at_least(usual, 0.94, sets);
        at_most(usual, 0.96, sets);
        double of_five = coverage(&(struct situation){NORMAL, seeds[i], family_level(5)}, by_t, sets);
        at_least(of_five, 0.985, sets);
        at_most(of_five, 0.995, sets);
    }
}

/* Reported. The limits are what was seen, to the next percent: they say when something changes. */
static void skewed_values_are_covered_less(void **state)
{
    static const struct {
        struct situation of;
        double least;
    } rows[] = {{{EXPONENTIAL, 5, 0.95}, 0.87},  {{EXPONENTIAL, 20, 0.95}, 0.91},
                {{EXPONENTIAL, 50, 0.95}, 0.93}, {{LOG_NORMAL, 5, 0.95}, 0.80},
                {{LOG_NORMAL, 20, 0.95}, 0.86},  {{LOG_NORMAL, 50, 0.95}, 0.89}};
    int sets = data_sets(SHARE);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        at_least(coverage(&rows[i].of, by_t, sets), rows[i].least, sets);
}

static void the_bootstrap_covers_from_twenty_seeds_on(void **state)
{
    static const struct {
        struct situation of;
        double least;
    } rows[] = {{{NORMAL, 20, 0.95}, 0.92},      {{NORMAL, 50, 0.95}, 0.93},
                {{EXPONENTIAL, 20, 0.95}, 0.90}, {{EXPONENTIAL, 50, 0.95}, 0.92},
                {{LOG_NORMAL, 20, 0.95}, 0.85},  {{LOG_NORMAL, 50, 0.95}, 0.89}};
    int sets = data_sets(BOOTSTRAPS);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double share = coverage(&rows[i].of, bca_interval, sets);
        at_least(share, rows[i].least, sets);
        at_most(share, 0.96, sets);
    }
}

/* ---- families of claims where nothing differs ---- */

struct family {
    const char *name;
    int seeds, rivals;
    bool all_pairs;
    bool times;       /* seconds, around 30 s and log-normal; else accuracies around 0.9 */
    double common;    /* standard deviation of what the runs of a seed have in common */
    double own;       /* of what each run has for itself */
    double step;      /* between evaluations, in seconds; of accuracies: 1 / test samples */
    double budget;    /* seconds; 0: every run reaches the target */
    enum shape shape; /* of what each rival has for itself, and the reference, too ... */
    bool one_sided;   /* ... but with this the reference's is normal */
    double less;      /* by how much rival 1 really has less: an accuracy, or a logarithm of time */
    double limit;     /* false claims at most; of real differences: found at least. 0: 5.5 % */
};

#define ACCURACIES .common = 0.02, .own = 0.01, .step = 1 / 2000.0
#define TIMES      .times = true, .common = 0.2, .own = 0.1

static const struct family families[] = {
    {"accuracies of 2000 images, one rival", 5, 1, ACCURACIES},
    {"  three rivals", 5, 3, ACCURACIES},
    {"  ten rivals", 5, 10, ACCURACIES},
    {"  ten rivals, ten seeds", 10, 10, ACCURACIES},
    {"  all pairs of four", 5, 3, ACCURACIES, .all_pairs = true},
    {"  two seeds, five rivals", 2, 5, ACCURACIES},
    {"  two seeds, five rivals, 100 images", 2, 5, .common = 0.02, .own = 0.01, .step = 0.01},
    {"  which hardly vary", 2, 5, .common = 0.02, .own = 0.003, .step = 0.01},
    {"  skewed alike, three rivals", 5, 3, ACCURACIES, .shape = EXPONENTIAL},
    {"  rivals skewed, the reference not, three rivals", 5, 3, ACCURACIES, .shape = EXPONENTIAL,
     .one_sided = true, .limit = 0.1},
    {"times, an evaluation each second, one rival", 5, 1, TIMES, .step = 1},
    {"  three rivals", 5, 3, TIMES, .step = 1},
    {"  ten rivals", 5, 10, TIMES, .step = 1},
    {"  an evaluation each 10 s, three rivals", 5, 3, TIMES, .step = 10},
    {"  each 5 s, times that hardly vary", 5, 3, .times = true, .own = 0.01, .step = 5},
    {"  each second, a budget of 33 s, three rivals", 5, 3, TIMES, .step = 1, .budget = 33},
    {"  a budget of 28 s, three rivals", 5, 3, TIMES, .step = 1, .budget = 28},
};

static const struct family different[] = {
    {"two points of accuracy, one rival", 5, 1, ACCURACIES, .less = 0.02, .limit = 0.6},
    {"  one of three rivals", 5, 3, ACCURACIES, .less = 0.02, .limit = 0.3},
    {"  one of three rivals, ten seeds", 10, 3, ACCURACIES, .less = 0.02, .limit = 0.9},
    {"3/4 of the time, one of three rivals", 5, 3, TIMES, .step = 1, .less = 0.2877, .limit = 0.65},
    {"  a budget of 33 s", 5, 3, TIMES, .step = 1, .budget = 33, .less = 0.2877, .limit = 0.2},
};

/* Mean 0, standard deviation 1. Algorithm 0 is the reference. */
static double drawn(enum shape shape, int set, int algorithm, int seed)
{
    struct draw_key key = {
        .seed = (uint64_t)set, .purpose = DRAW_SYNTHETIC, .rank = FAMILIES, .round = (uint64_t)algorithm};
    return value(shape, &key, (uint64_t)seed) - shapes[shape].mean;
}

static double result(const struct family *f, int set, int algorithm, int seed)
{
    enum shape shape = f->one_sided && algorithm == 0 ? NORMAL : f->shape;
    double x = f->common * drawn(NORMAL, set, COMMON, seed) + f->own * drawn(shape, set, algorithm, seed);
    return algorithm == 1 ? x - f->less : x;
}

static double evaluated(const struct family *f, double x)
{
    double time = f->step * ceil(30 * exp(x) / f->step);
    return f->budget > 0 && time > f->budget ? NAN : time;
}

static struct paired pair_up(const struct family *f, int set, int rival, int reference, double *difference)
{
    struct pair_times t[MOST_SEEDS_HERE];
    double a[MOST_SEEDS_HERE], b[MOST_SEEDS_HERE];
    for (int i = 0; i < f->seeds; i++) {
        a[i] = result(f, set, rival, i);
        b[i] = result(f, set, reference, i);
        double x = evaluated(f, a[i]), y = evaluated(f, b[i]);
        t[i] = (struct pair_times){.a = x,
                                   .b = y,
                                   .a_before = x - f->step,
                                   .b_before = y - f->step,
                                   .a_end = f->budget,
                                   .b_end = f->budget};
        a[i] = f->step * round((0.9 + a[i]) / f->step);
        b[i] = f->step * round((0.9 + b[i]) / f->step);
    }
    return f->times ? paired_times(t, f->seeds, difference)
                    : paired_values(a, b, f->seeds, f->step, difference);
}

/* Claims of a family by their direction, and those without a conclusion. */
struct claims {
    int less, more, open;
};

static void claim(const struct family *f, int set, int rival, int reference, struct claims *claims)
{
    double difference[MOST_SEEDS_HERE];
    int algorithms = f->rivals + 1;
    struct question question = {
        .m = f->all_pairs ? algorithms * (algorithms - 1) / 2 : f->rivals, .resolution = 1, .margin = NAN};
    struct paired pairs = pair_up(f, set, rival, reference, difference);
    struct inference i = infer(&pairs, difference, &question);
    claims->less += i.conclusion == LESS;
    claims->more += i.conclusion == MORE;
    claims->open += i.conclusion == NOT_CONCLUDED;
}

static struct claims claims_of(const struct family *f, int set)
{
    struct claims claims = {0};
    for (int reference = 0; reference < (f->all_pairs ? f->rivals : 1); reference++)
        for (int rival = reference + 1; rival <= f->rivals; rival++)
            claim(f, set, rival, reference, &claims);
    return claims;
}

static void a_family_is_seldom_wrong(void **state)
{
    int sets = data_sets(SHARE);
    (void)state;
    for (const struct family *f = families; f < families + sizeof families / sizeof *families; f++) {
        int wrong = 0, open = 0;
        for (int set = 0; set < sets; set++) {
            struct claims claims = claims_of(f, set);
            wrong += claims.less + claims.more > 0;
            open += claims.open > 0;
        }
        print_message("%s: %.2f %% have a false claim, %.0f %% an undetermined one\n", f->name,
                      100.0 * wrong / sets, 100.0 * open / sets);
        at_most((double)wrong / sets, f->limit > 0 ? f->limit : 0.055, sets);
    }
}

/* Rival 1 really has less: that is found, and hardly ever the opposite. */
static void a_difference_is_found_with_its_sign(void **state)
{
    int sets = data_sets(SHARE);
    (void)state;
    for (const struct family *f = different; f < different + sizeof different / sizeof *different; f++) {
        struct claims claims = {0};
        for (int set = 0; set < sets; set++)
            claim(f, set, 1, 0, &claims);
        print_message("%s: %.1f %% are found, %.2f %% the wrong way round\n", f->name,
                      100.0 * claims.less / sets, 100.0 * claims.more / sets);
        at_least((double)claims.less / sets, f->limit, sets);
        at_most((double)claims.more / sets, 0.001, sets);
    }
}

/* ---- the other functions ---- */

static double *normal(const struct situation *s, int set, double mean, double *x)
{
    struct draw_key key = key_of(s, set);
    for (int i = 0; i < s->n; i++)
        x[i] = mean + draw_normal(&key, (uint64_t)i);
    return x;
}

static void signs_and_margins_keep_their_error(void **state)
{
    const struct situation ten = {NORMAL, 10, 0.95};
    int sets = data_sets(SHARE), flipped = 0, equal = 0;
    double x[MOST_SEEDS_HERE];
    (void)state;
    for (int set = 0; set < sets; set++) {
        flipped += sign_flip_p(normal(&ten, set, 0, x), 10) <= 0.05;
        equal += equivalence_of(sample_of(normal(&ten, set, 2, x), 10), 2, 0.95, 0).equal;
    }
    print_message("ten seeds: the signs reject %.2f %%, and a difference as large as the margin is called "
                  "equal in %.2f %%\n",
                  100.0 * flipped / sets, 100.0 * equal / sets);
    at_most((double)flipped / sets, 0.055, sets);
    at_most((double)equal / sets, 0.055, sets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_covers_the_mean_of_normal_values),
        cmocka_unit_test(skewed_values_are_covered_less),
        cmocka_unit_test(the_bootstrap_covers_from_twenty_seeds_on),
        cmocka_unit_test(a_family_is_seldom_wrong),
        cmocka_unit_test(a_difference_is_found_with_its_sign),
        cmocka_unit_test(signs_and_margins_keep_their_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
