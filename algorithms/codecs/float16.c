/* IEEE 754 binary16: 5 bits of exponent, 10 of fraction, rounded to nearest, ties to even.
 *
 * A value beyond 65504, the largest one, becomes +-65504: it stays finite, and error feedback sends the
 * rest later. Below 2^-14 the step is 2^-24; a value below 2^-25 becomes 0. */
#include "algorithms/codecs/halves.h"

enum { FRACTION = 10, DROPPED = 23 - FRACTION, REBIAS = 127 - 15, MOST = 0x7bff, SIGN = 0x8000 };

static const float least_normal = 0x1p-14f, step = 0x1p-24f; /* of what is below */

static uint32_t bits_of(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static float of_bits(uint32_t b)
{
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* Chosen by a mask: the compiler turns a branch around a sum of floats into no vector instruction. */
static uint32_t choose(bool first, uint32_t one, uint32_t other)
{
    uint32_t mask = -(uint32_t)first;
    return (one & mask) | (other & ~mask);
}

/* The steps of a small magnitude are those of the floats from 1/2 on: a sum with 1/2 is rounded to them. */
static uint16_t half_of(float x)
{
    uint32_t b = bits_of(x), magnitude = b & INT32_MAX;
    uint32_t even = magnitude >> DROPPED & 1; /* to the nearest: half of what is dropped, less 1 unless odd */
    uint32_t normal = (magnitude - (REBIAS << 23) + (1 << (DROPPED - 1)) - 1 + even) >> DROPPED;
    uint32_t small = bits_of(of_bits(magnitude) + 0.5f) - bits_of(0.5f);
    uint32_t code = choose(magnitude < bits_of(least_normal), small, normal);
    code = code > MOST ? MOST : code;
    return (uint16_t)(code | (b >> 16 & SIGN));
}

static float value_of(uint16_t code) /* the largest exponent, never sent, is one like the others here */
{
    uint32_t magnitude = code & (SIGN - 1u), sign = (uint32_t)(code & SIGN) << 16;
    uint32_t normal = (magnitude << DROPPED) + (REBIAS << 23);
    uint32_t small = bits_of((float)(int)magnitude * step);
    return of_bits(choose(magnitude < 1u << FRACTION, small, normal) | sign);
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    (void)params;
    (void)draw;
    return halves_encode(half_of, v, t.n, out);
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    (void)params;
    (void)draw;
    halves_decode(value_of, in, t.n, v);
}

static bool adds_up(const void *params)
{
    (void)params;
    return true;
}

extern const struct codec codec_float16;
const struct codec codec_float16 = {
    .name = "float16",
    .summary = "16-bit floats of IEEE 754 (binary16), to the nearest",
    .size = "2 n",
    .paper = "Micikevicius et al., ICLR 2018, arXiv:1710.03740",
    .feedback = FEEDBACK_GRADIENT,
    .adds_up = adds_up,
    .by_value = true,
    .bytes = halves_bytes,
    .encode = encode,
    .decode = decode,
};
