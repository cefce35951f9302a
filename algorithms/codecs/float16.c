/* IEEE 754 binary16: 5 bits of exponent, 10 of fraction, rounded to nearest, ties to even.
 *
 * A value beyond 65504, the largest one, becomes +-65504: it stays finite, and error feedback sends the
 * rest later. Below 2^-14 the step is 2^-24; a value below 2^-25 becomes 0. */
#include "algorithms/codecs/halves.h"

enum { FRACTION = 10, DROPPED = 23 - FRACTION, REBIAS = 127 - 15, MOST = 0x7bff, SIGN = 0x8000 };

static const float least_normal = 0x1p-14f, step = 0x1p-24f; /* of what is below */

static uint16_t half_of(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    uint32_t magnitude = b & INT32_MAX;
    uint32_t even = magnitude >> DROPPED & 1; /* to the nearest: half of what is dropped, less 1 unless odd */
    uint32_t normal = (magnitude - (REBIAS << 23) + (1 << (DROPPED - 1)) - 1 + even) >> DROPPED;
    uint32_t small = (uint32_t)(int)rintf(fminf(fabsf(x), least_normal) / step);
    uint32_t code = fabsf(x) < least_normal ? small : normal;
    code = code > MOST ? MOST : code;
    return (uint16_t)(code | (b >> 16 & SIGN));
}

static float value_of(uint16_t code) /* the largest exponent, never sent, is one like the others here */
{
    uint32_t magnitude = code & (SIGN - 1);
    uint32_t b = (magnitude << DROPPED) + (REBIAS << 23);
    float normal;
    memcpy(&normal, &b, sizeof normal);
    float x = magnitude >> FRACTION ? normal : (float)(int)magnitude * step;
    return code & SIGN ? -x : x;
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

extern const struct codec codec_float16;
const struct codec codec_float16 = {
    .name = "float16",
    .summary = "16-bit floats of IEEE 754 (binary16), to the nearest",
    .size = "2 n",
    .paper = "Micikevicius et al., ICLR 2018, arXiv:1710.03740",
    .feedback = FEEDBACK_GRADIENT,
    .bytes = halves_bytes,
    .encode = encode,
    .decode = decode,
};
