/* k = max(1, floor(ratio n)) values of the tensor; all sets of k values are equally probable. The other
 * values decode to 0. Sender and receiver draw the set from the message's draw key, so no index is sent.
 *
 *     mask = shared   one set for all workers and for the reply to them: drawn from round and tensor only
 *     mask = own      each sender draws its own set
 *     scale = yes     values are sent times n / k: unbiased
 *     scale = no      values are sent as they are, bit for bit: for error feedback; ratio 1 is the identity
 *
 * On the wire: the values as floats, in the order of the tensor. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"
#include "sim/base/part.h"

enum { NO_WORKER = INT32_MIN };

enum mask { SHARED, OWN };
static const char *const mask_words[] = {[SHARED] = "shared", [OWN] = "own", NULL};

struct params {
    double ratio;
    enum mask mask;
    bool scale;
};

static const struct config_key keys[] = {
    {"ratio", KEY_REAL, offsetof(struct params, ratio), "0.01", .min = 0, .max = 1, .above_min = 1,
     .help = "fraction of each tensor that is sent, at least one value"},
    {"mask", KEY_CHOICE, offsetof(struct params, mask), "shared", .choices = mask_words,
     .help = "which values: the same for all workers and the reply to them, or each sender's own"},
    {"scale", KEY_BOOL, offsetof(struct params, scale), "no",
     .help = "scale values to make up for what is not sent: unbiased, but not for error feedback"},
    {NULL}};

static size_t kept(const struct params *p, size_t n)
{
    size_t k = part_of(p->ratio, n);
    return k > 1 ? k : 1;
}

static size_t bytes(const void *params, struct extent t)
{
    return kept(params, t.n) * sizeof(float);
}

/* Selection sampling: element i is in with the probability (still to choose) / (still to come). */
struct sampler {
    struct draw_key draw;
    size_t left; /* to choose */
    size_t n;
};

enum { PIECE = 1024 }; /* elements chosen from at a time, a multiple of 8 */

static struct sampler sampler_of(const struct params *p, const struct draw_key *draw, size_t n)
{
    struct sampler s = {.draw = *draw, .left = kept(p, n), .n = n};
    assert(n <= UINT32_MAX);
    if (p->mask == SHARED)
        s.draw.rank = NO_WORKER;
    return s;
}

/* Whether an element is in, of which `come` are still to come, itself included. */
static bool is_in(uint32_t word, size_t come, size_t left)
{
    return (uint64_t)word * come >> 32 < left;
}

/* The largest word that may be of an element that is in, in a piece of which the last element has `come` to come:
 * both numbers only fall. */
static uint32_t largest_word(size_t come, size_t left)
{
    uint64_t largest = ((uint64_t)left << 32) / come;
    return largest < UINT32_MAX ? (uint32_t)largest : UINT32_MAX;
}

static size_t choose_all(struct sampler *s, size_t piece, uint16_t place[PIECE + 1])
{
    for (size_t j = 0; j < piece; j++)
        place[j] = (uint16_t)j;
    s->left -= piece;
    return piece;
}

/* Writes the places of those elements of the piece from i on that are in, and returns how many they are. Where
 * few are chosen, most words are too large by far, which one comparison tells. */
static size_t choose(struct sampler *s, size_t i, size_t piece, uint16_t place[PIECE + 1])
{
    uint32_t word[PIECE];
    uint8_t maybe[PIECE] = {0};
    size_t chosen = 0;
    if (s->left == 0)
        return 0;
    if (s->left == s->n - i) /* whatever the words are */
        return choose_all(s, piece, place);
    const uint32_t largest = largest_word(s->n - i - piece + 1, s->left);
    draw_blocks(&s->draw, i / 8, (piece + 7) / 8, word);
    for (size_t j = 0; j < piece; j++)
        maybe[j] = word[j] <= largest;
    for (size_t j = 0; j < piece; j += 8) {
        uint64_t eight;
        memcpy(&eight, maybe + j, sizeof eight);
        for (; eight; eight &= eight - 1) {
            size_t k = j + (size_t)__builtin_ctzll(eight) / 8;
            bool in = is_in(word[k], s->n - i - k, s->left);
            place[chosen] = (uint16_t)k;
            chosen += in;
            s->left -= in;
        }
    }
    return chosen;
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    float factor = p->scale ? (float)((double)t.n / (double)kept(p, t.n)) : 1;
    struct sampler s = sampler_of(p, draw, t.n);
    for (size_t i = 0; i < t.n; i += PIECE) {
        uint16_t place[PIECE + 1];
        size_t piece = t.n - i < PIECE ? t.n - i : PIECE;
        if (!isfinite(norm_max(v + i, piece) * factor))
            return false;
        size_t chosen = choose(&s, i, piece, place);
        for (size_t j = 0; j < chosen; j++, out += sizeof(float)) {
            float value = v[i + place[j]] * factor;
            memcpy(out, &value, sizeof value);
        }
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    struct sampler s = sampler_of(params, draw, t.n);
    for (size_t i = 0; i < t.n; i += PIECE) {
        uint16_t place[PIECE + 1];
        size_t piece = t.n - i < PIECE ? t.n - i : PIECE, chosen = choose(&s, i, piece, place);
        memset(v + i, 0, piece * sizeof *v);
        for (size_t j = 0; j < chosen; j++, in += sizeof *v)
            memcpy(&v[i + place[j]], in, sizeof *v);
    }
}

static bool adds_up(const void *params)
{
    return ((const struct params *)params)->mask == SHARED;
}

extern const struct codec codec_randomk;
const struct codec codec_randomk = {
    .name = "randomk",
    .summary = "values drawn at random, which both sides know without indices",
    .size = "4 k, k = max(1, floor(ratio n))",
    .paper = "Stich et al., NeurIPS 2018, arXiv:1809.07599",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_STEP,
    .adds_up = adds_up,
    .by_value = true,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
