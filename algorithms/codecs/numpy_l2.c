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
    int count;  /* 2^bits */
    int beyond; /* the code of a value beyond the last edge */
    double range, inverse, step, half, beyond_all;
};

static struct grid grid_of(const struct params *p)
{
    int count = 1 << p->bits;
    return (struct grid){.count = count,
                         .beyond = p->wrap ? 0 : count - 1,
                         .range = p->range,
                         .inverse = 1 / p->range,
                         .step = 2.0 / count,
                         .half = count / 2.0,
                         .beyond_all = count + 2.0};
}

static double edge(struct grid g, double j)
{
    return g.range * (j * g.step - 1);
}

/* Number of edges <= y, 0 .. count: a guess, at most one off because of rounding, then set right by the
 * edges. In double, for it may lie far out of bounds, which are therefore kept before it becomes an int. */
static int digitize(struct grid g, double y)
{
    double x = (y * g.inverse + 1) * g.half;
    x = x < -2 ? -2 : x;
    x = x > g.beyond_all ? g.beyond_all : x;
    int n = (int)x; /* or one less, if x is negative */
    n += 1 - ((double)n > x);
    n += edge(g, n) <= y;
    n -= edge(g, n - 1) > y;
    n = n < 0 ? 0 : n;
    return n > g.count ? g.count : n;
}

static void quantise_any(struct grid g, const float *v, size_t n, float norm, uint16_t *code)
{
    for (size_t i = 0; i < n; i++) {
        int c = digitize(g, v[i] / norm);
        code[i] = (uint16_t)(c < g.count ? c : g.beyond);
    }
}

/* With a range that is a power of two, a float times `factor` is exactly the number of the edge, counted from the
 * middle one, and no guess is necessary. */
static void quantise_exactly(struct grid g, float factor, const float *v, size_t n, float norm,
                             uint16_t *code)
{
    const int half = g.count / 2;
    const float least = (float)(-half - 1), most = (float)(half - 1);
    for (size_t i = 0; i < n; i++) {
        float x = v[i] / norm * factor;
        x = x < least ? least : x;
        x = x > most ? most : x;
        int c = (int)x; /* or one more, if x is negative */
        c -= (float)c > x;
        c += half + 1;
        code[i] = (uint16_t)(c < g.count ? c : g.beyond);
    }
}

/* The factor, or 0: the range is no power of two, or the product might not be exact. */
static float exact_factor(struct grid g)
{
    int exponent;
    double factor = g.count / 2 / g.range;
    return frexp(g.range, &exponent) == 0.5 && factor >= 1 && factor < 0x1p64 ? (float)factor : 0;
}

static void quantise(struct grid g, const float *v, size_t n, float norm, uint16_t *code)
{
    float factor = exact_factor(g);
    if (factor > 0)
        quantise_exactly(g, factor, v, n, norm, code);
    else
        quantise_any(g, v, n, norm, code);
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    struct grid g = grid_of(p);
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
        size_t piece = bits_piece(i, t.n);
        quantise(g, v + i, piece, norm, code);
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
        size_t piece = bits_piece(i, t.n);
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
