/* Pairs of runs, and what infer() concludes from them: times that were never reached, the spacing of evaluations, steps of
 * accuracies, equality. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/statistics/family.h"
#include "sim/statistics/inference.h"
#include "sim/statistics/sign_flip.h"

enum { PAIRS = 5, MOST = 64 };

static const struct question one = {.m = 1, .resolution = 0.01, .margin = NAN};

static void assert_close(double is, double should)
{
    if (!(fabs(is - should) <= 1e-12 * (1 + fabs(should))))
        fail_msg("%.17g instead of %.17g", is, should);
}

/* Five pairs in which the rival is about twice as fast; evaluations every second. */
static void fast(struct pair_times *t)
{
    static const double rival[PAIRS] = {20, 22, 21, 19, 20}, reference[PAIRS] = {41, 43, 40, 39, 42};
    for (int i = 0; i < PAIRS; i++)
        t[i] = (struct pair_times){.a = rival[i],
                                   .b = reference[i],
                                   .a_before = rival[i] - 1,
                                   .b_before = reference[i] - 1,
                                   .a_end = 100,
                                   .b_end = 100};
}

static struct pair_times swapped(struct pair_times t)
{
    return (struct pair_times){t.b, t.a, t.b_before, t.a_before, t.b_end, t.a_end};
}

static struct inference of_times(const struct pair_times *t, int n, struct paired *pairs)
{
    double difference[MOST];
    *pairs = paired_times(t, n, difference);
    return infer(pairs, difference, &one);
}

static void a_faster_rival_is_a_factor_below_one(void **state)
{
    struct pair_times t[PAIRS];
    struct paired p;
    double sum = 0;
    (void)state;
    fast(t);
    for (int i = 0; i < PAIRS; i++)
        sum += log(t[i].a / t[i].b);
    struct inference i = of_times(t, PAIRS, &p);
    assert_int_equal(i.conclusion, LESS);
    assert_int_equal(p.bound, BOUND_NONE);
    assert_close(i.t.mean, sum / PAIRS);
    assert_true(exp(i.t.high) < 0.6 && exp(i.t.low) > 0.4);
}

/* Whichever of two is the reference, the conclusion is the same, the other way round. */
static void the_reference_may_be_either(void **state)
{
    struct pair_times t[PAIRS], back[PAIRS];
    struct paired p, q;
    (void)state;
    fast(t);
    t[3].b = NAN;
    for (int i = 0; i < PAIRS; i++)
        back[i] = swapped(t[i]);
    struct inference is = of_times(t, PAIRS, &p), other = of_times(back, PAIRS, &q);
    assert_int_equal(is.conclusion, LESS);
    assert_int_equal(other.conclusion, MORE);
    assert_int_equal(p.bound, BOUND_AT_MOST);
    assert_int_equal(q.bound, BOUND_AT_LEAST);
    assert_close(other.t.mean, -is.t.mean);
    assert_close(other.t.low, -is.t.high);
    assert_close(q.least_std, p.least_std);
    assert_true(p.earliest == -INFINITY && q.latest == INFINITY);
    assert_close(q.earliest, -p.latest);
    assert_int_equal(other.seeds_needed, is.seeds_needed);
}

static void an_end_stands_in_if_it_is_not_before_the_other_time(void **state)
{
    struct pair_times t = {.a = 20, .a_before = 18, .b = NAN, .a_end = 100, .b_end = 50};
    double d;
    (void)state;
    struct paired p = paired_times(&t, 1, &d);
    assert_true(p.determined && p.bound == BOUND_AT_MOST);
    assert_close(d, log(20 / 50.0));
    assert_close(p.least_std, 0.1 / sqrt(12)); /* of 20 s alone: the end is exact */
    t.b_end = 20;                              /* at the same time: it is not faster, and may be slower */
    p = paired_times(&t, 1, &d);
    assert_true(p.determined && d == 0);
    t.b_end = 19.999;
    p = paired_times(&t, 1, &d);
    assert_true(!p.determined && isnan(d));
    t.b_end = NAN; /* it diverged */
    assert_false(paired_times(&t, 1, &d).determined);
    t = (struct pair_times){.a = NAN, .b = NAN, .a_end = 50, .b_end = 50};
    assert_false(paired_times(&t, 1, &d).determined);
    t = (struct pair_times){.a = 0, .b = 5, .a_end = 50, .b_end = 50}; /* reached by the initial model */
    assert_false(paired_times(&t, 1, &d).determined);
    assert_false(paired_times(&t, 0, &d).determined);
}

static void one_undetermined_pair_is_enough(void **state)
{
    struct pair_times t[PAIRS];
    struct paired p;
    (void)state;
    fast(t);
    t[2].a = t[2].b = NAN;
    struct inference i = of_times(t, PAIRS, &p);
    assert_int_equal(i.conclusion, NOT_CONCLUDED);
    assert_true(isnan(i.t.mean) && isnan(i.t.low) && isnan(i.t.high) && isnan(i.p) && isnan(i.std));
    assert_int_equal(i.seeds_needed, 0);
    fast(t);
    t[1].a = t[2].b = NAN; /* at least in one pair, at most in another */
    assert_int_equal(of_times(t, PAIRS, &p).conclusion, NOT_CONCLUDED);
}

/* In four pairs the rival is faster; in the fifth it never arrives. The interval of a mean "at least" excludes 0 from below,
 * which says nothing. */
static void a_bound_speaks_in_one_direction(void **state)
{
    struct pair_times t[PAIRS];
    struct paired p;
    (void)state;
    for (int i = 0; i < PAIRS; i++)
        t[i] = (struct pair_times){.a = 20 + i, .a_before = 19 + i, .b = 200, .b_before = 199};
    assert_int_equal(of_times(t, PAIRS, &p).conclusion, LESS);
    t[4].a = NAN;
    t[4].a_end = t[4].b;
    struct inference i = of_times(t, PAIRS, &p);
    assert_int_equal(p.bound, BOUND_AT_LEAST);
    assert_true(i.t.high < 0);
    assert_int_equal(i.conclusion, NO_CLAIM);
}

/* Every seed: the target at the k-th evaluation, and at the next one. The interval has no width worth the name, and yet the
 * difference could be anything from none to two evaluations. */
static void a_difference_of_one_evaluation_is_no_claim(void **state)
{
    struct pair_times t[20];
    struct paired p;
    (void)state;
    for (int i = 0; i < 20; i++)
        t[i] = (struct pair_times){
            .a = 100, .a_before = 90, .b = 110, .b_before = 100, .a_end = 300, .b_end = 300};
    struct inference is = of_times(t, 20, &p);
    assert_true(is.t.high < 0);
    assert_int_equal(is.conclusion, WITHIN_EVALUATIONS);
    assert_close(p.earliest, log(90 / 110.0));
    assert_close(p.latest, 0);
    for (int i = 0; i < 20; i++)
        t[i].b = 120, t[i].b_before = 110;
    assert_int_equal(of_times(t, 20, &p).conclusion, LESS);
    for (int i = 0; i < 20; i++)
        t[i] = swapped(t[i]);
    assert_int_equal(of_times(t, 20, &p).conclusion, MORE);
}

/* Its time may be anything up to the first evaluation: that makes it faster, by a factor that has no lower end. */
static void a_target_reached_at_the_first_evaluation_can_be_a_claim(void **state)
{
    struct pair_times t[PAIRS];
    struct paired p;
    (void)state;
    for (int i = 0; i < PAIRS; i++)
        t[i] = (struct pair_times){.a = 10, .b = 200 + 10 * i, .b_before = 190 + 10 * i};
    assert_int_equal(of_times(t, PAIRS, &p).conclusion, LESS);
    assert_true(p.earliest == -INFINITY);
    for (int i = 0; i < PAIRS; i++)
        t[i].b = 20, t[i].b_before = 10;
    assert_true(of_times(t, PAIRS, &p).conclusion != LESS);
}

/* Equal times in all seeds: the interval is as wide as the spacing of evaluations makes it, and no wider. */
static void times_have_the_spacing_of_evaluations_as_their_error(void **state)
{
    struct pair_times t[2] = {{.a = 10, .a_before = 8, .b = 40, .b_before = 36},
                              {.a = 10, .a_before = 8, .b = 40, .b_before = 36}};
    struct paired p;
    (void)state;
    struct inference i = of_times(t, 2, &p);
    assert_close(p.least_std, sqrt((0.04 + 0.01) / 12));
    assert_close(i.t.high - i.t.mean, t_half_width(p.least_std, 2, 0.95));
    assert_true(i.std == 0);
}

static void accuracies_are_differences_in_steps(void **state)
{
    static const double a[] = {0.75, 0.8}, b[] = {0.7, 0.75};
    double d[2];
    (void)state;
    struct paired p = paired_values(a, b, 2, 1 / 20.0, d);
    assert_true(p.determined && p.bound == BOUND_NONE);
    assert_close(d[0], 0.05);
    assert_close(p.least_std, 0.05 / sqrt(6));
    assert_int_equal(infer(&p, d, &one).conclusion, NO_CLAIM); /* one image of 20, with two seeds */
    p = paired_values((double[]){0.75, NAN}, b, 2, 0.05, d);
    assert_false(p.determined);
    p = paired_values(a, b, 1, 0.05, d);
    assert_int_equal(infer(&p, d, &one).conclusion, NOT_CONCLUDED); /* one seed */
}

static void a_family_asks_more_of_each_claim(void **state)
{
    static const double d[PAIRS] = {0.01, 0.02, 0.03, 0.01, 0.02};
    double out[PAIRS], zero[PAIRS] = {0};
    (void)state;
    struct paired p = paired_values(d, zero, PAIRS, 0, out);
    struct question question = one;
    assert_int_equal(infer(&p, out, &question).conclusion, MORE);
    question.m = 20;
    struct inference i = infer(&p, out, &question);
    assert_int_equal(i.conclusion, NO_CLAIM);
    assert_true(i.t.low < 0);
    struct interval t = t_interval(out, PAIRS, family_level(20), 0);
    assert_memory_equal(&i.t, &t, sizeof t);
}

static void what_is_shown_depends_on_the_number_of_seeds(void **state)
{
    double d[MOST], zero[MOST] = {0};
    struct question question = one;
    (void)state;
    for (int i = 0; i < MOST; i++)
        d[i] = 0.01 * (i % 7);
    question.m = 3;
    for (int n = 2; n <= MOST; n++) {
        double out[MOST];
        struct paired p = paired_values(d, zero, n, 0, out);
        struct inference i = infer(&p, out, &question);
        assert_int_equal(isnan(i.bca.low), n < BCA_SEEDS);
        assert_int_equal(isnan(i.p), n < sign_flip_seeds(3) || n > SIGN_FLIP_MOST);
    }
}

static void a_disagreement_of_the_bootstrap_is_said(void **state)
{
    double d[BCA_SEEDS], out[BCA_SEEDS], zero[BCA_SEEDS] = {0};
    (void)state;
    for (int i = 0; i < BCA_SEEDS; i++) /* one large value: t is symmetrical, the bootstrap is not */
        d[i] = i == 0 ? 40 : 0.5 + 0.01 * i;
    struct paired p = paired_values(d, zero, BCA_SEEDS, 0, out);
    struct inference i = infer(&p, out, &one);
    assert_int_equal(i.conclusion, NO_CLAIM);
    assert_true(i.bca.low > 0 && i.bca_disagrees);
}

static void equality_needs_a_margin(void **state)
{
    static const double d[PAIRS] = {0.001, -0.001, 0.002, 0, -0.001};
    double out[PAIRS], zero[PAIRS] = {0};
    struct question question = one;
    (void)state;
    struct paired p = paired_values(d, zero, PAIRS, 0, out);
    struct inference i = infer(&p, out, &question);
    assert_true(i.conclusion == NO_CLAIM && !i.equal && isnan(i.margin.p));
    question.margin = 0.01;
    i = infer(&p, out, &question);
    assert_true(i.conclusion == NO_CLAIM && i.equal && i.margin.p < 0.05);
    question.margin = 0.001;
    assert_false(infer(&p, out, &question).equal);
    question.margin = 0.01;
    p.bound = BOUND_AT_LEAST; /* it may be far above */
    assert_false(infer(&p, out, &question).equal);
}

/* Every seed: both reach the target at the same evaluation. Where that is the first one, the factor can be anything. */
static void equality_is_as_fine_as_the_evaluations(void **state)
{
    struct pair_times t[MOST];
    double d[MOST];
    struct question question = one;
    (void)state;
    question.margin = log(1.05);
    for (int i = 0; i < MOST; i++)
        t[i] = (struct pair_times){.a = 100, .a_before = 96, .b = 100, .b_before = 96};
    struct paired p = paired_times(t, MOST, d);
    assert_true(infer(&p, d, &question).equal);
    for (int i = 0; i < MOST; i++)
        t[i].b_before = 95; /* latest is above the margin, earliest is not below */
    p = paired_times(t, MOST, d);
    struct inference is = infer(&p, d, &question);
    assert_true(is.margin.equal && !is.equal);
    for (int i = 0; i < MOST; i++)
        t[i] = swapped(t[i]);
    p = paired_times(t, MOST, d);
    is = infer(&p, d, &question);
    assert_true(is.margin.equal && !is.equal);
    question.margin = 10;
    for (int i = 0; i < MOST; i++)
        t[i].a_before = t[i].b_before = 0;
    p = paired_times(t, MOST, d);
    is = infer(&p, d, &question);
    assert_true(is.margin.equal && !is.equal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_faster_rival_is_a_factor_below_one),
        cmocka_unit_test(the_reference_may_be_either),
        cmocka_unit_test(an_end_stands_in_if_it_is_not_before_the_other_time),
        cmocka_unit_test(one_undetermined_pair_is_enough),
        cmocka_unit_test(a_bound_speaks_in_one_direction),
        cmocka_unit_test(a_difference_of_one_evaluation_is_no_claim),
        cmocka_unit_test(a_target_reached_at_the_first_evaluation_can_be_a_claim),
        cmocka_unit_test(times_have_the_spacing_of_evaluations_as_their_error),
        cmocka_unit_test(accuracies_are_differences_in_steps),
        cmocka_unit_test(a_family_asks_more_of_each_claim),
        cmocka_unit_test(what_is_shown_depends_on_the_number_of_seeds),
        cmocka_unit_test(a_disagreement_of_the_bootstrap_is_said),
        cmocka_unit_test(equality_needs_a_margin),
        cmocka_unit_test(equality_is_as_fine_as_the_evaluations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
