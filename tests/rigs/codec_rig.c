#include "tests/rigs/codec_rig.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"

const struct draw_key codec_draw = {.seed = 5, .purpose = DRAW_CODEC, .rank = 1, .round = 2, .iteration = 3};

const size_t codec_lengths[] = {1, 2, 3, 7, 8, 9, 63, 1023, 1024, 1025, 4999, 0};

const struct codec *codec_named(const char *name)
{
    for (int i = 0; codec_list[i]; i++)
        if (!strcmp(codec_list[i]->name, name))
            return codec_list[i];
    fail_msg("no codec %s", name);
    return NULL;
}

static void put(void *params, const struct config_key *key, double value)
{
    void *field = (char *)params + key->offset;
    if (key->type == KEY_INT)
        *(int64_t *)field = (int64_t)value;
    else if (key->type == KEY_REAL)
        *(double *)field = value;
    else if (key->type == KEY_BOOL)
        *(bool *)field = value != 0;
    else
        *(int *)field = (int)value;
}

static double preset_of(const struct config_key *key)
{
    if (key->type == KEY_BOOL)
        return !strcmp(key->preset, "yes");
    return key->type == KEY_CHOICE ? 0 : strtod(key->preset, NULL);
}

void *codec_params(const struct codec *c, const struct codec_setting *set)
{
    if (!c->params_size)
        return NULL;
    void *params = need(c->params_size);
    for (const struct config_key *key = c->keys; key->name; key++) {
        if (key->type == KEY_CHOICE) /* so that 0 is the preset */
            assert_string_equal(key->choices[0], key->preset);
        put(params, key, preset_of(key));
    }
    for (; set && set->key; set++) {
        const struct config_key *key = c->keys;
        while (key->name && strcmp(key->name, set->key) != 0)
            key++;
        assert_non_null(key->name);
        put(params, key, set->value);
    }
    return params;
}

void codec_gaussian(float *v, size_t n, uint64_t seed)
{
    struct draw_key key = {.seed = seed, .purpose = DRAW_SYNTHETIC};
    for (size_t i = 0; i < n; i++)
        v[i] = (float)draw_normal(&key, i) * 0.01f;
}

void codec_encode(const struct codec *c, const void *params, const float *v, size_t n, uint8_t *out)
{
    static uint8_t again[8 * CODEC_MOST + 4];
    size_t bytes = c->bytes(params, vector_of(n));
    uint64_t before = vec_hash(v, n);
    assert_true(bytes <= sizeof again);
    out[bytes] = CODEC_GUARD;
    assert_true(c->encode(params, &codec_draw, v, vector_of(n), out));
    assert_int_equal(out[bytes], CODEC_GUARD);
    assert_int_equal(vec_hash(v, n), before);
    memset(again, 0xff, bytes);
    assert_true(c->encode(params, &codec_draw, v, vector_of(n), again));
    assert_memory_equal(out, again, bytes);
}

void codec_through(const struct codec *c, const void *params, const float *v, size_t n, float *back)
{
    static uint8_t out[8 * CODEC_MOST + 5];
    codec_encode(c, params, v, n, out);
    memset(back, CODEC_GUARD, n * sizeof *back);
    c->decode(params, &codec_draw, out, vector_of(n), back);
}
