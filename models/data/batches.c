#include "models/data/batches.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

struct batches {
    uint64_t seed;
    int worker;
    uint32_t batch, n; /* n: samples in the share */
    uint32_t *share;   /* their numbers; NULL: all samples */
    int64_t epoch;     /* whose permutation `order` holds; -1: none */
    uint32_t *order;
};

/* Every worker draws the same permutation of the whole set and takes its part of it. */
static void take_shard(struct batches *b, uint32_t samples, int workers)
{
    const struct draw_key key = {.seed = b->seed, .purpose = DRAW_SHARD};
    uint64_t first = (uint64_t)samples * (uint64_t)b->worker / (uint64_t)workers;
    uint64_t end = (uint64_t)samples * (uint64_t)(b->worker + 1) / (uint64_t)workers;
    uint32_t *all = need(samples * sizeof *all);
    draw_permutation(&key, all, samples);
    b->n = (uint32_t)(end - first);
    b->share = need(b->n * sizeof *b->share);
    for (uint32_t i = 0; i < b->n; i++)
        b->share[i] = all[first + i];
    free(all);
}

struct batches *batches_create(enum partition partition, uint64_t seed, uint32_t samples, int worker,
                               int workers, uint32_t batch)
{
    assert(worker >= 0 && worker < workers && batch > 0);
    if (samples < (partition == PARTITION_IID ? (uint32_t)workers : 1))
        die(EXIT_USAGE, "partition: expected at least one sample for each of %d workers, got %u samples",
            workers, samples);
    struct batches *b = need(sizeof *b);
    *b = (struct batches){.seed = seed, .worker = worker, .batch = batch, .n = samples, .epoch = -1};
    if (partition == PARTITION_IID)
        take_shard(b, samples, workers);
    b->order = need(b->n * sizeof *b->order);
    return b;
}

void batches_destroy(struct batches *b)
{
    if (!b)
        return;
    free(b->share);
    free(b->order);
    free(b);
}

uint32_t batches_share(const struct batches *b)
{
    return b->n;
}

static void seek(struct batches *b, int64_t epoch)
{
    const struct draw_key key = {
        .seed = b->seed, .purpose = DRAW_SHUFFLE, .rank = b->worker, .round = (uint64_t)epoch};
    if (b->epoch == epoch)
        return;
    draw_permutation(&key, b->order, b->n);
    b->epoch = epoch;
}

void batches_get(struct batches *b, int64_t k, uint32_t *samples)
{
    assert(k >= 0);
    for (uint32_t i = 0; i < b->batch; i++) {
        int64_t position = k * b->batch + i;
        seek(b, position / b->n);
        uint32_t sample = b->order[position % b->n];
        samples[i] = b->share ? b->share[sample] : sample;
    }
}
