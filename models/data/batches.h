/* Which samples a worker trains on, batch after batch.
 *
 * A worker owns a share of the training set: all of it (partition full) or its part of one seeded permutation
 * (iid: sizes differ by at most one, every sample in exactly one shard). Batch k is samples k b .. k b + b -
 * 1 of the worker's endlessly concatenated epoch permutations of its share, so a batch may span two epochs. A
 * pure function of (seed, worker, k). */
#ifndef MODELS_DATA_BATCHES_H
#define MODELS_DATA_BATCHES_H

#include <stdint.h>

enum partition { PARTITION_FULL, PARTITION_IID };

struct batches;

struct batches *batches_create(enum partition partition, uint64_t seed, uint32_t samples, int worker,
                               int workers, uint32_t batch);
void batches_destroy(struct batches *b);
uint32_t batches_share(const struct batches *b); /* samples in the worker's share */

/* Writes the `batch` sample numbers of batch k. Cheap when k follows the last one asked for. */
void batches_get(struct batches *b, int64_t k, uint32_t *samples);

#endif
