/* Codecs, one tensor at a time: what every codec promises, then what each promises of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "algorithms/codecs/codec.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"

enum { MOST = 5000, GUARD = 0xa5 };

static const size_t lengths[] = {1, 2, 3, 7, 8, 9, 63, 1023, 1024, 1025, 4999};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* ---- helpers ---- */

static const struct codec *codec(const char *name)
{
    for (int i = 0; codec_list[i]; i++)
        if (!strcmp(codec_list[i]->name, name))
            return codec_list[i];
    fail_msg("no codec %s", name);
    return NULL;
}

/* Parameter structs are private to their files: they are filled through the keys, as the configuration does.
 */
static void set(const struct codec *c, void *params, const char *name, double value)
{
    for (const struct config_key *key = c->keys; key->name; key++) {
        void *field = (char *)params + key->offset;
        if (strcmp(key->name, name) != 0)
            continue;
        if (key->type == KEY_INT)
            *(int64_t *)field = (int64_t)value;
        else if (key->type == KEY_REAL)
            *(double *)field = value;
        else if (key->type == KEY_BOOL)
            *(bool *)field = value != 0;
        else
            *(int *)field = (int)value;
        return;
    }
    fail_msg("no key %s", name);
}

static void *maxabs(int bits, int stochastic)
{
    void *params = need(codec("maxabs")->params_size);
    set(codec("maxabs"), params, "bits", bits);
    set(codec("maxabs"), params, "rounding", stochastic);
    return params;
}

static void *numpy_l2(int bits, double range, int wrap)
{
    void *params = need(codec("numpy_l2")->params_size);
    set(codec("numpy_l2"), params, "bits", bits);
    set(codec("numpy_l2"), params, "range", range);
    set(codec("numpy_l2"), params, "wrap", wrap);
    return params;
}

static const struct draw_key draw = {.seed = 5, .purpose = DRAW_CODEC, .rank = 1, .round = 2, .iteration = 3};

static void gaussian(float *v, size_t n, uint64_t seed)
{
    struct draw_key key = {.seed = seed, .purpose = DRAW_SYNTHETIC};
    for (size_t i = 0; i < n; i++)
        v[i] = (float)draw_normal(&key, i) * 0.01f;
}

/* encode that also checks: exactly bytes(n) are written, the input is unchanged, a second time gives the
 * same. */
static void encode(const struct codec *c, const void *params, const float *v, size_t n, uint8_t *out)
{
    static uint8_t again[4 * MOST];
    size_t bytes = c->bytes(params, n);
    uint64_t before = vec_hash(v, n);
    out[bytes] = GUARD;
    assert_true(c->encode(params, &draw, v, n, out));
    assert_int_equal(out[bytes], GUARD);
    assert_int_equal(vec_hash(v, n), before);
    memset(again, 0xff, bytes);
    assert_true(c->encode(params, &draw, v, n, again));
    assert_memory_equal(out, again, bytes);
}

static uint16_t code_at(const uint8_t *row, size_t i, int bits)
{
    unsigned code = 0;
    for (int b = 0; b < bits; b++) {
        size_t k = i * (size_t)bits + (size_t)b;
        code |= (unsigned)(row[k / 8] >> k % 8 & 1) << b;
    }
    return (uint16_t)code;
}

static float head_of(const uint8_t *out)
{
    float head;
    memcpy(&head, out, sizeof head);
    return head;
}

/* ---- packing ---- */

static void rows_of_every_width_come_back(void **state)
{
    static uint16_t code[2 * BITS_PIECE + 100], back[2 * BITS_PIECE + 100];
    static uint8_t row[2 * sizeof code];
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++)
        for (size_t n = 1; n < sizeof code / sizeof *code; n += n < 70 ? 1 : 501) {
            size_t bytes = bits_bytes(n, bits);
            assert_int_equal(bytes, (n * (size_t)bits + 7) / 8);
            for (size_t i = 0; i < n; i++)
                code[i] = (uint16_t)(draw_u32(&draw, i) & ((1u << bits) - 1));
            memset(row, 0xff, sizeof row);
            row[bytes] = GUARD;
            bits_pack(code, n, bits, row);
            assert_int_equal(row[bytes], GUARD);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(code_at(row, i, bits), code[i]);
            for (size_t k = n * (size_t)bits; k < 8 * bytes; k++)
                assert_int_equal(row[k / 8] >> k % 8 & 1, 0);
            bits_unpack(row, n, bits, back);
            assert_memory_equal(code, back, n * sizeof *code);
        }
}

/* ---- every codec ---- */

static void the_list_is_in_order(void **state)
{
    (void)state;
    for (int i = 0; codec_list[i]; i++) {
        const struct codec *c = codec_list[i];
        assert_non_null(c->summary);
        assert_true(c->bytes && c->encode && c->decode);
        assert_true(!c->keys == !c->params_size);
        assert_ptr_equal(codec(c->name), c); /* no name twice */
    }
}

static void identity_is_a_copy(void **state)
{
    float v[] = {1, -0.0f, NAN, INFINITY, FLT_MAX}, back[5];
    uint8_t out[sizeof v];
    (void)state;
    assert_int_equal(codec("identity")->bytes(NULL, 5), 20);
    assert_true(codec("identity")->encode(NULL, &draw, v, 5, out));
    codec("identity")->decode(NULL, &draw, out, 5, back);
    assert_memory_equal(v, back, sizeof v);
}

static void nan_and_infinity_are_refused(void **state)
{
    static const float evil[] = {NAN, -NAN, INFINITY, -INFINITY};
    static float v[1025];
    uint8_t out[4 * 1025];
    const struct codec *codecs[] = {codec("maxabs"), codec("maxabs"), codec("numpy_l2")};
    void *params[] = {maxabs(8, 0), maxabs(3, 1), numpy_l2(16, 1, 1)};
    (void)state;
    gaussian(v, 1025, 1);
    for (int c = 0; c < 3; c++) {
        for (size_t at = 0; at < 1025; at += 128)
            for (int e = 0; e < 4; e++) {
                float kept = v[at];
                v[at] = evil[e];
                assert_false(codecs[c]->encode(params[c], &draw, v, 1025, out));
                v[at] = kept;
            }
        assert_true(codecs[c]->encode(params[c], &draw, v, 1025, out));
        free(params[c]);
    }
}

/* Q^-1(Q(0)) = 0, with plus sign, and one byte count whatever the values. */
static void zeros_stay_zeros(void **state)
{
    static float zero[MOST], back[MOST];
    static uint8_t out[4 * MOST];
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        const struct codec *codecs[] = {codec("maxabs"), codec("maxabs"), codec("numpy_l2"),
                                        codec("numpy_l2")};
        void *params[] = {maxabs(bits, 0), maxabs(bits, 1), numpy_l2(bits, 1, 1), numpy_l2(bits, 0.05, 0)};
        for (int c = 0; c < 4; c++) {
            for (int l = 0; l < LENGTHS; l++) {
                assert_int_equal(codecs[c]->bytes(params[c], lengths[l]), 4 + bits_bytes(lengths[l], bits));
                encode(codecs[c], params[c], zero, lengths[l], out);
                memset(back, GUARD, sizeof back);
                codecs[c]->decode(params[c], &draw, out, lengths[l], back);
                assert_memory_equal(back, zero, lengths[l] * sizeof *zero);
            }
            free(params[c]);
        }
    }
}

/* ---- maxabs ---- */

static void check_nearest(const void *params, int bits, size_t n)
{
    static float v[MOST], back[MOST], twice[MOST];
    static uint8_t out[4 * MOST], again[4 * MOST];
    const struct codec *c = codec("maxabs");
    size_t top = 0;
    gaussian(v, n, n);
    v[n / 2] = n > 2 ? 0 : v[n / 2];
    encode(c, params, v, n, out);
    c->decode(params, &draw, out, n, back);
    float scale = head_of(out);
    for (size_t i = 0; i < n; i++) {
        /* 0.502: v / scale is rounded to a float, up to 0.0014 at 16 bits */
        assert_true(fabs((double)v[i] - back[i]) <= 0.502 * scale);
        assert_true(v[i] * back[i] >= 0); /* no sign flips */
        assert_true(v[i] != 0 || back[i] == 0);
        top = fabsf(v[i]) > fabsf(v[top]) ? i : top;
    }
    assert_true(back[top] >= nextafterf(v[top], -FLT_MAX) && back[top] <= nextafterf(v[top], FLT_MAX));
    assert_int_equal(abs(code_at(out + 4, top, bits) - ((1 << (bits - 1)) - 1)), (1 << (bits - 1)) - 1);
    encode(c, params, back, n, again);
    assert_memory_equal(out + 4, again + 4,
                        bits_bytes(n, bits)); /* idempotent: codes, and values to the last place */
    c->decode(params, &draw, again, n, twice);
    for (size_t i = 0; i < n; i++)
        assert_true(fabsf(twice[i] - back[i]) <= 2 * FLT_EPSILON * fabsf(back[i]));
}

static void nearest_keeps_its_bounds(void **state)
{
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = maxabs(bits, 0);
        for (int l = 0; l < LENGTHS; l++)
            check_nearest(params, bits, lengths[l]);
        free(params);
    }
}

static void stochastic_is_its_formula(void **state)
{
    static float v[MOST], back[MOST], u[MOST];
    static uint8_t out[4 * MOST];
    const struct codec *c = codec("maxabs");
    (void)state;
    gaussian(v, MOST, 7);
    draw_uniform_fill(&draw, u, MOST);
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = maxabs(bits, 1);
        int top = (1 << (bits - 1)) - 1;
        encode(c, params, v, MOST - 1, out);
        c->decode(params, &draw, out, MOST - 1, back);
        double scale = head_of(out);
        for (size_t i = 0; i < MOST - 1; i++) {
            int q = (int)fmax(-top, fmin(top, floor(v[i] / scale + u[i])));
            assert_int_equal(code_at(out + 4, i, bits) - top, q);
            assert_true(fabs((double)v[i] - back[i]) < 1.002 * scale); /* decoding rounds to a float */
        }
        struct draw_key other = draw;
        other.round++;
        uint8_t *different = need(c->bytes(params, MOST));
        assert_true(c->encode(params, &other, v, MOST - 1, different));
        assert_memory_not_equal(out, different, c->bytes(params, MOST - 1));
        free(different);
        free(params);
    }
}

static void stochastic_is_right_on_average(void **state)
{
    enum { N = 8, KEYS = 100 * 1000 };
    static const float v[N] = {1, -0.3f, 0.01f, -0.001f, 0.5f, 0.77777f, -0.99f, 0};
    const struct codec *c = codec("maxabs");
    (void)state;
    for (int bits = 2; bits <= 16; bits += bits == 4 ? 4 : bits == 8 ? 8 : 2) {
        void *params = maxabs(bits, 1);
        double sum[N] = {0}, scale = 0;
        struct draw_key key = draw;
        uint8_t out[4 + 2 * N];
        float back[N];
        for (key.round = 0; key.round < KEYS; key.round++) {
            assert_true(c->encode(params, &key, v, N, out));
            c->decode(params, &key, out, N, back);
            scale = head_of(out);
            for (int i = 0; i < N; i++)
                sum[i] += back[i];
        }
        for (int i = 0; i < N; i++) {
            double x = v[i] / scale, fraction = x - floor(x);
            double sigma = scale * sqrt(fraction * (1 - fraction) / KEYS);
            assert_true(fabs(sum[i] / KEYS - v[i]) <= 5 * sigma + 1e-6 * scale + FLT_EPSILON * fabsf(v[i]));
        }
        free(params);
    }
}

static void extremes_neither_overflow_nor_divide_by_zero(void **state)
{
    const struct codec *c = codec("maxabs");
    const float v[] = {FLT_MAX, -FLT_MAX, 1}, tiny[] = {FLT_TRUE_MIN, -FLT_MIN, 0};
    uint8_t out[16];
    float back[3];
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++)
        for (int stochastic = 0; stochastic < 2; stochastic++) {
            void *params = maxabs(bits, stochastic);
            encode(c, params, v, 3, out);
            c->decode(params, &draw, out, 3, back);
            assert_true(isfinite(back[0]) && isfinite(back[1]));
            assert_true(stochastic || (back[0] > 0.999f * FLT_MAX && back[1] < -0.999f * FLT_MAX));
            encode(c, params, tiny, 3, out);
            c->decode(params, &draw, out, 3, back);
            for (int i = 0; i < 3; i++)
                assert_true(fabsf(back[i]) <= 2 * FLT_MIN);
            free(params);
        }
}

/* ---- numpy_l2 ---- */

/* The code of y in a tensor of norm 1. */
static int code_of(const void *params, int bits, float y)
{
    float v[2] = {y, (float)sqrt(1 - (double)y * y)};
    uint8_t out[16];
    encode(codec("numpy_l2"), params, v, 2, out);
    assert_true(head_of(out) == 1);
    return code_at(out + 4, 0, bits);
}

static void numpy_l2_gives_the_reference_codes(void **state)
{
    void *b8 = numpy_l2(8, 1, 1), *b16 = numpy_l2(16, 1, 1), *b8_kept = numpy_l2(8, 1, 0);
    const float step = 1 / 128.0f;
    (void)state;
    assert_int_equal(code_of(b8, 8, 0), 129);
    assert_int_equal(code_of(b8, 8, step / 4), 129);
    assert_int_equal(code_of(b8, 8, -step / 4), 128);
    assert_int_equal(code_of(b8, 8, 0.5f), 193);
    assert_int_equal(code_of(b8, 8, -1), 1);
    assert_int_equal(code_of(b8, 8, 0.9921875f), 0); /* 256, wrapped */
    assert_int_equal(code_of(b8_kept, 8, 0.9921875f), 255);
    assert_int_equal(code_of(b16, 16, 0), 32769);
    assert_int_equal(code_of(b16, 16, 0.5f), 49153);
    free(b8);
    free(b8_kept);
    free(b16);
}

/* numpy.digitize by its definition. */
static int count_edges(double y, double range, int bits)
{
    int count = 0;
    for (int j = 0; j < 1 << bits; j++)
        count += range * (2.0 * j / (1 << bits) - 1) <= y;
    return count;
}

/* Values on, just below and just above edges, and anywhere. */
static float awkward(uint32_t i, double range, int bits)
{
    float y = (float)((draw_uniform(&draw, i) * 2 - 1) * fmin(1.1 * range, 0.99));
    uint32_t j = draw_below(&draw, i + MOST, 1u << bits);
    float edge = (float)(range * (2.0 * j / (1 << bits) - 1));
    float at[] = {y, edge, nextafterf(edge, -2), nextafterf(edge, 2)};
    return fabsf(at[i % 4]) < 0.99f ? at[i % 4] : y;
}

static void numpy_l2_counts_as_digitize_does(void **state)
{
    static const double ranges[] = {1, 0.05, 0.3, 1e-3, 3};
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++)
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
            void *params = numpy_l2(bits, ranges[r], 1);
            for (uint32_t i = 0; i < (bits > 12 ? 40 : 200); i++) {
                float y = awkward(i, ranges[r], bits), v[2] = {y, (float)sqrt(1 - (double)y * y)};
                uint8_t out[16];
                assert_true(codec("numpy_l2")->encode(params, &draw, v, 2, out));
                int count = count_edges(y / head_of(out), ranges[r], bits);
                assert_int_equal(code_at(out + 4, 0, bits), count & ((1 << bits) - 1));
            }
            free(params);
        }
}

/* An edge so little above 0.25 that 0.25 / range rounds to the number of that edge: sixteen values of 0.25 have norm 1. */
static void numpy_l2_below_an_edge_by_a_rounding(void **state)
{
    float v[16];
    uint8_t out[32];
    (void)state;
    void *params = numpy_l2(2, nextafter(0.5, 1), 1);
    for (int i = 0; i < 16; i++)
        v[i] = 0.25f;
    assert_true(codec("numpy_l2")->encode(params, &draw, v, 16, out));
    assert_true(head_of(out) == 1);
    assert_int_equal(count_edges(0.25, nextafter(0.5, 1), 2), 3);
    assert_int_equal(code_at(out + 4, 0, 2), 3);
    free(params);
}

/* An edge that is y itself, though y / range rounds to less than its number. */
static void numpy_l2_on_an_edge_by_a_rounding(void **state)
{
    const double range = 0x1.4ed2f24924924p-3;
    const float y = -0.14305225014686584f, v[2] = {y, sqrtf(1 - y * y)};
    uint8_t out[8];
    (void)state;
    void *params = numpy_l2(4, range, 1);
    assert_true(codec("numpy_l2")->encode(params, &draw, v, 2, out));
    assert_true(head_of(out) == 1);
    assert_true(floor((y / range + 1) * 8) + 1 < count_edges(y, range, 4));
    assert_int_equal(code_at(out + 4, 0, 4), count_edges(y, range, 4));
    free(params);
}

/* The error lies in (0, step] norms: always up. */
static void numpy_l2_rounds_up(void **state)
{
    static float v[MOST], back[MOST];
    static uint8_t out[4 * MOST];
    const struct codec *c = codec("numpy_l2");
    (void)state;
    gaussian(v, MOST - 1, 11);
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = numpy_l2(bits, 1, 1);
        encode(c, params, v, MOST - 1, out);
        c->decode(params, &draw, out, MOST - 1, back);
        double norm = head_of(out), step = 2.0 / (1 << bits), rounding = FLT_EPSILON;
        for (size_t i = 0; i < MOST - 1; i++) {
            double error = ((double)back[i] - v[i]) / norm;
            assert_true(error > -rounding && error <= step + rounding);
        }
        free(params);
    }
}

static void numpy_l2_overflow_flips_the_sign(void **state)
{
    const float v[] = {0, 3, 0};
    uint8_t out[16];
    float back[3];
    (void)state;
    for (int wrap = 0; wrap < 2; wrap++) {
        void *params = numpy_l2(8, 1, wrap);
        encode(codec("numpy_l2"), params, v, 3, out);
        codec("numpy_l2")->decode(params, &draw, out, 3, back);
        assert_true(back[1] == (wrap ? -3.0f : 3.0f * 127 / 128));
        assert_true(back[0] == 3.0f / 128); /* an exact zero decodes a step too high */
        free(params);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_every_width_come_back),
        cmocka_unit_test(the_list_is_in_order),
        cmocka_unit_test(identity_is_a_copy),
        cmocka_unit_test(nan_and_infinity_are_refused),
        cmocka_unit_test(zeros_stay_zeros),
        cmocka_unit_test(nearest_keeps_its_bounds),
        cmocka_unit_test(stochastic_is_its_formula),
        cmocka_unit_test(stochastic_is_right_on_average),
        cmocka_unit_test(extremes_neither_overflow_nor_divide_by_zero),
        cmocka_unit_test(numpy_l2_gives_the_reference_codes),
        cmocka_unit_test(numpy_l2_counts_as_digitize_does),
        cmocka_unit_test(numpy_l2_below_an_edge_by_a_rounding),
        cmocka_unit_test(numpy_l2_on_an_edge_by_a_rounding),
        cmocka_unit_test(numpy_l2_rounds_up),
        cmocka_unit_test(numpy_l2_overflow_flips_the_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
