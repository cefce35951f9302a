/* The quantiser in the code published with LOSP, with its oddities: numpy.digitize of the tensor divided
 * by its l2 norm.
 *
 *     edge(j) = range (2j / 2^bits - 1), j = 0 .. 2^bits - 1
 *     code    = number of edges <= v / norm
 *     decoded = norm edge(code)
 *
 * A value becomes the edge above it, which is a bias of half a step; an exact 0 decodes to a step above 0.
 * From range - step on the count is 2^bits, which wraps to code 0, so the sign flips (wrap = no keeps the
 * last edge instead).
 *
 * There are two differences. The input is left alone (the original divided it in place), and a tensor of
 * zeros decodes to zeros (the original divided 0 by 0).
 *
 * On the wire: the norm as a float, then the codes. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { NORM_BYTES = sizeof(float) };

struct params {
    int64_t bits;
    double range;
    bool wrap;
};

static const struct config_key keys[] = {
    {"bits", KEY_INT, offsetof(struct params, bits), "16", .min = BITS_LEAST, .max = BITS_MOST,
     .help = "bits of a code"},
    {"range", KEY_REAL, offsetof(struct params, range), "1", .min = 0, .max = 1e9, .above_min = 1,
     .help = "codes cover -range to range, in norms of the tensor"},
    {"wrap", KEY_BOOL, offsetof(struct params, wrap), "yes",
     .help = "values beyond the last edge wrap to the first code, as published; no: they keep the last code"},
    {NULL}};

static size_t bytes(const void *params, struct extent t)
{
    const struct params *p = params;
    return NORM_BYTES + bits_bytes(t.n, (int)p->bits);
}

/* In registers while a loop runs. step is a power of two: multiplying by it is exact. */
struct grid {
    int count; /* 2^bits */
    double range, step;
};

static struct grid grid_of(const struct params *p)
{
    int count = 1 << p->bits;
    return (struct grid){count, p->range, 2.0 / count};
}

static double edge(struct grid g, double j)
{
    return g.range * (j * g.step - 1);
}

/* Number of edges <= y, 0 .. count: a guess, at most one off because of rounding, then set right by the
 * edges. In double, for it may lie far out of bounds, which come last. */
static double digitize(struct grid g, double y)
{
    double n = floor((y / g.range + 1) / g.step) + 1;
    n = edge(g, n) <= y ? n + 1 : n;
    n = edge(g, n - 1) > y ? n - 1 : n;
    n = n < 0 ? 0 : n;
    return n > g.count ? g.count : n;
}

static void quantise(const struct params *p, const float *v, size_t n, float norm, uint16_t *code)
{
    struct grid g = grid_of(p);
    int beyond = p->wrap ? 0 : g.count - 1;
    for (size_t i = 0; i < n; i++) {
        int c = (int)digitize(g, v[i] / norm);
        code[i] = (uint16_t)(c < g.count ? c : beyond);
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    int bits = (int)p->bits;
    float norm = (float)norm_l2(v, t.n);
    (void)draw;
    if (!isfinite(norm)) /* or a norm too large for a float */
        return false;
    memcpy(out, &norm, NORM_BYTES);
    out += NORM_BYTES;
    if (norm == 0)
        memset(out, 0, bits_bytes(t.n, bits));
    for (size_t i = 0; i < t.n && norm > 0; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = t.n - i < BITS_PIECE ? t.n - i : BITS_PIECE;
        quantise(p, v + i, piece, norm, code);
        bits_pack(code, piece, bits, out + i / 8 * (size_t)bits);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    (void)draw;
    const struct params *p = params;
    struct grid g = grid_of(p);
    int bits = (int)p->bits;
    float norm;
    memcpy(&norm, in, NORM_BYTES);
    in += NORM_BYTES;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = t.n - i < BITS_PIECE ? t.n - i : BITS_PIECE;
        bits_unpack(in + i / 8 * (size_t)bits, piece, bits, code);
        for (size_t j = 0; j < piece; j++)
            v[i + j] = norm > 0 ? (float)(norm * edge(g, code[j])) : 0;
    }
}

extern const struct codec codec_numpy_l2;
const struct codec codec_numpy_l2 = {
    .name = "numpy_l2",
    .summary = "numpy.digitize of the tensor divided by its l2 norm, as published",
    .size = "4 + ceil(bits n / 8)",
    .paper = "the code of LOSP, IEEE JSAC 39(8), 2021, DOI 10.1109/JSAC.2021.3087272",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
