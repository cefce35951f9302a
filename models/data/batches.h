/* Which samples a worker trains on, batch after batch.
 *
 * Batch k is samples k b .. k b + b - 1 of the endlessly concatenated epoch permutations of the worker's share (partition.h), so a batch
 * may span two epochs. A pure function of (seed, worker, share, k). */
#ifndef MODELS_DATA_BATCHES_H
#define MODELS_DATA_BATCHES_H

#include <stdint.h>

#include "models/data/partition.h"

struct batches;

/* The share's samples stay the caller's; n > 0. */
struct batches *batches_create(const struct share *share, uint64_t seed, int worker, uint32_t batch);
/* From now on another share, batch 0 at the start of epoch `epoch` of worker (or client) `worker`. */
void batches_aim(struct batches *b, const struct share *share, int worker, int64_t epoch);
void batches_destroy(struct batches *b);

/* Writes the `batch` sample numbers of batch k. Cheap when k follows the last one asked for. */
void batches_get(struct batches *b, int64_t k, uint32_t *samples);

#endif
