/* What tests of codecs share: codecs by name, parameters by key, inputs, and an encode that checks itself. */
#ifndef TESTS_RIGS_CODEC_RIG_H
#define TESTS_RIGS_CODEC_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "algorithms/codecs/codec.h"

enum {
    CODEC_MOST = 5000,
    CODEC_GUARD = 0xa5
}; /* floats in a tensor of these tests; behind what is written */

struct codec_setting {
    const char *key;
    double value; /* of a choice: its place */
};

extern const struct draw_key codec_draw;
extern const size_t codec_lengths[]; /* ended by 0 */

static inline struct extent vector_of(size_t n)
{
    return (struct extent){.n = n, .rows = 1};
}

const struct codec *codec_named(const char *name);

/* free() it. Parameter structs are private to their files: they are filled through the keys, as the configuration
 * does; with the presets, then with what is set. set: ended by a NULL key, or NULL. */
void *codec_params(const struct codec *c, const struct codec_setting *set);

void codec_gaussian(float *v, size_t n, uint64_t seed);

/* Exactly bytes(n) are written, the input is unchanged, and a second time gives the same. */
void codec_encode(const struct codec *c, const void *params, const float *v, size_t n, uint8_t *out);
/* The same, then decoded. */
void codec_through(const struct codec *c, const void *params, const float *v, size_t n, float *back);

#endif
