/* QSGD: stochastic rounding to s levels of the norm, bucket by bucket.
 *
 *     x = |v| s / norm ;  l = floor(x) + (1 with probability x - floor(x)) ;  decoded: sgn(v) norm l / s
 *
 * A bucket is `bucket` consecutive values of the tensor; the last one may be shorter. The code is
 * unbiased, no sign flips, and zero stays zero.
 *
 * On the wire: the norms as floats, then the codes sgn(v) l + s, all of the same length: ceil(log2(2s +
 * 1)) bits. */
#include <math.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { NORM_BYTES = sizeof(float) };

enum norm { L2, MAX };
static const char *const norm_words[] = {[L2] = "l2", [MAX] = "max", NULL};

struct params {
    int64_t levels, bucket;
    enum norm norm;
};

static const struct config_key keys[] = {
    {"levels", KEY_INT, offsetof(struct params, levels), "7", .min = 1, .max = (1 << (BITS_MOST - 1)) - 1,
     .help = "levels above zero; 2^(b-1) - 1 levels make codes of b bits"},
    {"bucket", KEY_INT, offsetof(struct params, bucket), "512", .min = 1, .max = 1e9,
     .help = "values that share a norm"},
    {"norm", KEY_CHOICE, offsetof(struct params, norm), "l2", .choices = norm_words,
     .help = "scale of a bucket: its l2 norm, as in the theory, or its largest magnitude"},
    {NULL}};

static int bits_of(const struct params *p)
{
    int bits = BITS_LEAST;
    while (1 << bits < 2 * p->levels + 1)
        bits++;
    return bits;
}

static size_t buckets(const struct params *p, size_t n)
{
    return (n - 1) / (size_t)p->bucket + 1;
}

static size_t bytes(const void *params, struct extent t)
{
    return NORM_BYTES * buckets(params, t.n) + bits_bytes(t.n, bits_of(params));
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Values from i on, at most `most`, that are of one bucket. */
static size_t run_at(const struct params *p, size_t i, size_t most)
{
    size_t bucket = (size_t)p->bucket;
    return least(most, bucket - i % bucket);
}

/* The norms of all buckets that begin before value `to`, from bucket *bucket on, which becomes the next one: a
 * bucket is still in the cache when it is quantised. */
static bool write_norms(const struct params *p, const float *v, size_t n, size_t to, size_t *bucket,
                        uint8_t *out)
{
    for (; *bucket * (size_t)p->bucket < to; ++*bucket) {
        size_t i = *bucket * (size_t)p->bucket, run = run_at(p, i, n - i);
        float norm = p->norm == MAX ? norm_max(v + i, run) : (float)norm_l2(v + i, run);
        if (!isfinite(norm)) /* or an l2 norm too large for a float */
            return false;
        memcpy(out + *bucket * NORM_BYTES, &norm, NORM_BYTES);
    }
    return true;
}

static float norm_at(const struct params *p, const uint8_t *wire, size_t i)
{
    float norm;
    memcpy(&norm, wire + i / (size_t)p->bucket * NORM_BYTES, NORM_BYTES);
    return norm;
}

/* word: 24 bits of it are u in [0, 1). x is hardly above `levels`: below is floor(x). */
static void quantise(const float *v, const uint32_t *word, size_t n, float norm, int levels, uint16_t *code)
{
    float step = norm > 0 ? norm : INFINITY; /* all zero: so is every quotient */
    float s = (float)levels;
    for (size_t i = 0; i < n; i++) {
        float x = fabsf(v[i]) / step * s;
        int below = (int)x;
        int l = below + ((float)(int)(word[i] >> 8) * 0x1p-24f < x - (float)below);
        l = l < levels ? l : levels;
        code[i] = (uint16_t)(levels + (v[i] < 0 ? -l : l));
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    size_t bits = (size_t)bits_of(p), bucket = 0;
    uint8_t *row = out + NORM_BYTES * buckets(p, t.n);
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint32_t word[BITS_PIECE];
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n), run;
        if (!write_norms(p, v, t.n, i + piece, &bucket, out))
            return false;
        draw_blocks(draw, i / 8, (piece + 7) / 8, word);
        for (size_t j = 0; j < piece; j += run) {
            run = run_at(p, i + j, piece - j);
            quantise(v + i + j, word + j, run, norm_at(p, out, i + j), (int)p->levels, code + j);
        }
        bits_pack(code, piece, (int)bits, row + i / 8 * bits);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    const struct params *p = params;
    size_t bits = (size_t)bits_of(p);
    const uint8_t *row = in + NORM_BYTES * buckets(p, t.n);
    int levels = (int)p->levels;
    (void)draw;
    for (size_t i = 0; i < t.n; i += BITS_PIECE) {
        uint16_t code[BITS_PIECE];
        size_t piece = bits_piece(i, t.n), run;
        bits_unpack(row + i / 8 * bits, piece, (int)bits, code);
        for (size_t j = 0; j < piece; j += run) {
            run = run_at(p, i + j, piece - j);
            float norm = norm_at(p, in, i + j);
            for (size_t k = j; k < j + run; k++) /* norm times levels might overflow */
                v[i + k] = norm * ((float)(code[k] - levels) / (float)levels);
        }
    }
}

extern const struct codec codec_qsgd;
const struct codec codec_qsgd = {
    .name = "qsgd",
    .summary = "stochastic rounding to levels of each bucket's norm",
    .size = "4 a bucket + ceil(n ceil(log2(2 levels + 1)) / 8)",
    .paper = "Alistarh et al., NIPS 2017, arXiv:1610.02132; codes of fixed length",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
