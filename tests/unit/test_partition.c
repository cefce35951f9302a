/* Who gets which samples. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "tests/rigs/scratch.h"

enum { SAMPLES = 12000, CLASSES = 10 };

static uint8_t labels[SAMPLES];

/* Not all classes are as large: class c has (c + 1) / 55 of the set; they are mixed. */
static int label_samples(void **state)
{
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        int at = i * 7 % 55, c = 0;
        while (at > c)
            at -= ++c;
        labels[i] = (uint8_t)c;
    }
    return 0;
}

static struct partition_input input_of(uint64_t seed, uint32_t shares)
{
    return (struct partition_input){.seed = seed,
                                    .shares = shares,
                                    .beta = 0.5,
                                    .shards = 2,
                                    .samples = SAMPLES,
                                    .labels = labels,
                                    .classes = CLASSES};
}

static void each_sample_once(const struct shares *s)
{
    static uint8_t seen[SAMPLES];
    memset(seen, 0, sizeof seen);
    assert_int_equal(s->begin[0], 0);
    assert_int_equal(s->begin[s->n], SAMPLES);
    for (uint32_t i = 0; i < s->n; i++)
        assert_true(s->begin[i] < s->begin[i + 1]);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        assert_true(s->sample[i] < SAMPLES);
        assert_int_equal(seen[s->sample[i]]++, 0);
    }
}

static void every_sample_is_in_one_share_and_no_share_is_empty(void **state)
{
    (void)state;
    static const uint32_t shares[] = {1, 2, 3, 7, 10, 100, 6000, 12000};
    static const double beta[] = {1e-3, 0.1, 0.5, 1, 30, 1e6};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        for (int kind = PARTITION_IID; kind <= PARTITION_LABEL; kind++)
            for (size_t b = 0; b < (kind == PARTITION_DIRICHLET ? sizeof beta / sizeof *beta : 1); b++) {
                struct partition_input d = input_of(i, shares[i]);
                d.beta = beta[b];
                d.shards = shares[i] > 6000 ? 1 : 2;
                struct shares *s = shares_create((enum partition)kind, &d);
                assert_int_equal(s->n, shares[i]);
                each_sample_once(s);
                shares_free(s);
            }
}

static void the_seed_decides(void **state)
{
    (void)state;
    static const enum partition kinds[] = {PARTITION_IID, PARTITION_DIRICHLET, PARTITION_SHARDS};
    for (int k = 0; k < 3; k++) {
        struct partition_input one = input_of(1, 8), two = input_of(2, 8);
        struct shares *a = shares_create(kinds[k], &one), *b = shares_create(kinds[k], &one),
                      *c = shares_create(kinds[k], &two);
        assert_memory_equal(a->sample, b->sample, SAMPLES * sizeof *a->sample);
        assert_memory_equal(a->begin, b->begin, 9 * sizeof *a->begin);
        assert_memory_not_equal(a->sample, c->sample, SAMPLES * sizeof *a->sample);
        shares_free(a);
        shares_free(b);
        shares_free(c);
    }
}

static int labels_in(const struct shares *s, int worker)
{
    uint32_t count[CLASSES];
    struct share share = shares_of(s, worker);
    int n = 0;
    share_classes(&share, labels, CLASSES, count);
    for (int c = 0; c < CLASSES; c++)
        n += count[c] > 0;
    return n;
}

/* The mean of a class's proportions is 1/N by construction; their variance over many draws is that of the distribution: (1/N)(1 - 1/N) /
 * (N beta + 1). */
static void proportions_are_dirichlet(void **state)
{
    (void)state;
    enum { N = 4, DRAWS = 400 };
    static const double beta[] = {0.1, 0.5, 1, 5};
    for (int b = 0; b < 4; b++) {
        double squares = 0, fourth = 0, n = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            struct partition_input d = input_of((uint64_t)seed, N);
            uint32_t count[CLASSES];
            d.beta = beta[b];
            struct shares *s = shares_create(PARTITION_DIRICHLET, &d);
            struct share share = shares_of(s, 1);
            share_classes(&share, labels, CLASSES, count);
            double off = count[9] / (SAMPLES * 10.0 / 55) - 1.0 / N;
            squares += off * off;
            fourth += pow(off, 4);
            n++;
            shares_free(s);
        }
        double variance = 1.0 / N * (1 - 1.0 / N) / (N * beta[b] + 1), got = squares / n;
        double sigma = sqrt((fourth / n - got * got) / n);
        assert_true(fabs(got - variance) < 5 * sigma);
    }
}

static void much_concentration_is_iid_and_little_is_a_few_labels(void **state)
{
    (void)state;
    struct partition_input d = input_of(3, 5);
    uint32_t count[CLASSES];
    d.beta = 1e6;
    struct shares *even = shares_create(PARTITION_DIRICHLET, &d);
    d.beta = 1e-3;
    struct shares *odd = shares_create(PARTITION_DIRICHLET, &d);
    int labels_of_odd = 0;
    for (int w = 0; w < 5; w++) {
        struct share share = shares_of(even, w);
        share_classes(&share, labels, CLASSES, count);
        for (int c = 0; c < CLASSES; c++)
            assert_true(fabs(count[c] - SAMPLES * (c + 1) / 55.0 / 5) < 4);
        labels_of_odd += labels_in(odd, w);
    }
    assert_true(labels_of_odd <= CLASSES + 2); /* each label whole, to one share */
    shares_free(even);
    shares_free(odd);
}

static void shards_hold_few_labels(void **state)
{
    (void)state;
    struct partition_input d = input_of(4, 50);
    struct shares *s = shares_create(PARTITION_SHARDS, &d);
    for (int w = 0; w < 50; w++) {
        struct share share = shares_of(s, w);
        assert_true(share.n == SAMPLES / 50 && labels_in(s, w) <= 4); /* a shard may lie over one border */
    }
    shares_free(s);
}

static void labels_go_to_their_shares(void **state)
{
    (void)state;
    struct partition_input few = input_of(5, 4), many = input_of(5, 25);
    struct shares *s = shares_create(PARTITION_LABEL, &few), *t = shares_create(PARTITION_LABEL, &many);
    for (int w = 0; w < 4; w++)
        for (uint32_t i = s->begin[w]; i < s->begin[w + 1]; i++)
            assert_int_equal(labels[s->sample[i]] % 4, w);
    for (int w = 0; w < 25; w++) {
        struct share share = shares_of(t, w), other = shares_of(t, w % 10);
        for (uint32_t i = 0; i < share.n; i++)
            assert_int_equal(labels[share.sample[i]], w % 10);
        assert_true(share.n <= other.n && other.n <= share.n + 1); /* in turn */
    }
    shares_free(s);
    shares_free(t);
}

static void deal_too_few(void)
{
    struct partition_input d = input_of(1, SAMPLES + 1);
    shares_create(PARTITION_DIRICHLET, &d);
}

static void deal_too_many_shards(void)
{
    struct partition_input d = input_of(1, 100);
    d.shards = 121;
    shares_create(PARTITION_SHARDS, &d);
}

static void too_few_samples_are_refused(void **state)
{
    (void)state;
    assert_dies(deal_too_few, EXIT_USAGE, "at least one sample for each of 12001 workers, got 12000");
    assert_dies(deal_too_many_shards, EXIT_USAGE, "data.shards_per_worker: expected at most 120");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_in_one_share_and_no_share_is_empty),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(proportions_are_dirichlet),
        cmocka_unit_test(much_concentration_is_iid_and_little_is_a_few_labels),
        cmocka_unit_test(shards_hold_few_labels),
        cmocka_unit_test(labels_go_to_their_shares),
        cmocka_unit_test_setup_teardown(too_few_samples_are_refused, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, label_samples, NULL);
}
