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
    size_t i, n;
    uint32_t word[8];
};

static struct sampler sampler_of(const struct params *p, const struct draw_key *draw, size_t n)
{
    struct sampler s = {.draw = *draw, .left = kept(p, n), .n = n};
    assert(n <= UINT32_MAX);
    if (p->mask == SHARED)
        s.draw.rank = NO_WORKER;
    return s;
}

/* Whether the next element is in; not called when none is left to choose. */
static bool choose(struct sampler *s)
{
    if (s->i % 8 == 0)
        draw_block(&s->draw, s->i / 8, s->word);
    bool chosen = (uint64_t)s->word[s->i % 8] * (s->n - s->i) >> 32 < s->left;
    s->i++;
    s->left -= chosen;
    return chosen;
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    float factor = p->scale ? (float)((double)t.n / (double)kept(p, t.n)) : 1;
    struct sampler s = sampler_of(p, draw, t.n);
    if (!isfinite(norm_max(v, t.n) * factor))
        return false;
    while (s.left) {
        float value = v[s.i] * factor;
        memcpy(out, &value, sizeof value);
        out += choose(&s) ? sizeof value : 0;
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    struct sampler s = sampler_of(params, draw, t.n);
    memset(v, 0, t.n * sizeof *v);
    while (s.left) {
        float *value = &v[s.i];
        if (!choose(&s))
            continue;
        memcpy(value, in, sizeof *value);
        in += sizeof *value;
    }
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
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
