/* Which samples a worker trains on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "tests/rigs/deal.h"
#include "tests/rigs/scratch.h"

enum { SAMPLES = 103, BATCH = 8 };

static struct batches *full(uint64_t seed, int worker)
{
    return deal(PARTITION_FULL, seed, SAMPLES, worker, 4, BATCH);
}

/* The first n samples of a worker, batch after batch. */
static void take(struct batches *b, uint32_t *out, int n)
{
    uint32_t batch[BATCH];
    for (int i = 0; i < n; i++) {
        if (i % BATCH == 0)
            batches_get(b, i / BATCH, batch);
        out[i] = batch[i % BATCH];
    }
}

static void assert_each_once(const uint32_t *samples, uint32_t n)
{
    int seen[SAMPLES] = {0};
    for (uint32_t i = 0; i < n; i++) {
        assert_true(samples[i] < SAMPLES);
        assert_int_equal(seen[samples[i]]++, 0);
    }
}

/* 103 is no multiple of 8: batches go over the ends of epochs. */
static void test_epochs(void **state)
{
    (void)state;
    uint32_t samples[5 * SAMPLES];
    struct batches *b = full(1, 0);
    assert_int_equal(deal_share(PARTITION_FULL, 1, SAMPLES, 0, 4).n, SAMPLES);
    take(b, samples, 5 * SAMPLES);
    for (int e = 0; e < 5; e++)
        assert_each_once(samples + e * SAMPLES, SAMPLES);
    for (int e = 1; e < 5; e++)
        assert_memory_not_equal(samples, samples + e * SAMPLES, SAMPLES * sizeof *samples);
    batches_destroy(b);
}

static void test_random_access(void **state)
{
    (void)state;
    static const int order[] = {40, 0, 12, 13, 12, 39, 1, 25};
    uint32_t samples[50 * BATCH], batch[BATCH];
    struct batches *b = full(7, 2);
    take(b, samples, 50 * BATCH);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        batches_get(b, order[i], batch);
        assert_memory_equal(batch, samples + order[i] * BATCH, sizeof batch);
    }
    batches_destroy(b);
    b = full(7, 2); /* as after a resume */
    batches_get(b, 40, batch);
    assert_memory_equal(batch, samples + 40 * BATCH, sizeof batch);
    batches_get(b, INT64_MAX / BATCH - 1, batch);
    batches_destroy(b);
}

static void test_batch_of_many_epochs(void **state)
{
    (void)state;
    uint32_t samples[40];
    struct batches *b = deal(PARTITION_FULL, 1, 10, 0, 1, 40);
    batches_get(b, 3, samples);
    for (int e = 0; e < 4; e++)
        assert_each_once(samples + 10 * e, 10);
    batches_destroy(b);
}

static void test_keys(void **state)
{
    (void)state;
    uint32_t a[SAMPLES], other[SAMPLES];
    struct batches *b[] = {full(1, 0), full(1, 1), full(2, 0)};
    take(b[0], a, SAMPLES);
    for (int i = 1; i < 3; i++) { /* another worker, another seed */
        take(b[i], other, SAMPLES);
        assert_memory_not_equal(a, other, sizeof a);
    }
    for (int i = 0; i < 3; i++)
        batches_destroy(b[i]);
}

static void test_shards(void **state)
{
    (void)state;
    for (int workers = 1; workers <= 16; workers++) {
        uint32_t all[2 * SAMPLES], n = 0;
        for (int w = 0; w < workers; w++) {
            struct batches *b = deal(PARTITION_IID, 5, SAMPLES, w, workers, BATCH);
            uint32_t share = deal_share(PARTITION_IID, 5, SAMPLES, w, workers).n;
            assert_true(share == SAMPLES / (uint32_t)workers ||
                        share == (SAMPLES - 1) / (uint32_t)workers + 1);
            take(b, all + n, (int)share);
            n += share;
            batches_destroy(b);
        }
        assert_int_equal(n, SAMPLES);
        assert_each_once(all, n);
    }
}

/* A worker keeps its samples, in another order each epoch; another seed gives it other samples. */
static void test_shard_epochs(void **state)
{
    (void)state;
    uint32_t samples[100], other[25];
    struct batches *b = deal(PARTITION_IID, 5, 100, 1, 4, BATCH);
    struct batches *c = deal(PARTITION_IID, 6, 100, 1, 4, BATCH);
    int seen[100] = {0}, shared = 0;
    take(b, samples, 100);
    take(c, other, 25);
    for (int i = 0; i < 100; i++)
        seen[samples[i]]++;
    for (int i = 0; i < 100; i++)
        assert_true(seen[i] == 0 || seen[i] == 4);
    for (int i = 0; i < 25; i++)
        shared += seen[other[i]] > 0;
    assert_true(shared < 25);
    assert_memory_not_equal(samples, samples + 25, 25 * sizeof *samples);
    batches_destroy(b);
    batches_destroy(c);
}

static void too_few(void)
{
    deal(PARTITION_IID, 1, 3, 0, 4, BATCH);
}

static void test_too_few(void **state)
{
    (void)state;
    assert_dies(too_few, EXIT_USAGE, "expected at least one sample for each of 4 workers, got 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_random_access),
        cmocka_unit_test(test_batch_of_many_epochs),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_shard_epochs),
        cmocka_unit_test_setup_teardown(test_too_few, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
