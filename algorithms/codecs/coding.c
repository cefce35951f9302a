#include "algorithms/codecs/coding.h"

#include <math.h>
#include <string.h>

#include "sim/base/vec.h"

const char *const feedback_words[] = {[FEEDBACK_NO] = "no",
                                      [FEEDBACK_GRADIENT] = "gradient",
                                      [FEEDBACK_STEP] = "step",
                                      [FEEDBACK_YES] = "yes",
                                      NULL};

extern const struct codec codec_identity;

struct draw_key coding_key(int64_t seed, int sender, int64_t round)
{
    return (struct draw_key){
        .seed = (uint64_t)seed, .purpose = DRAW_CODEC, .rank = sender, .round = (uint64_t)round};
}

/* ---- which tensors are coded, and how ---- */

bool coding_is_raw(const struct coding *c, int tensor, int64_t message)
{
    int dims = c->dims ? c->dims[tensor] : 1;
    return !c->codec || message < c->compress_after || dims < c->min_dimensions;
}

static bool is_joint(const struct coding *c)
{
    return c->codec && c->codec->joint && c->codec->joint(c->params);
}

static const struct codec *codec_of(const struct coding *c, int t, int64_t message)
{
    return coding_is_raw(c, t, message) ? &codec_identity : c->codec;
}

static size_t floats_of(const struct coding *c, int t, int64_t message)
{
    return c->tensor[c->parts > 1 ? message % c->parts : t];
}

static struct extent extent_of(const struct coding *c, int t, int64_t message)
{
    return (struct extent){.n = floats_of(c, t, message),
                           .rows = c->rows ? c->rows[t] : 1,
                           .message = message,
                           .dims = c->dims ? c->dims[t] : 1};
}

bool coding_adds_up(const struct coding *c, int64_t message)
{
    return !c->codec || message < c->compress_after || (c->codec->adds_up && c->codec->adds_up(c->params));
}

/* The coded tensors as one vector. */
static struct extent joint_extent(const struct coding *c, int64_t message)
{
    return (struct extent){.n = coding_floats(c, message), .rows = 1, .message = message, .dims = 1};
}

/* ---- sizes ---- */

size_t coding_bytes(const struct coding *c, int64_t message)
{
    size_t sum = 0;
    bool joint = is_joint(c);
    for (int t = 0; c->codec && t < c->tensors; t++)
        if (!joint || coding_is_raw(c, t, message))
            sum += codec_of(c, t, message)->bytes(c->params, extent_of(c, t, message));
    struct extent all = joint_extent(c, message);
    return sum + (joint && all.n > 0 ? c->codec->bytes(c->params, all) : 0);
}

size_t coding_floats_from(const struct coding *c, int first, int64_t message)
{
    size_t floats = 0;
    for (int t = first; t < c->tensors; t++)
        floats += coding_is_raw(c, t, message) ? 0 : floats_of(c, t, message);
    return floats;
}

size_t coding_floats(const struct coding *c, int64_t message)
{
    return coding_floats_from(c, 0, message);
}

/* Sizes change where coding begins, and then they only fall. */
size_t coding_most_bytes(const struct coding *c)
{
    size_t most = 0;
    for (int64_t part = 0; part == 0 || part < c->parts; part++) {
        size_t first = coding_bytes(c, part), coded = coding_bytes(c, c->compress_after + part);
        most = first > most ? first : most;
        most = coded > most ? coded : most;
    }
    return most;
}

bool coding_resizes(const struct coding *c)
{
    const int64_t last = c->parts > 1 ? INT64_MAX / c->parts * c->parts : INT64_MAX; /* of the first part */
    size_t coded = coding_bytes(c, 0);
    bool resizes = coding_bytes(c, last) != coded;
    for (int64_t part = 0; part == 0 || part < c->parts; part++)
        resizes |= coding_bytes(c, c->compress_after + part) != coded;
    return resizes;
}

bool coding_needs_scratch(const struct coding *c)
{
    return c->codec && (c->error_feedback || is_joint(c));
}

/* ---- one vector for one call of the codec ---- */

struct vector {
    const struct codec *codec;
    struct extent extent;
    const float *v;
    float *residual, *scratch; /* residual NULL: there is no error feedback */
};

/* The residual is in p from the first loop on, so its room serves for what is decoded. */
static bool encode_with_feedback(const struct vector *x, const void *params, const struct draw_key *draw,
                                 uint8_t *out)
{
    float *p = x->scratch, *residual = x->residual;
    for (size_t i = 0; i < x->extent.n; i++)
        p[i] = x->v[i] + residual[i];
    if (!x->codec->encode(params, draw, p, x->extent, out))
        return false;
    x->codec->decode(params, draw, out, x->extent, residual);
    for (size_t i = 0; i < x->extent.n; i++)
        residual[i] = p[i] - residual[i];
    return true;
}

static bool encode(const struct vector *x, const void *params, const struct draw_key *draw, uint8_t *out)
{
    return x->residual ? encode_with_feedback(x, params, draw, out)
                       : x->codec->encode(params, draw, x->v, x->extent, out);
}

/* ---- joint: all coded tensors as one vector ---- */

/* The coded tensors lie one after the other at the beginning of v. Moves each to its place in the flat
 * vector, and fills the places of raw tensors with zeros. The last tensor moves first: no tensor moves
 * towards the beginning, so none is overwritten. */
static void spread(const struct coding *c, int64_t message, float *v)
{
    size_t from = joint_extent(c, message).n, at = 0;
    for (int t = 0; t < c->tensors; t++)
        at += floats_of(c, t, message);
    for (int t = c->tensors - 1; t >= 0; t--) {
        size_t n = floats_of(c, t, message);
        at -= n;
        if (coding_is_raw(c, t, message)) {
            memset(v + at, 0, n * sizeof *v);
            continue;
        }
        from -= n;
        memmove(v + at, v + from, n * sizeof *v);
    }
}

/* Copies the coded tensors of the flat vector v to `to`, one after the other, as spread() expects them. */
static void gather(const struct coding *c, int64_t message, const float *v, float *to)
{
    for (int t = 0; t < c->tensors; v += floats_of(c, t++, message))
        if (!coding_is_raw(c, t, message)) {
            memmove(to, v, floats_of(c, t, message) * sizeof *v);
            to += floats_of(c, t, message);
        }
}

/* Copies the raw tensors of the flat vector v into the message. Returns the message's part behind them. */
static uint8_t *put_raw(const struct coding *c, int64_t message, const float *v, uint8_t *out)
{
    for (int t = 0; t < c->tensors; v += floats_of(c, t++, message))
        if (coding_is_raw(c, t, message)) {
            memcpy(out, v, floats_of(c, t, message) * sizeof *v);
            out += floats_of(c, t, message) * sizeof *v;
        }
    return out;
}

/* Copies the raw tensors of the message to their places in v. */
static void get_raw(const struct coding *c, int64_t message, const uint8_t *in, float *v)
{
    for (int t = 0; t < c->tensors; v += floats_of(c, t++, message))
        if (coding_is_raw(c, t, message)) {
            memcpy(v, in, floats_of(c, t, message) * sizeof *v);
            in += floats_of(c, t, message) * sizeof *v;
        }
}

static bool all_finite(const float *v, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(v[i]) != 0;
    return finite;
}

/* The first coded tensor with a value that is not finite; 0: all are finite, and too large for the codec. */
static int culprit(const struct coding *c, int64_t message, const float *v)
{
    for (int t = 0; t < c->tensors; v += floats_of(c, t++, message))
        if (!coding_is_raw(c, t, message) && !all_finite(v, floats_of(c, t, message)))
            return t;
    return 0;
}

static bool encode_joint(const struct coding *c, const struct draw_key *draw, const struct vector *whole,
                         uint8_t *out, int *bad)
{
    int64_t message = (int64_t)draw->round;
    struct vector all = {.codec = c->codec,
                         .extent = joint_extent(c, message),
                         .v = whole->scratch,
                         .residual = whole->residual,
                         .scratch = whole->scratch};
    out = put_raw(c, message, whole->v, out);
    gather(c, message, whole->v, whole->scratch);
    if (all.residual)
        gather(c, message, all.residual, all.residual);
    if (all.extent.n > 0 && !encode(&all, c->params, draw, out)) {
        *bad = culprit(c, message, whole->v);
        return false;
    }
    if (all.residual)
        spread(c, message, all.residual);
    return true;
}

static void decode_joint(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v)
{
    int64_t message = (int64_t)draw->round;
    struct extent all = joint_extent(c, message);
    size_t raw = coding_bytes(c, message) - (all.n > 0 ? c->codec->bytes(c->params, all) : 0);
    if (all.n > 0)
        c->codec->decode(c->params, draw, in + raw, all, v);
    spread(c, message, v);
    get_raw(c, message, in, v);
}

/* ---- tensor by tensor ---- */

/* A raw tensor has no residual: it was raw in all messages before this one, so nothing has been lost. */
static bool encode_each(const struct coding *c, const struct draw_key *draw, const struct vector *whole,
                        uint8_t *out, int *bad)
{
    struct draw_key key = *draw;
    struct vector x = *whole;
    for (int t = 0; t < c->tensors; t++) {
        bool raw = coding_is_raw(c, t, (int64_t)draw->round);
        key.iteration = (uint64_t)t;
        x.codec = raw ? &codec_identity : c->codec;
        x.extent = extent_of(c, t, (int64_t)draw->round);
        struct vector one = x;
        one.residual = raw ? NULL : x.residual;
        if (!encode(&one, c->params, &key, out)) {
            *bad = t;
            return false;
        }
        x.v += x.extent.n;
        x.residual += x.residual ? x.extent.n : 0;
        x.scratch += x.scratch ? x.extent.n : 0;
        out += x.codec->bytes(c->params, x.extent);
    }
    return true;
}

static void decode_each(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v)
{
    struct draw_key key = *draw;
    for (int t = 0; t < c->tensors; t++) {
        key.iteration = (uint64_t)t;
        struct extent extent = extent_of(c, t, (int64_t)draw->round);
        const struct codec *codec = codec_of(c, t, (int64_t)draw->round);
        codec->decode(c->params, &key, in, extent, v);
        in += codec->bytes(c->params, extent);
        v += extent.n;
    }
}

/* ---- the interface ---- */

bool coding_encode(const struct coding *c, const struct draw_key *draw, const float *v, float *residual,
                   float *scratch, uint8_t *out, int *bad)
{
    struct vector whole = {.v = v, .residual = c->error_feedback ? residual : NULL, .scratch = scratch};
    struct draw_key first = *draw;
    first.iteration = 0;
    return (is_joint(c) ? encode_joint : encode_each)(c, &first, &whole, out, bad);
}

void coding_decode(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v)
{
    struct draw_key first = *draw;
    first.iteration = 0;
    (is_joint(c) ? decode_joint : decode_each)(c, &first, in, v);
}

void coding_follow(float *residual, size_t n, float *before, float now)
{
    float factor = *before > 0 && now > 0 ? *before / now : 1;
    if (factor != 1)
        vec_scale(residual, factor, n);
    *before = now;
}
