/* Counter-based random draws (Philox4x64-10 of Random123). A draw is a pure function of
 *
 *   key     = (seed, purpose, rank)         rank: a worker; for draws of no worker a tensor, layer or class
 *   counter = (round, iteration, index)
 *
 * There is no stream and no state. An additional draw elsewhere shifts no other draw, and a checkpoint has
 * nothing to save. */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

enum purpose {
    DRAW_INIT = 1,  /* initial weights: rank = tensor, index = element */
    DRAW_SHUFFLE,   /* epoch permutations: rank = worker, round = epoch */
    DRAW_SHARD,     /* partition of the data: one permutation of the whole set */
    DRAW_DROPOUT,   /* rank = worker, round = layer, iteration = the worker's local iteration */
    DRAW_AUGMENT,   /* rank = worker, iteration = the worker's local iteration */
    DRAW_JITTER,    /* rank = worker, iteration */
    DRAW_CODEC,     /* rank = worker (-1: the PS), round = push, or reply's version - 1, iteration = tensor */
    DRAW_SYNTHETIC, /* the synthetic data set */
    DRAW_SPREAD,    /* a worker's own speed: rank = worker */
    DRAW_STRAGGLER, /* whether a slow episode begins: rank = worker, iteration */
    DRAW_LATENCY,   /* rank = worker, round = direction, or 2 + receiver; iteration = message */
    DRAW_CRASH,     /* rank = worker, iteration; index 0: whether, 1: when in the iteration */
    DRAW_LOSS,      /* rank = worker, round = direction, iteration = message */
    DRAW_CLIENTS,   /* which clients are sampled: round = version of the model that they start from */
    DRAW_FACTORS,   /* start vectors of the power iteration: rank = tensor */
    DRAW_STATISTICS, /* samples for BatchNorm's statistics: one permutation of all, round = version */
    DRAW_VALIDATION, /* data.validation, by data.split_seed: one permutation of a label's samples, rank = label */
    DRAW_GRADIENT,       /* samples for the norm of the gradient: one permutation of all */
    DRAW_BOOTSTRAP = 20, /* which values a resample has: round = resample */
    DRAW_TUNE,           /* a trial of a search: round = hash of the key's name, iteration = trial */
};

struct draw_key {
    uint64_t seed;
    uint32_t purpose; /* enum purpose */
    int32_t rank;
    uint64_t round, iteration;
};

/* Block number `block` of 8 independent 32-bit words. */
void draw_block(const struct draw_key *key, uint64_t block, uint32_t out[8]);

/* Blocks `block` .. block + blocks - 1, one after the other: several times as fast as one by one. */
void draw_blocks(const struct draw_key *key, uint64_t block, size_t blocks, uint32_t *out);

uint32_t draw_u32(const struct draw_key *key, uint64_t index); /* word index % 8 of block index / 8 */

/* 0 .. n-1 (Lemire's multiply-shift) */
uint32_t draw_below(const struct draw_key *key, uint64_t index, uint32_t n);
double draw_uniform(const struct draw_key *key, uint64_t index); /* [0, 1), 32 bits */
double draw_normal(const struct draw_key *key, uint64_t index);  /* standard normal, Box-Muller */
double draw_lognormal(const struct draw_key *key, uint64_t index, double sigma); /* exp(sigma z): median 1 */

/* out[i] in [0, 1), 24 bits, for index i = 0 .. n-1 */
void draw_uniform_fill(const struct draw_key *key, float *out, uint64_t n);
void draw_permutation(const struct draw_key *key, uint32_t *out, uint32_t n); /* Fisher-Yates of 0 .. n-1 */

#endif
