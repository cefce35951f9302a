/* The k values of largest magnitude, with exactly k = max(1, floor(ratio n)); among equal ones those of
 * lowest index. The other values decode to 0. Values are sent bit for bit, so error feedback loses nothing
 * by rounding; ratio 1 is the identity. A sender's first `warmup` messages hold more values: 1/4, 1/16,
 * 1/64, 1/256 of each tensor, in a quarter of these messages each, where that is more than ratio (DGC:
 * over the first four epochs. Lin et al., ICLR 2018, section 3.3).
 *
 * The published code of DGC chooses in each tensor. With scope = model the compressed tensors are one vector,
 * so a tensor of small values may send nothing; n, k and the indices are those of that vector.
 *
 * On the wire: k as a u32, then for each value in the order of the tensor its index as a u32 and the value
 * as a float. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "sim/base/part.h"

enum { COUNT_BYTES = sizeof(uint32_t), ENTRY_BYTES = sizeof(uint32_t) + sizeof(float) };

enum scope { TENSOR, MODEL };
static const char *const scope_words[] = {[TENSOR] = "tensor", [MODEL] = "model", NULL};

struct params {
    double ratio;
    int64_t warmup;
    enum scope scope;
};

enum { STAGES = 4 }; /* of the warm-up */

static const struct config_key keys[] = {
    {"ratio", KEY_REAL, offsetof(struct params, ratio), "0.01", .min = 0, .max = 1, .above_min = 1,
     .help = "fraction of each tensor, or of all of them, that is sent, at least one value"},
    {"warmup", KEY_INT, offsetof(struct params, warmup), "0", .min = 0, .max = 1e15,
     .help = "first messages of a sender, in which the fraction falls to ratio: 1/4, 1/16, 1/64, 1/256, "
             "each in a quarter of them"},
    {"scope", KEY_CHOICE, offsetof(struct params, scope), "tensor", .choices = scope_words,
     .help = "among which values the largest are chosen: those of each tensor (as the authors' code of DGC), "
             "or those of "
             "all compressed tensors of a vector at once"},
    {NULL}};

static bool joint(const void *params)
{
    return ((const struct params *)params)->scope == MODEL;
}

static double ratio_in(const struct params *p, int64_t message)
{
    double warm = 1;
    if (message >= p->warmup)
        return p->ratio;
    for (int64_t stage = message > 0 ? STAGES * message / p->warmup : 0; stage >= 0; stage--)
        warm /= 4;
    return fmax(warm, p->ratio);
}

static size_t kept(const struct params *p, struct extent t)
{
    size_t k = part_of(ratio_in(p, t.message), t.n);
    return k > 1 ? k : 1;
}

static size_t bytes(const void *params, struct extent t)
{
    return COUNT_BYTES + ENTRY_BYTES * kept(params, t);
}

/* ---- the threshold, found digit by digit: a magnitude is 31 bits, ordered as the float is ---- */

enum { DIGITS = 3, BINS = 1 << 11 };
static const int shift[DIGITS] = {20, 10, 0}, width[DIGITS] = {11, 10, 10};
#define NOT_FINITE 0x7f800000u /* from here on */

static uint32_t magnitude_of(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b & INT32_MAX;
}

/* bin[d]: how many magnitudes that begin with `prefix` have d for their next digit. */
static void count(const float *v, size_t n, int digit, uint32_t prefix, uint32_t bin[BINS])
{
    const uint32_t mask = (1u << width[digit]) - 1;
    memset(bin, 0, BINS * sizeof *bin);
    for (size_t i = 0; i < n; i++) {
        uint32_t m = magnitude_of(v[i]) >> shift[digit];
        if (m >> width[digit] == prefix)
            bin[m & mask]++;
    }
}

static bool any_not_finite(const uint32_t bin[BINS]) /* of the first digit */
{
    uint32_t found = 0;
    for (size_t b = NOT_FINITE >> shift[0]; b < BINS; b++)
        found |= bin[b];
    return found;
}

/* The k-th largest magnitude, and how many values of exactly that magnitude are among the k. */
static bool find_threshold(const float *v, size_t n, size_t k, uint32_t *threshold, size_t *equals)
{
    uint32_t bin[BINS], prefix = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t b = (1u << width[digit]) - 1;
        count(v, n, digit, prefix, bin);
        if (digit == 0 && any_not_finite(bin))
            return false;
        for (; bin[b] < k; b--)
            k -= bin[b];
        prefix = prefix << width[digit] | b;
    }
    *threshold = prefix;
    *equals = k;
    return true;
}

/* ---- */

static uint8_t *put(uint8_t *out, uint32_t index, float value)
{
    memcpy(out, &index, sizeof index);
    memcpy(out + sizeof index, &value, sizeof value);
    return out + ENTRY_BYTES;
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    uint32_t k = (uint32_t)kept(params, t), threshold;
    size_t equals;
    (void)draw;
    assert(t.n <= UINT32_MAX);
    if (!find_threshold(v, t.n, k, &threshold, &equals))
        return false;
    memcpy(out, &k, COUNT_BYTES);
    out += COUNT_BYTES;
    for (size_t i = 0; i < t.n; i++) {
        uint32_t m = magnitude_of(v[i]);
        if (m < threshold || (m == threshold && equals == 0))
            continue;
        equals -= m == threshold;
        out = put(out, (uint32_t)i, v[i]);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    uint32_t k, index;
    (void)draw;
    memcpy(&k, in, COUNT_BYTES);
    in += COUNT_BYTES;
    memset(v, 0, t.n * sizeof *v);
    for (uint32_t i = 0; i < k && i < kept(params, t); i++, in += ENTRY_BYTES) {
        memcpy(&index, in, sizeof index);
        if (index < t.n)
            memcpy(&v[index], in + sizeof index, sizeof *v);
    }
}

extern const struct codec codec_topk;
const struct codec codec_topk = {
    .name = "topk",
    .summary = "the values of largest magnitude, with their indices",
    .size = "4 + 8 k, k = max(1, floor(ratio n)); more while it warms up",
    .paper = "Aji and Heafield, EMNLP 2017, arXiv:1704.05021; Stich et al., NeurIPS 2018, arXiv:1809.07599; "
             "warm-up: Lin et al., ICLR 2018, arXiv:1712.01887",
    .keys = keys,
    .params_size = sizeof(struct params),
    .warmup = offsetof(struct params, warmup),
    .feedback = FEEDBACK_STEP,
    .joint = joint,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
