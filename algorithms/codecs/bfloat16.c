/* bfloat16: the upper half of a 32-bit float, rounded to nearest, ties to even. A value that would become
 * infinite becomes the largest finite one, so a finite value stays finite. */
#include "algorithms/codecs/halves.h"

enum { DROPPED = 16, MOST = 0x7f7f, SIGN = 0x8000 };

static uint16_t upper_half(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    uint32_t magnitude = b & INT32_MAX;
    uint32_t code = (magnitude + (1 << (DROPPED - 1)) - 1 + (magnitude >> DROPPED & 1)) >> DROPPED;
    code = code > MOST ? MOST : code;
    return (uint16_t)(code | (b >> DROPPED & SIGN));
}

static float value_of(uint16_t code)
{
    uint32_t b = (uint32_t)code << DROPPED;
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    (void)params;
    (void)draw;
    return halves_encode(upper_half, v, t.n, out);
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

extern const struct codec codec_bfloat16;
const struct codec codec_bfloat16 = {
    .name = "bfloat16",
    .summary = "16-bit floats with the range of 32-bit ones, to the nearest",
    .size = "2 n",
    .paper = "Kalamkar et al., 2019, arXiv:1905.12322",
    .feedback = FEEDBACK_GRADIENT,
    .adds_up = adds_up,
    .by_value = true,
    .bytes = halves_bytes,
    .encode = encode,
    .decode = decode,
};
