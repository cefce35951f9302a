#include "algorithms/codecs/coding.h"

const char *const feedback_words[] = {[FEEDBACK_NO] = "no",
                                      [FEEDBACK_GRADIENT] = "gradient",
                                      [FEEDBACK_STEP] = "step",
                                      [FEEDBACK_YES] = "yes",
                                      NULL};

struct draw_key coding_key(int64_t seed, int sender, int64_t round)
{
    return (struct draw_key){
        .seed = (uint64_t)seed, .purpose = DRAW_CODEC, .rank = sender, .round = (uint64_t)round};
}

static struct extent extent_of(const struct coding *c, int t, int64_t message)
{
    return (struct extent){.n = c->tensor[t], .rows = c->rows ? c->rows[t] : 1, .message = message};
}

size_t coding_bytes(const struct coding *c, int64_t message)
{
    size_t sum = 0;
    for (int t = 0; t < c->tensors; t++)
        sum += c->codec->bytes(c->params, extent_of(c, t, message));
    return sum;
}

bool coding_shrinks(const struct coding *c)
{
    return coding_bytes(c, INT64_MAX) < coding_bytes(c, 0);
}

/* One tensor with error feedback. The residual is in p from the first loop on, so its room serves for what is
 * decoded. */
static bool encode_with_feedback(const struct coding *c, const struct draw_key *draw, const float *v,
                                 struct extent t, float *residual, float *p, uint8_t *out)
{
    for (size_t i = 0; i < t.n; i++)
        p[i] = v[i] + residual[i];
    if (!c->codec->encode(c->params, draw, p, t, out))
        return false;
    c->codec->decode(c->params, draw, out, t, residual);
    for (size_t i = 0; i < t.n; i++)
        residual[i] = p[i] - residual[i];
    return true;
}

bool coding_encode(const struct coding *c, const struct draw_key *draw, const float *v, float *residual,
                   float *scratch, uint8_t *out, int *bad)
{
    struct draw_key key = *draw;
    size_t at = 0;
    for (int t = 0; t < c->tensors; t++) {
        struct extent extent = extent_of(c, t, (int64_t)draw->round);
        key.iteration = (uint64_t)t;
        if (!(c->error_feedback
                  ? encode_with_feedback(c, &key, v + at, extent, residual + at, scratch + at, out)
                  : c->codec->encode(c->params, &key, v + at, extent, out))) {
            *bad = t;
            return false;
        }
        at += extent.n;
        out += c->codec->bytes(c->params, extent);
    }
    return true;
}

void coding_decode(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v)
{
    struct draw_key key = *draw;
    for (int t = 0; t < c->tensors; t++) {
        key.iteration = (uint64_t)t;
        struct extent extent = extent_of(c, t, (int64_t)draw->round);
        c->codec->decode(c->params, &key, in, extent, v);
        in += c->codec->bytes(c->params, extent);
        v += c->tensor[t];
    }
}
