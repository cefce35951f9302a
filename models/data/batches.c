/* One permutation of the share at a time: that of the epoch asked for last. */
#include "models/data/batches.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

struct batches {
    uint64_t seed;
    int worker;
    uint32_t batch, room; /* room: how many samples order has memory for */
    struct share share;
    int64_t first; /* epoch of batch 0 */
    int64_t epoch; /* `order` holds the permutation of this epoch; -1: of none */
    uint32_t *order;
};

struct batches *batches_create(const struct share *share, uint64_t seed, int worker, uint32_t batch)
{
    assert(share->n > 0 && batch > 0);
    struct batches *b = need(sizeof *b);
    *b = (struct batches){
        .seed = seed, .worker = worker, .batch = batch, .room = share->n, .share = *share, .epoch = -1};
    b->order = need(share->n * sizeof *b->order);
    return b;
}

void batches_aim(struct batches *b, const struct share *share, int worker, int64_t epoch)
{
    if (share->n > b->room) {
        free(b->order);
        b->order = need(share->n * sizeof *b->order);
        b->room = share->n;
    }
    b->share = *share;
    b->worker = worker;
    b->first = epoch;
    b->epoch = -1;
}

void batches_destroy(struct batches *b)
{
    if (!b)
        return;
    free(b->order);
    free(b);
}

/* order = the permutation of this epoch. */
static void seek(struct batches *b, int64_t epoch)
{
    const struct draw_key key = {
        .seed = b->seed, .purpose = DRAW_SHUFFLE, .rank = b->worker, .round = (uint64_t)epoch};
    if (b->epoch == epoch)
        return;
    draw_permutation(&key, b->order, b->share.n);
    b->epoch = epoch;
}

void batches_get(struct batches *b, int64_t k, uint32_t *samples)
{
    assert(k >= 0);
    for (uint32_t i = 0; i < b->batch; i++) {
        int64_t position = k * b->batch + i;
        seek(b, b->first + position / b->share.n);
        samples[i] = b->share.sample[b->order[position % b->share.n]];
    }
}
