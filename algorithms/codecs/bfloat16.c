/* bfloat16: the upper half of a 32-bit float, rounded to nearest, ties to even. A value that would become infinite
 * becomes the largest there is: what is finite stays finite. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "algorithms/codecs/norms.h"

enum { DROPPED = 16, MOST = 0x7f7f, SIGN = 0x8000 };

static size_t bytes(const void *params, struct extent t)
{
    (void)params;
    return t.n * sizeof(uint16_t);
}

static uint16_t upper_half(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    uint32_t magnitude = b & INT32_MAX;
    uint32_t code = (magnitude + (1 << (DROPPED - 1)) - 1 + (magnitude >> DROPPED & 1)) >> DROPPED;
    code = code > MOST ? MOST : code;
    return (uint16_t)(code | (b >> DROPPED & SIGN));
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    (void)params;
    (void)draw;
    if (!isfinite(norm_max(v, t.n)))
        return false;
    for (size_t i = 0; i < t.n; i++) {
        uint16_t code = upper_half(v[i]);
        memcpy(out + sizeof code * i, &code, sizeof code);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    (void)params;
    (void)draw;
    for (size_t i = 0; i < t.n; i++) {
        uint16_t code;
        memcpy(&code, in + sizeof code * i, sizeof code);
        uint32_t b = (uint32_t)code << DROPPED;
        memcpy(&v[i], &b, sizeof b);
    }
}

extern const struct codec codec_bfloat16;
const struct codec codec_bfloat16 = {
    .name = "bfloat16",
    .summary = "16-bit floats with the range of 32-bit ones, to the nearest",
    .size = "2 n",
    .paper = "Kalamkar et al., 2019, arXiv:1905.12322",
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
