/* Only the sign: 1 bit per value, sgn(0) = +1.
 *
 *     mean   decoded: sgn(v) ||v||_1 / n     (with error feedback: EF-signSGD)
 *     none   decoded: sgn(v)                 (signSGD; for push and reply: majority vote, a tie is +1)
 *
 * On the wire: with mean the scale as a float; then the bits, 1 for minus, bit i % 8 of byte i / 8, the
 * last ones 0. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { SCALE_BYTES = sizeof(float) };

enum scale { MEAN, NONE };
static const char *const scale_words[] = {[MEAN] = "mean", [NONE] = "none", NULL};

struct params {
    enum scale scale;
};

static const struct config_key keys[] = {{"scale", KEY_CHOICE, offsetof(struct params, scale), "mean",
                                          .choices = scale_words,
                                          .help = "value of a sign: the tensor's mean magnitude, or 1"},
                                         {NULL}};

static size_t scale_bytes(const struct params *p)
{
    return p->scale == MEAN ? SCALE_BYTES : 0;
}

static size_t bytes(const void *params, struct extent t)
{
    return scale_bytes(params) + t.n / 8 + (t.n % 8 > 0);
}

enum { PIECE = 1024 }; /* floats, a multiple of 8 */

/* minus: 0 or 1 for each float. Eight of them, a byte each, become a byte by a product: it adds up eight copies
 * of them that are shifted so that bit j of the upper byte is the one of byte j, and no two bits meet. */
static void write_signs(const uint8_t *minus, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, minus + i, sizeof eight);
        out[i / 8] = (uint8_t)(eight * 0x0102040810204080u >> 56);
    }
}

static void encode_signs(const float *v, size_t n, uint8_t *out)
{
    for (size_t from = 0; from < n; from += PIECE) {
        uint8_t minus[PIECE];
        size_t piece = n - from < PIECE ? n - from : PIECE;
        memset(minus + piece / 8 * 8, 0, piece % 8 ? 8 : 0);
        for (size_t i = 0; i < piece; i++)
            minus[i] = v[from + i] < 0;
        write_signs(minus, piece, out + from / 8);
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    size_t head = scale_bytes(params);
    double sum = norm_l1(v, t.n);
    float scale = (float)(sum / (double)t.n);
    (void)draw;
    if (!isfinite(sum))
        return false;
    memcpy(out, &scale, head);
    encode_signs(v, t.n, out + head);
    return true;
}

/* Bit j of `signs` becomes the sign of v[j]. */
static void decode_signs(unsigned signs, float scale, size_t n, float *v)
{
    uint32_t magnitude;
    memcpy(&magnitude, &scale, sizeof magnitude);
    for (unsigned j = 0; j < n; j++) {
        uint32_t value = magnitude ^ (signs >> j & 1) << 31;
        memcpy(&v[j], &value, sizeof value);
    }
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    size_t head = scale_bytes(params), whole = t.n / 8;
    float scale = 1;
    (void)draw;
    memcpy(&scale, in, head);
    in += head;
    for (size_t i = 0; i < whole; i++)
        decode_signs(in[i], scale, 8, v + 8 * i);
    if (t.n % 8)
        decode_signs(in[whole], scale, t.n % 8, v + 8 * whole);
}

extern const struct codec codec_sign;
const struct codec codec_sign = {
    .name = "sign",
    .summary = "signs, scaled by the tensor's mean magnitude or not at all",
    .size = "4 (scale none: 0) + ceil(n / 8)",
    .paper =
        "signSGD, Bernstein et al., ICML 2018, arXiv:1802.04434; EF-signSGD, Karimireddy et al., ICML 2019, "
        "arXiv:1901.09847",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_STEP,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
