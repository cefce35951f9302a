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
#include "sim/base/norms.h"
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

/* ---- magnitudes: 31 bits, ordered as the floats are ---- */

#define NOT_FINITE 0x7f800000u /* from here on */

static uint32_t magnitude_of(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b & INT32_MAX;
}

enum { PIECE = 1024 }; /* values, a multiple of 8 */

/* within: 1 for each value of the piece of a magnitude from `least` to `least` + `span`; 0 behind its end. */
static void compare(const float *v, size_t piece, uint32_t least, uint32_t span, uint8_t within[PIECE])
{
    memset(within + piece / 8 * 8, 0, piece % 8 ? 8 : 0);
    for (size_t i = 0; i < piece; i++)
        within[i] = magnitude_of(v[i]) - least <= span;
}

static uint64_t eight_of(const uint8_t *within, size_t i)
{
    uint64_t eight;
    memcpy(&eight, within + i, sizeof eight);
    return eight;
}

/* ---- the threshold ----
 *
 * The magnitudes of a window are counted in bins of 2^shift of them, which tells the bin of the k-th largest; that
 * bin is the next window, until a bin is one magnitude. A sample of the values tells where to begin, so that few
 * values have to be counted. Should the k-th largest not be where the sample says, the search begins again with
 * all magnitudes. */

enum { DIGIT = 11, BINS = 1 << DIGIT, LINE = 16, LINES = 256, SAMPLED = 1 << 14 };

struct window {
    uint32_t least, span; /* magnitudes from least to least + span */
    int shift;
    bool guessed; /* it is open above: the last bin has whatever is larger */
};

static const struct window everything = {.span = INT32_MAX, .shift = 31 - DIGIT};

static void count_piece(const float *v, size_t piece, const struct window *w, uint32_t bin[BINS])
{
    uint8_t within[PIECE];
    compare(v, piece, w->least, w->span, within);
    for (size_t i = 0; i < piece; i += 8)
        for (uint64_t eight = eight_of(within, i); eight; eight &= eight - 1) {
            uint32_t m = magnitude_of(v[i + (size_t)__builtin_ctzll(eight) / 8]);
            uint32_t b = (m - w->least) >> w->shift;
            bin[b < BINS ? b : BINS - 1]++;
        }
}

static void count(const float *v, size_t n, const struct window *w, uint32_t bin[BINS])
{
    memset(bin, 0, BINS * sizeof *bin);
    for (size_t from = 0; from < n; from += PIECE)
        count_piece(v + from, n - from < PIECE ? n - from : PIECE, w, bin);
}

/* Of all magnitudes, the same without a branch. */
static void count_everything(const float *v, size_t n, uint32_t bin[BINS])
{
    memset(bin, 0, BINS * sizeof *bin);
    for (size_t i = 0; i < n; i++)
        bin[magnitude_of(v[i]) >> everything.shift]++;
}

/* Makes the bin of the k-th largest of the window the window, and *k its rank there. False: it is not in the
 * window. */
static bool narrow(const float *v, size_t n, struct window *w, size_t *k)
{
    uint32_t bin[BINS];
    size_t rank = *k;
    int b = BINS - 1;
    if (w->span == everything.span)
        count_everything(v, n, bin);
    else
        count(v, n, w, bin);
    for (; b >= 0 && bin[b] < rank; b--)
        rank -= bin[b];
    if (b < 0 || (w->guessed && b == BINS - 1))
        return false;
    *w = (struct window){.least = w->least + ((uint32_t)b << w->shift),
                         .span = (1u << w->shift) - 1,
                         .shift = w->shift > DIGIT ? w->shift - DIGIT : 0};
    *k = rank;
    return true;
}

/* The k-th largest magnitude, and how many values of exactly that magnitude are among the k. */
static uint32_t find_from(struct window w, const float *v, size_t n, size_t k, size_t *equals)
{
    *equals = k;
    while (w.span > 0)
        if (!narrow(v, n, &w, equals))
            w = everything;
    return w.least;
}

/* Between two ranks of a sample that the k-th largest of all lies between, by four standard deviations; open
 * above. */
static struct window guess(const float *v, size_t n, size_t k)
{
    float sample[LINES * LINE];
    const size_t size = LINES * LINE;
    const double rank = (double)k * (double)size / (double)n, off = 4 * sqrt(rank) + 4;
    size_t equals;
    for (size_t i = 0; i < LINES; i++)
        memcpy(sample + LINE * i, v + i * (n / LINES), LINE * sizeof *v);
    uint32_t least = find_from(everything, sample, size, (size_t)fmin(rank + off, (double)size), &equals);
    uint32_t most =
        rank - off < 1 ? NOT_FINITE : find_from(everything, sample, size, (size_t)(rank - off), &equals);
    struct window w = {.least = least, .span = UINT32_MAX - least, .guessed = true};
    while (most > least && (most - least) >> w.shift >= BINS - 1)
        w.shift++;
    return w;
}

/* A guess is of use where it excludes most values. */
static uint32_t find_threshold(const float *v, size_t n, size_t k, size_t *equals)
{
    return find_from(n < SAMPLED || k > n / 8 ? everything : guess(v, n, k), v, n, k, equals);
}

/* ---- */

static uint8_t *put(uint8_t *out, uint32_t index, float value)
{
    memcpy(out, &index, sizeof index);
    memcpy(out + sizeof index, &value, sizeof value);
    return out + ENTRY_BYTES;
}

/* Writes what is above the threshold, and the first `equals` values of exactly that magnitude. */
static void collect(const float *v, size_t n, uint32_t threshold, size_t equals, uint8_t *out)
{
    for (size_t from = 0; from < n; from += PIECE) {
        uint8_t within[PIECE];
        size_t piece = n - from < PIECE ? n - from : PIECE;
        compare(v + from, piece, threshold, UINT32_MAX - threshold, within);
        for (size_t i = 0; i < piece; i += 8)
            for (uint64_t eight = eight_of(within, i); eight; eight &= eight - 1) {
                size_t at = from + i + (size_t)__builtin_ctzll(eight) / 8;
                bool equal = magnitude_of(v[at]) == threshold;
                if (equal && equals == 0)
                    continue;
                equals -= equal;
                out = put(out, (uint32_t)at, v[at]);
            }
    }
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    uint32_t k = (uint32_t)kept(params, t);
    size_t equals;
    (void)draw;
    assert(t.n <= UINT32_MAX);
    if (!isfinite(norm_max(v, t.n)))
        return false;
    uint32_t threshold = find_threshold(v, t.n, k, &equals);
    memcpy(out, &k, COUNT_BYTES);
    collect(v, t.n, threshold, equals, out + COUNT_BYTES);
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    uint32_t k, index;
    size_t most = kept(params, t);
    (void)draw;
    memcpy(&k, in, COUNT_BYTES);
    in += COUNT_BYTES;
    memset(v, 0, t.n * sizeof *v);
    for (uint32_t i = 0; i < k && i < most; i++, in += ENTRY_BYTES) {
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
