/* E3M0, a float of 4 bits: a sign, 3 bits of exponent, no fraction. Scaled by the tensor's largest magnitude:
 *
 *     scale = max |v| ;  decoded: scale times -1, -1/2, ..., -1/64, 0, 1/64, ..., 1/2 or 1
 *
 * Each value becomes the nearest of these 15; of two equally near ones, that with the even exponent code:
 * 3/4 becomes 1/2, 3/8 does too, and 1/128 becomes 0. Zero stays zero, without a sign, and no sign flips. The
 * largest magnitude comes back bit for bit.
 *
 * On the wire: the scale as a float, then codes of 4 bits: the sign above the exponent code, which is 0 for 0,
 * and 7 - k for 2^-k. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { SCALE_BYTES = sizeof(float), BITS = 4, SIGN = 8 };
/* Of a 32-bit float: the bits of its fraction, and the exponent that code 0 would have. */
enum { FRACTION = 23, BELOW = 127 - 7 };

static size_t bytes(const void *params, struct extent t)
{
    (void)params;
    return SCALE_BYTES + bits_bytes(t.n, BITS);
}

static uint32_t bits_of(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

/* A float's fraction is rounded away by a sum with half of it, less 1 unless the exponent is odd. What is below
 * the least power is compared with half of that. */
static void round_nearest(const float *v, size_t n, float step, uint16_t *code)
{
    const uint32_t half = BELOW << FRACTION; /* 2^-7 */
    for (size_t i = 0; i < n; i++) {
        uint32_t b = bits_of(v[i] / step), magnitude = b & INT32_MAX;
        uint32_t odd = magnitude >> FRACTION & 1;
        uint32_t exponent = (magnitude + (1 << (FRACTION - 1)) - 1 + odd) >> FRACTION;
        uint32_t c = exponent > BELOW ? exponent - BELOW : magnitude > half;
        code[i] = (uint16_t)(c | (c ? b >> 28 & SIGN : 0));
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    (void)params;
    (void)draw;
    float scale = norm_max(v, t.n);
    if (!isfinite(scale))
        return false;
    float step = scale > 0 ? scale : INFINITY; /* all zero: so is every quotient */
    memcpy(out, &scale, SCALE_BYTES);
    out += SCALE_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n);
        round_nearest(v + i, piece, step, code);
        bits_pack(code, piece, BITS, out + i / 8 * BITS);
    }
    return true;
}

static float value_of(uint32_t code)
{
    uint32_t c = code & (SIGN - 1), power = (c + BELOW) << FRACTION, sign = (code & SIGN) << 28;
    uint32_t b = c ? power | sign : 0;
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    float scale;
    (void)params;
    (void)draw;
    memcpy(&scale, in, SCALE_BYTES);
    in += SCALE_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n);
        bits_unpack(in + i / 8 * BITS, piece, BITS, code);
        for (size_t j = 0; j < piece; j++)
            v[i + j] = scale * value_of(code[j]);
    }
}

extern const struct codec codec_fp4;
const struct codec codec_fp4 = {
    .name = "fp4",
    .summary =
        "4-bit floats without a fraction (E3M0), scaled by the tensor's largest magnitude, to the nearest",
    .size = "4 + ceil(n / 2)",
    .paper = "Streaming DiLoCo, Douillard et al. 2025, arXiv:2501.18512",
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
