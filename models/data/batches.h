/* Which samples a worker trains on, batch after batch.
 *
 * In each epoch a worker goes once through its share of the training set (partition.h), in a random order of
 * that epoch. Batch k is samples k b .. k b + b - 1 of the epochs' permutations, one behind the other, so a
 * batch may span two epochs:
 *
 *     epoch     |        0        |        1        |        2        |
 *     batch     | 0 | 1 | 2 | 3 | 4 | 5 | 6 | ...
 *
 * A pure function of (seed, worker, share, k): a batch that is asked for again has the same samples. */
#ifndef MODELS_DATA_BATCHES_H
#define MODELS_DATA_BATCHES_H

#include <stdint.h>

#include "models/data/partition.h"

struct batches;

/* Batches of `batch` samples. The share's samples must outlive the batches; share->n > 0. */
struct batches *batches_create(const struct share *share, uint64_t seed, int worker, uint32_t batch);
/* From now on the batches of another share, for worker (or client) `worker`; its batch 0 is at the start of
 * epoch `epoch`. */
void batches_aim(struct batches *b, const struct share *share, int worker, int64_t epoch);
void batches_destroy(struct batches *b);

/* Writes the `batch` sample numbers of batch k >= 0. A batch of another epoch than the last one asked for
 * costs a permutation of the share. */
void batches_get(struct batches *b, int64_t k, uint32_t *samples);

#endif
