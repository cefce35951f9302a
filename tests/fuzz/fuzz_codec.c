/* Every codec: arbitrary bytes decode within their bounds, and arbitrary floats encode within theirs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "tests/fuzz/harness.h"

static const struct draw_key draw = {.seed = 5, .purpose = DRAW_CODEC};

enum { GUARD = 0xa5, GUARDS = 16 };

static const struct codec *choose(uint8_t byte)
{
    int n = 0;
    while (codec_list[n])
        n++;
    FUZZ_EXPECT(n > 0);
    return codec_list[byte % n];
}

/* Fills the parameters through their keys, each within its bounds. */
static void fill(const struct codec *codec, void *params, struct bytes *rest)
{
    for (const struct config_key *key = codec->keys; key && key->name; key++) {
        void *field = (char *)params + key->offset;
        uint8_t byte = fuzz_byte(rest);
        if (key->type == KEY_INT)
            *(int64_t *)field = (int64_t)key->min + byte % (int64_t)(key->max - key->min + 1);
        else if (key->type == KEY_REAL)
            *(double *)field = fmax(key->min, ldexp(key->max, -(byte % 48)));
        else if (key->type == KEY_BOOL)
            *(bool *)field = byte & 1;
        else
            *(int *)field = byte & 1;
    }
}

/* Room for size bytes and a guard, for a replay without a sanitizer. */
static uint8_t *guarded(size_t size)
{
    uint8_t *memory = malloc(size + GUARDS);
    FUZZ_EXPECT(memory);
    memset(memory, GUARD, size + GUARDS);
    return memory;
}

static void release(uint8_t *memory, size_t size)
{
    for (size_t i = size; i < size + GUARDS; i++)
        FUZZ_EXPECT(memory[i] == GUARD);
    free(memory);
}

/* The wire, exactly as long as it must be; bytes that the input does not have are 0. */
static void decode(const struct codec *codec, const void *params, struct extent t, struct bytes input)
{
    size_t size = codec->bytes(params, t);
    uint8_t *wire = calloc(1, size), *out = guarded(t.n * sizeof(float));
    FUZZ_EXPECT(wire);
    memcpy(wire, input.data, input.size < size ? input.size : size);
    codec->decode(params, &draw, wire, t, (float *)out);
    release(out, t.n * sizeof(float));
    free(wire);
}

static void encode(const struct codec *codec, const void *params, struct extent t, struct bytes input)
{
    size_t size = codec->bytes(params, t);
    float *v = calloc(t.n, sizeof *v);
    uint8_t *wire = guarded(size), *out = guarded(t.n * sizeof(float));
    FUZZ_EXPECT(v);
    memcpy(v, input.data, input.size < t.n * sizeof *v ? input.size : t.n * sizeof *v);
    if (codec->encode(params, &draw, v, t, wire))
        codec->decode(params, &draw, wire, t, (float *)out);
    release(wire, size);
    release(out, t.n * sizeof(float));
    free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    const struct codec *codec = choose(fuzz_byte(&rest));
    _Alignas(16) char params[64] = {0};
    FUZZ_EXPECT(codec->params_size <= sizeof params);
    fill(codec, params, &rest);
    size_t n = 1 + fuzz_byte(&rest);
    uint8_t byte = fuzz_byte(&rest);
    if (byte & 1) /* some across the end of a piece: long vectors take most of the time */
        n += BITS_PIECE - UINT8_MAX / 2;
    size_t rows = 1 + (byte >> 1) % 16;
    struct extent t = {
        .n = (n + rows - 1) / rows * rows, .rows = rows, .message = (int64_t)fuzz_byte(&rest) - 1};
    decode(codec, params, t, rest);
    encode(codec, params, t, rest);
    return 0;
}
