/* No codec: the floats as they are. It accepts NaN and infinity too, so a run with it equals the run
 * without it. */
#include <string.h>

#include "algorithms/codecs/codec.h"

static size_t bytes(const void *params, struct extent t)
{
    (void)params;
    return t.n * sizeof(float);
}

static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    (void)draw;
    memcpy(out, v, bytes(params, t));
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    (void)draw;
    memcpy(v, in, bytes(params, t));
}

static bool adds_up(const void *params)
{
    (void)params;
    return true;
}

extern const struct codec codec_identity;
const struct codec codec_identity = {
    .name = "identity",
    .summary = "raw 32-bit floats",
    .size = "4 n",
    .feedback = FEEDBACK_GRADIENT,
    .adds_up = adds_up,
    .by_value = true,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
