/* Symmetric uniform quantiser, scaled by the largest magnitude of the tensor:
 *
 *     L = 2^(bits-1) - 1 ;  scale = max |v| / L ;  q = round(v / scale) in -L .. L ;  decoded: scale q
 *
 * Zero stays zero and no sign flips. nearest: |error| <= scale / 2; stochastic: |error| < scale, and none on
 * average.
 *
 * On the wire: the scale as a float, then the codes q + L. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { SCALE_BYTES = sizeof(float) };

enum rounding { NEAREST, STOCHASTIC };
static const char *const rounding_words[] = {[NEAREST] = "nearest", [STOCHASTIC] = "stochastic", NULL};

struct params {
    int64_t bits;
    enum rounding rounding;
};

static const struct config_key keys[] = {{"bits", KEY_INT, offsetof(struct params, bits), "8",
                                          .min = BITS_LEAST, .max = BITS_MOST, .help = "bits of a code"},
                                         {"rounding", KEY_CHOICE, offsetof(struct params, rounding),
                                          "nearest", .choices = rounding_words,
                                          .help = "how a value between two codes is rounded"},
                                         {NULL}};

static int levels(const struct params *p)
{
    return (1 << (p->bits - 1)) - 1;
}

static size_t bytes(const void *params, struct extent t)
{
    const struct params *p = params;
    return SCALE_BYTES + bits_bytes(t.n, (int)p->bits);
}

static float scale_for(float most, int L)
{
    float scale = most / (float)L;
    return isinf(scale * (float)L) ? nextafterf(scale, 0)
                                   : scale; /* next to FLT_MAX it may have been rounded up */
}

static void round_nearest(const float *v, size_t n, float step, int L, uint16_t *code)
{
    const float most = (float)L;
    for (size_t i = 0; i < n; i++) {
        float q = rintf(v[i] / step);
        q = q > most ? most : q;
        q = q < -most ? -most : q;
        code[i] = (uint16_t)((int)q + L);
    }
}

/* word: 24 bits of it are u in [0, 1). In double: in float the sum would round u away at 16 bits. The sum is at
 * most L + 1, but above 0 once L is added, unless it is below -L and becomes that. */
static void round_stochastic(const float *v, size_t n, float step, int L, const uint32_t *word,
                             uint16_t *code)
{
    const double most = (double)L;
    for (size_t i = 0; i < n; i++) {
        double q = (double)v[i] / step + (int)(word[i] >> 8) * 0x1p-24;
        q = q > most ? most : q;
        q = q < -most ? -most : q;
        int below = (int)q; /* or above, if q is negative */
        below -= (double)below > q;
        code[i] = (uint16_t)(below + L);
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    int bits = (int)p->bits, L = levels(p);
    float most = norm_max(v, t.n);
    if (!isfinite(most))
        return false;
    float scale = scale_for(most, L);
    float step =
        scale > 0 ? scale : INFINITY; /* all zero (or, by underflow, as good as): every quotient is 0 */
    memcpy(out, &scale, SCALE_BYTES);
    out += SCALE_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n);
        if (p->rounding == STOCHASTIC) {
            uint32_t word[BITS_PIECE];
            draw_blocks(draw, i / 8, (piece + 7) / 8, word);
            round_stochastic(v + i, piece, step, L, word, code);
        } else {
            round_nearest(v + i, piece, step, L, code);
        }
        bits_pack(code, piece, bits, out + i / 8 * (size_t)bits);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    (void)draw;
    const struct params *p = params;
    int bits = (int)p->bits, L = levels(p);
    float scale;
    memcpy(&scale, in, SCALE_BYTES);
    in += SCALE_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n);
        bits_unpack(in + i / 8 * (size_t)bits, piece, bits, code);
        for (size_t j = 0; j < piece; j++)
            v[i + j] = scale * (float)(code[j] - L);
    }
}

extern const struct codec codec_maxabs;
const struct codec codec_maxabs = {
    .name = "maxabs",
    .summary = "uniform codes scaled by the tensor's largest magnitude",
    .size = "4 + ceil(bits n / 8)",
    .paper = "with 2 bits and stochastic rounding: TernGrad without clipping, Wen et al., NIPS 2017, "
             "arXiv:1705.07878",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
