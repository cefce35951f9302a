/* Counter-based random draws (Random123's Philox4x64-10): a draw is a pure function of
 *   key     = (seed, purpose, rank)      rank: a worker id, or a tensor, layer or class where no worker is
 * meant counter = (round, iteration, index) There is no stream and no state: a new draw elsewhere shifts
 * nothing, and there is nothing to save. */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H

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
    DRAW_STRAGGLER, /* whether an episode begins: rank = worker, iteration */
    DRAW_LATENCY,   /* rank = worker, round = direction, iteration = message */
    DRAW_CRASH,     /* rank = worker, iteration; index 0: whether, 1: when in it */
    DRAW_LOSS,      /* rank = worker, round = direction, iteration = message */
    DRAW_CLIENTS,   /* who plays: round = version of the model that they start from */
    DRAW_FACTORS,   /* directions that power iteration begins with: rank = tensor */
    DRAW_STATISTICS /* samples for BatchNorm's statistics: one permutation of all, round = version of the model */
};

struct draw_key {
    uint64_t seed;
    uint32_t purpose; /* enum purpose */
    int32_t rank;
    uint64_t round, iteration;
};

/* Block number `block` of 8 independent 32-bit words. */
void draw_block(const struct draw_key *key, uint64_t block, uint32_t out[8]);

uint32_t draw_u32(const struct draw_key *key, uint64_t index); /* word index % 8 of block index / 8 */
uint32_t draw_below(const struct draw_key *key, uint64_t index,
                    uint32_t n);                                 /* 0 .. n-1 (Lemire's multiply-shift) */
double draw_uniform(const struct draw_key *key, uint64_t index); /* [0, 1), 32 bits */
double draw_normal(const struct draw_key *key, uint64_t index);  /* standard normal, Box-Muller */
double draw_lognormal(const struct draw_key *key, uint64_t index, double sigma); /* exp(sigma z): median 1 */
void draw_uniform_fill(const struct draw_key *key, float *out,
                       uint64_t n); /* out[i] in [0, 1), 24 bits, index i */
void draw_permutation(const struct draw_key *key, uint32_t *out, uint32_t n); /* Fisher-Yates of 0 .. n-1 */

#endif
