/* Counter-based draws: every draw is one evaluation of the block cipher Philox4x64-10, with no state. */
#include "sim/base/rng.h"

#include <math.h>

#include <Random123/philox.h>

/* One block holds the words of 8 consecutive indices. */
void draw_block(const struct draw_key *key, uint64_t block, uint32_t out[8])
{
    philox4x64_ctr_t counter = {{key->round, key->iteration, block, 0}};
    philox4x64_key_t k = {{key->seed, (uint64_t)key->purpose << 32 | (uint32_t)key->rank}};
    philox4x64_ctr_t r = philox4x64(counter, k);
    for (int i = 0; i < 4; i++) {
        out[2 * i] = (uint32_t)r.v[i];
        out[2 * i + 1] = (uint32_t)(r.v[i] >> 32);
    }
}

uint32_t draw_u32(const struct draw_key *key, uint64_t index)
{
    uint32_t word[8];
    draw_block(key, index / 8, word);
    return word[index % 8];
}

uint32_t draw_below(const struct draw_key *key, uint64_t index, uint32_t n)
{
    return (uint32_t)((uint64_t)draw_u32(key, index) * n >> 32);
}

double draw_uniform(const struct draw_key *key, uint64_t index)
{
    return draw_u32(key, index) * 0x1p-32;
}

/* Box-Muller. The half keeps u above 0, where log is finite. The sine of the pair is not used: draw `index`
 * then depends on no other draw. */
double draw_normal(const struct draw_key *key, uint64_t index)
{
    uint32_t word[8];
    draw_block(key, index / 4, word); /* words 2 index and 2 index + 1 of all are in one block */
    double u = (word[index % 4 * 2] + 0.5) * 0x1p-32;
    double v = word[index % 4 * 2 + 1] * 0x1p-32;
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

double draw_lognormal(const struct draw_key *key, uint64_t index, double sigma)
{
    return sigma == 0 ? 1 : exp(sigma * draw_normal(key, index));
}

void draw_uniform_fill(const struct draw_key *key, float *out, uint64_t n)
{
    for (uint64_t i = 0; i < n; i += 8) {
        uint32_t word[8];
        draw_block(key, i / 8, word);
        for (uint64_t j = 0; j < 8 && i + j < n; j++)
            out[i + j] = (float)(word[j] >> 8) * 0x1p-24f;
    }
}

void draw_permutation(const struct draw_key *key, uint32_t *out, uint32_t n)
{
    uint32_t word[8];
    for (uint32_t i = 0; i < n; i++)
        out[i] = i;
    for (uint32_t i = 0; i + 1 < n; i++) { /* position i takes one of the values that are still free */
        if (i % 8 == 0)
            draw_block(key, i / 8, word);
        uint32_t j = i + (uint32_t)((uint64_t)word[i % 8] * (n - i) >> 32);
        uint32_t taken = out[j];
        out[j] = out[i];
        out[i] = taken;
    }
}
