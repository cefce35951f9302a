/* TernGrad: a value becomes -s, 0 or s.
 *
 *     s = min(max |v|, clip sigma) ;  decoded: s sgn(v) b, b = 1 with probability min(|v| / s, 1), else 0
 *
 * sigma is the standard deviation of the tensor's values about their mean; if it is 0 (one value, or all
 * equal) nothing is clipped. No sign flips, zero stays zero, and apart from clipping there is no error on
 * average. Each sender has its own s. In the paper the workers first agree on the largest s, which takes
 * an exchange of its own before the push.
 *
 * On the wire: s as a float, then codes of 2 bits: the multiple of s plus 1. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { SCALE_BYTES = sizeof(float), BITS = 2 };

struct params {
    double clip;
};

static const struct config_key keys[] = {
    {"clip", KEY_REAL, offsetof(struct params, clip), "2.5", .min = 0, .max = 1000,
     .help = "values are clipped to this number of standard deviations of their "
             "tensor; 0: not at all"},
    {NULL}};

static size_t bytes(const void *params, struct extent t)
{
    (void)params;
    return SCALE_BYTES + bits_bytes(t.n, BITS);
}

/* most: the largest magnitude; not finite if a value is not. */
static float scale_for(const struct params *p, const float *v, size_t n, float *most)
{
    if (!(p->clip > 0))
        return *most = norm_max(v, n);
    double limit = p->clip * norm_max_and_deviation(v, n, most);
    return limit > 0 && limit < *most ? (float)limit : *most;
}

/* word: 24 bits of it are u in [0, 1), below |v| / step with that probability. */
static void quantise(const float *v, size_t n, float step, const uint32_t *word, uint16_t *code)
{
    for (size_t i = 0; i < n; i++) {
        int b = (float)(int)(word[i] >> 8) * 0x1p-24f < fabsf(v[i]) / step;
        code[i] = (uint16_t)(1 + (v[i] < 0 ? -b : b));
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    float most, scale = scale_for(params, v, t.n, &most);
    if (!isfinite(most))
        return false;
    float step = scale > 0 ? scale : INFINITY; /* all zero: so is every quotient */
    memcpy(out, &scale, SCALE_BYTES);
    out += SCALE_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint32_t word[BITS_PIECE];
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n);
        draw_blocks(draw, i / 8, (piece + 7) / 8, word);
        quantise(v + i, piece, step, word, code);
        bits_pack(code, piece, BITS, out + i / 8 * BITS);
    }
    return true;
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
            v[i + j] = scale * (float)(code[j] - 1);
    }
}

extern const struct codec codec_terngrad;
const struct codec codec_terngrad = {
    .name = "terngrad",
    .summary = "-s, 0 or s, right on average, s being the largest magnitude after clipping",
    .size = "4 + ceil(n / 4)",
    .paper = "Wen et al., NIPS 2017, arXiv:1705.07878",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
