/* Philox4x64-10 for many blocks at once, the same words as draw_block() gives one by one.
 *
 * A round is two products of 64 x 64 bits:
 *
 *     (x0, x1, x2, x3) -> (high(M1 x2) ^ x1 ^ k0, low(M1 x2), high(M0 x0) ^ x3 ^ k1, low(M0 x0))
 *
 * Of the counter (round, iteration, block, 0) only the block differs within a call. After the first round x2 and
 * x3 are therefore constants of the call, and after the second x1 is: three of the first four products are made
 * once.
 *
 * A CPU has one multiplier of 64 bits, and vectors of 32-bit ones beside it. AVX2 makes a product of four
 * 32-bit ones, which is a little faster. Fastest is a group of blocks some of which are calculated in one way and
 * some in the other, at the same time. */
#include "sim/base/rng.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

__extension__ typedef unsigned __int128 wide;

enum { ROUNDS = 10, WORDS = 8 }; /* words of 32 bits in a block */

#define M0    0xd2e7470ee14c6c93u
#define M1    0xca5a826395121157u
#define WEYL0 0x9e3779b97f4a7c15u
#define WEYL1 0xbb67ae8584caa73bu

struct cipher { /* what the blocks of a call have in common */
    uint64_t k0[ROUNDS], k1[ROUNDS];
    uint64_t before; /* the first round: x0 = high(M1 block) ^ before */
    uint64_t x0, x1; /* the second: x0 = low(M1 block) ^ this one ; x1 is this one */
    uint64_t x2;     /* x2 = high(M0 x0) ^ this one */
};

static uint64_t high(wide product)
{
    return (uint64_t)(product >> 64);
}

static struct cipher cipher_of(const struct draw_key *key)
{
    struct cipher c;
    for (unsigned r = 0; r < ROUNDS; r++) {
        c.k0[r] = key->seed + r * WEYL0;
        c.k1[r] = ((uint64_t)key->purpose << 32 | (uint32_t)key->rank) + r * WEYL1;
    }
    wide first = (wide)M0 * key->round, second = (wide)M1 * (high(first) ^ c.k1[0]);
    c.before = key->iteration ^ c.k0[0];
    c.x0 = high(second) ^ c.k0[1];
    c.x1 = (uint64_t)second;
    c.x2 = (uint64_t)first ^ c.k1[1];
    return c;
}

/* ---- one block ---- */

struct state {
    uint64_t x0, x1, x2, x3;
};

static inline struct state begin(const struct cipher *c, uint64_t block)
{
    wide b = (wide)M1 * block, a = (wide)M0 * (high(b) ^ c->before);
    return (struct state){(uint64_t)b ^ c->x0, c->x1, high(a) ^ c->x2, (uint64_t)a};
}

static inline void advance(const struct cipher *c, unsigned r, struct state *s)
{
    wide a = (wide)M0 * s->x0, b = (wide)M1 * s->x2;
    *s = (struct state){high(b) ^ s->x1 ^ c->k0[r], (uint64_t)b, high(a) ^ s->x3 ^ c->k1[r], (uint64_t)a};
}

static void one_by_one(const struct cipher *c, uint64_t block, size_t blocks, uint32_t *out)
{
    for (size_t i = 0; i < blocks; i++) {
        struct state s = begin(c, block + i);
        for (unsigned r = 2; r < ROUNDS; r++)
            advance(c, r, &s);
        memcpy(out + WORDS * i, &s, sizeof s);
    }
}

/* ---- groups of blocks ---- */

#ifdef __x86_64__
#define AVX2        __attribute__((target("avx2,bmi2")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

enum { VECTORS = 2, SINGLE = 3, GROUP = 4 * VECTORS + SINGLE }; /* the fastest on Zen 3 */

struct vectors { /* the same in vectors */
    __m256i k0[ROUNDS], k1[ROUNDS], before, x0, x1, x2, low0, high0, low1, high1;
};

struct lanes { /* of four blocks */
    __m256i x0, x1, x2, x3;
};

AVX2 static struct vectors vectors_of(const struct cipher *c)
{
    struct vectors v;
    for (int r = 0; r < ROUNDS; r++) {
        v.k0[r] = _mm256_set1_epi64x((long long)c->k0[r]);
        v.k1[r] = _mm256_set1_epi64x((long long)c->k1[r]);
    }
    v.before = _mm256_set1_epi64x((long long)c->before);
    v.x0 = _mm256_set1_epi64x((long long)c->x0);
    v.x1 = _mm256_set1_epi64x((long long)c->x1);
    v.x2 = _mm256_set1_epi64x((long long)c->x2);
    v.low0 = _mm256_set1_epi64x((long long)(M0 & UINT32_MAX));
    v.high0 = _mm256_set1_epi64x((long long)(M0 >> 32));
    v.low1 = _mm256_set1_epi64x((long long)(M1 & UINT32_MAX));
    v.high1 = _mm256_set1_epi64x((long long)(M1 >> 32));
    return v;
}

/* The product of x and a constant of two halves: returns the upper 64 bits. No sum overflows: the largest
 * product of 32-bit numbers leaves room for two more of them. */
AVX2_INLINE __m256i multiply(__m256i x, __m256i low, __m256i high, __m256i *lower)
{
    __m256i upper = _mm256_srli_epi64(x, 32);
    __m256i ll = _mm256_mul_epu32(x, low), hl = _mm256_mul_epu32(upper, low);
    __m256i lh = _mm256_mul_epu32(x, high), hh = _mm256_mul_epu32(upper, high);
    __m256i t = _mm256_add_epi64(hl, _mm256_srli_epi64(ll, 32));
    __m256i u = _mm256_add_epi64(lh, _mm256_blend_epi32(t, _mm256_setzero_si256(), 0xaa));
    *lower = _mm256_blend_epi32(ll, _mm256_slli_epi64(u, 32), 0xaa);
    return _mm256_add_epi64(_mm256_add_epi64(hh, _mm256_srli_epi64(t, 32)), _mm256_srli_epi64(u, 32));
}

AVX2_INLINE struct lanes begin_four(const struct vectors *v, uint64_t block)
{
    struct lanes s;
    __m256i numbers = _mm256_add_epi64(_mm256_set1_epi64x((long long)block), _mm256_set_epi64x(3, 2, 1, 0));
    __m256i lower, upper = multiply(numbers, v->low1, v->high1, &lower);
    s.x0 = _mm256_xor_si256(lower, v->x0);
    s.x1 = v->x1;
    s.x2 = _mm256_xor_si256(multiply(_mm256_xor_si256(upper, v->before), v->low0, v->high0, &s.x3), v->x2);
    return s;
}

AVX2_INLINE void advance_four(const struct vectors *v, unsigned r, struct lanes *s)
{
    __m256i a, b, upper_a = multiply(s->x0, v->low0, v->high0, &a);
    __m256i upper_b = multiply(s->x2, v->low1, v->high1, &b);
    s->x0 = _mm256_xor_si256(_mm256_xor_si256(s->x1, v->k0[r]), upper_b);
    s->x2 = _mm256_xor_si256(_mm256_xor_si256(s->x3, v->k1[r]), upper_a);
    s->x1 = b;
    s->x3 = a;
}

AVX2_INLINE void store_four(const struct lanes *s, uint32_t *out)
{
    __m256i a = _mm256_unpacklo_epi64(s->x0, s->x1), b = _mm256_unpackhi_epi64(s->x0, s->x1);
    __m256i c = _mm256_unpacklo_epi64(s->x2, s->x3), d = _mm256_unpackhi_epi64(s->x2, s->x3);
    _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(a, c, 0x20));
    _mm256_storeu_si256((__m256i *)(out + WORDS), _mm256_permute2x128_si256(b, d, 0x20));
    _mm256_storeu_si256((__m256i *)(out + 2 * WORDS), _mm256_permute2x128_si256(a, c, 0x31));
    _mm256_storeu_si256((__m256i *)(out + 3 * WORDS), _mm256_permute2x128_si256(b, d, 0x31));
}

/* Unrolled, so that most of the states stay in registers. */
AVX2_INLINE void one_group(const struct cipher *c, const struct vectors *v, uint64_t block, uint32_t *out)
{
    struct lanes four[VECTORS];
    struct state one[SINGLE];
    for (unsigned i = 0; i < VECTORS; i++)
        four[i] = begin_four(v, block + 4 * i);
    for (unsigned i = 0; i < SINGLE; i++)
        one[i] = begin(c, block + 4 * VECTORS + i);
#pragma GCC unroll 8
    for (unsigned r = 2; r < ROUNDS; r++) {
        for (unsigned i = 0; i < VECTORS; i++)
            advance_four(v, r, &four[i]);
        for (unsigned i = 0; i < SINGLE; i++)
            advance(c, r, &one[i]);
    }
    for (unsigned i = 0; i < VECTORS; i++)
        store_four(&four[i], out + 4 * WORDS * i);
    memcpy(out + 4 * WORDS * VECTORS, one, sizeof one);
}

/* The last group may begin within the one before it. */
AVX2 static void in_groups(const struct cipher *c, uint64_t block, size_t blocks, uint32_t *out)
{
    const struct vectors v = vectors_of(c);
    for (size_t i = 0; i < blocks; i += GROUP) {
        i = i + GROUP > blocks ? blocks - GROUP : i;
        one_group(c, &v, block + i, out + WORDS * i);
    }
}
#endif

void draw_blocks(const struct draw_key *key, uint64_t block, size_t blocks, uint32_t *out)
{
    const struct cipher c = cipher_of(key);
#ifdef __x86_64__
    if (blocks >= GROUP && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        in_groups(&c, block, blocks, out);
        return;
    }
#endif
    one_by_one(&c, block, blocks, out);
}
