/* Who trains on which samples: the training set dealt into shares, one a worker, or one common share for all.
 *
 * A partition is one file in models/data/partitions/ with one exported symbol and one line in partition.c. It is
 * a pure function of seed, labels and parameters; every sample ends in exactly one share, and no share is empty. */
#ifndef MODELS_DATA_PARTITION_H
#define MODELS_DATA_PARTITION_H

#include <stdint.h>

#include "models/data/dataset.h"

enum partition { PARTITION_FULL, PARTITION_IID, PARTITION_DIRICHLET, PARTITION_SHARDS, PARTITION_LABEL };
extern const char *const partition_words[];

struct dealing { /* what a partition is given */
    uint64_t seed;
    uint32_t shares;
    double beta;     /* dirichlet */
    uint32_t shards; /* shards: of each share */
    uint32_t samples;
    const uint8_t *labels; /* (samples) 0 .. classes-1 */
    int classes;
};

struct shares { /* 4 bytes a sample and 4 a share */
    uint32_t n;
    uint32_t *begin;  /* (n + 1) share i: sample[begin[i]] .. sample[begin[i + 1] - 1] */
    uint32_t *sample; /* (samples) their numbers in the training set */
};

struct share {
    const uint32_t *sample;
    uint32_t n;
};

/* Ends the program where there are fewer samples than shares. */
struct shares *shares_deal(enum partition partition, const struct dealing *dealing);
void shares_free(struct shares *shares);

/* Of this worker: its own, or the common one. */
struct share shares_of(const struct shares *shares, int worker);

/* Fills out with how many samples of each class a share has. */
void share_classes(const struct share *share, const uint8_t *labels, int classes, uint32_t *out);

/* ---- for the files of partitions/ ---- */

void partition_iid(const struct dealing *d, struct shares *out);
void partition_dirichlet(const struct dealing *d, struct shares *out);
void partition_shards(const struct dealing *d, struct shares *out);
void partition_label(const struct dealing *d, struct shares *out);

/* From the owner of each sample to the shares; samples stand in ascending order in each. A share that would be empty takes the
 * last sample of the largest one, the first such where several are as large. Changes owner. */
void shares_by_owner(const struct dealing *d, uint32_t *owner, struct shares *out);

/* The samples, ordered by label and, within one, by number; first (classes + 1): where each label begins. To be freed. */
uint32_t *samples_by_label(const struct dealing *d, uint32_t *first);

#endif
