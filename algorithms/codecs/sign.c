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

static uint8_t signs_of(const float *v, size_t n)
{
    unsigned signs = 0;
    for (size_t j = 0; j < n; j++)
        signs |= (unsigned)(v[j] < 0) << j;
    return (uint8_t)signs;
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    size_t head = scale_bytes(params), whole = t.n / 8;
    double sum = norm_l1(v, t.n);
    float scale = (float)(sum / (double)t.n);
    (void)draw;
    if (!isfinite(sum))
        return false;
    memcpy(out, &scale, head);
    out += head;
    for (size_t i = 0; i < whole; i++)
        out[i] = signs_of(v + 8 * i, 8);
    if (t.n % 8)
        out[whole] = signs_of(v + 8 * whole, t.n % 8);
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    size_t head = scale_bytes(params);
    float scale = 1;
    (void)draw;
    memcpy(&scale, in, head);
    in += head;
    for (size_t i = 0; i < t.n; i++)
        v[i] = in[i / 8] >> i % 8 & 1 ? -scale : scale;
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
