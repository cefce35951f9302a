/* Partitions: how the samples of the training set are split into shares, one for each worker (or client), or
 * one common share for all of them.
 *
 * A partition is one file in models/data/partitions/ with one exported symbol, and one line below.
 * It is a pure function of seed, labels and parameters. Every sample is in exactly one share, and no share is
 * empty. */
#ifndef MODELS_DATA_PARTITION_H
#define MODELS_DATA_PARTITION_H

#include <stdint.h>

#include "models/data/dataset.h"

/* Every partition that a configuration can name, and its constant: the word, the file and the function are NAME,
 * partitions/NAME.c and partition_NAME (full is in partition.c). A new one is one file and one line here. */
#define PARTITIONS(X)       \
    X(full, FULL)           \
    X(iid, IID)             \
    X(dirichlet, DIRICHLET) \
    X(shards, SHARDS)       \
    X(label, LABEL)

#define PARTITION_CONSTANT(name, NAME) PARTITION_##NAME,
enum partition { PARTITIONS(PARTITION_CONSTANT) };
extern const char *const partition_words[];

struct partition_input {
    uint64_t seed;
    uint32_t shares;
    double beta;     /* dirichlet: concentration; small values give each share few labels */
    uint32_t shards; /* shards: how many each share gets */
    uint32_t samples;
    const uint8_t *labels; /* (samples) 0 .. classes - 1 */
    int classes;
};

/* All shares in one array: share i is sample[begin[i]] .. sample[begin[i + 1] - 1].
 *
 *     begin    0           3        5              9
 *              |           |        |              |
 *     sample   [ 7  2  11  |  0  5  |  1  3  4  8  ]        numbers in the training set
 *                share 0     share 1     share 2
 *
 * 4 bytes for each sample and 4 for each share. Made before fork, constant after it. */
struct shares {
    uint32_t n;
    uint32_t *begin;  /* (n + 1) */
    uint32_t *sample; /* (samples) */
};

struct share {
    const uint32_t *sample;
    uint32_t n;
};

/* Ends the program with EXIT_USAGE if there are fewer samples than shares. PARTITION_FULL makes one share. */
struct shares *shares_create(enum partition partition, const struct partition_input *input);
void shares_free(struct shares *shares);

/* The share of a worker: its own, or the common one. It points into shares. */
struct share shares_of(const struct shares *shares, int worker);

/* out (classes) = how many samples of each class the share has. */
void share_classes(const struct share *share, const uint8_t *labels, int classes, uint32_t *out);

/* ---- for the files of partitions/: each fills out, which has its memory and zeros ---- */

#define PARTITION_FUNCTION(name, NAME) \
    void partition_##name(const struct partition_input *in, struct shares *out);
PARTITIONS(PARTITION_FUNCTION)

/* Makes the shares from the owner of each sample; the samples of a share are in ascending order. A share that
 * would be empty takes the last sample of the largest share, of the first such if several are as large.
 * Changes owner. */
void shares_by_owner(const struct partition_input *in, uint32_t *owner, struct shares *out);

/* The numbers of all samples, ordered by label and, within a label, by number; first (classes + 1): where
 * each label begins. The caller frees the result. */
uint32_t *samples_by_label(const struct partition_input *in, uint32_t *first);

#endif
