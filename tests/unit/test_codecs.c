/* Codecs, one tensor at a time: what every codec promises, then what each promises of its own. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/bits.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "tests/rigs/codec_rig.h"

enum { MOST = CODEC_MOST, GUARD = CODEC_GUARD };

/* ---- helpers ---- */

static void *maxabs(int bits, int stochastic)
{
    return codec_params(codec_named("maxabs"),
                        (struct codec_setting[]){{"bits", bits}, {"rounding", stochastic}, {NULL, 0}});
}

static void *numpy_l2(int bits, double range, int wrap)
{
    return codec_params(
        codec_named("numpy_l2"),
        (struct codec_setting[]){{"bits", bits}, {"range", range}, {"wrap", wrap}, {NULL, 0}});
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
                code[i] = (uint16_t)(draw_u32(&codec_draw, i) & ((1u << bits) - 1));
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
        assert_ptr_equal(codec_named(c->name), c); /* no name twice */
    }
}

static void identity_is_a_copy(void **state)
{
    float v[] = {1, -0.0f, NAN, INFINITY, FLT_MAX}, back[5];
    uint8_t out[sizeof v];
    (void)state;
    assert_int_equal(codec_named("identity")->bytes(NULL, vector_of(5)), 20);
    assert_true(codec_named("identity")->encode(NULL, &codec_draw, v, vector_of(5), out));
    codec_named("identity")->decode(NULL, &codec_draw, out, vector_of(5), back);
    assert_memory_equal(v, back, sizeof v);
}

/* Every codec but identity, with its presets and with a choice of others. */
static const struct {
    const char *codec;
    struct codec_setting set[4];
} uses[] = {
    {"maxabs", {{"bits", 8}}},
    {"maxabs", {{"bits", 3}, {"rounding", 1}}},
    {"numpy_l2", {{"bits", 16}}},
    {"float16", {{0}}},
    {"bfloat16", {{0}}},
    {"fp4", {{0}}},
    {"sign", {{0}}},
    {"sign", {{"scale", 1}}},
    {"terngrad", {{0}}},
    {"terngrad", {{"clip", 0}}},
    {"qsgd", {{0}}},
    {"qsgd", {{"norm", 1}, {"levels", 100}, {"bucket", 10}}},
    {"topk", {{0}}},
    {"topk", {{"ratio", 1}}},
    {"randomk", {{0}}},
    {"randomk", {{"ratio", 0.3}, {"mask", 1}, {"scale", 1}}},
    {"lowrank", {{0}}},
};
enum { USES = sizeof uses / sizeof *uses };

static void every_codec_is_used_here(void **state)
{
    (void)state;
    for (int i = 0; codec_list[i]; i++) {
        int found = !strcmp(codec_list[i]->name, "identity");
        for (int u = 0; u < USES; u++)
            found += !strcmp(codec_list[i]->name, uses[u].codec);
        assert_true(found > 0);
    }
}

static void nan_and_infinity_are_refused(void **state)
{
    static const float evil[] = {NAN, -NAN, INFINITY, -INFINITY};
    static float v[1025];
    uint8_t out[8 * 1025 + 4];
    (void)state;
    codec_gaussian(v, 1025, 1);
    for (int u = 0; u < USES; u++) {
        const struct codec *c = codec_named(uses[u].codec);
        void *params = codec_params(c, uses[u].set);
        for (size_t at = 0; at < 1025; at += 128)
            for (int e = 0; e < 4; e++) {
                float kept = v[at];
                v[at] = evil[e];
                assert_false(c->encode(params, &codec_draw, v, vector_of(1025), out));
                v[at] = kept;
            }
        assert_true(c->encode(params, &codec_draw, v, vector_of(1025), out));
        free(params);
    }
}

/* Whatever finite values there are, what comes back is finite; only what is next to FLT_MAX may be refused. */
static void hostile_tensors_come_back_finite(void **state)
{
    static const float fills[][2] = {{0, 0},
                                     {-0.0f, 0},
                                     {1, 1},
                                     {-3, -3},
                                     {1, -1},
                                     {FLT_TRUE_MIN, -FLT_TRUE_MIN},
                                     {FLT_MIN, 0},
                                     {FLT_TRUE_MIN, 1},
                                     {1e-30f, 1e30f},
                                     {FLT_MAX, -FLT_MAX},
                                     {FLT_MAX, FLT_TRUE_MIN}};
    static float v[MOST], back[MOST];
    static uint8_t out[8 * MOST + 5];
    (void)state;
    for (int u = 0; u < USES; u++) {
        const struct codec *c = codec_named(uses[u].codec);
        void *params = codec_params(c, uses[u].set);
        for (size_t f = 0; f < sizeof fills / sizeof *fills; f++)
            for (const size_t *n = codec_lengths; *n; n++) {
                for (size_t i = 0; i < *n; i++)
                    v[i] = fills[f][i % 3 == 1];
                if (fabsf(fills[f][0]) == FLT_MAX && !c->encode(params, &codec_draw, v, vector_of(*n), out))
                    continue;
                codec_through(c, params, v, *n, back);
                for (size_t i = 0; i < *n; i++)
                    assert_true(isfinite(back[i]));
            }
        free(params);
    }
}

/* Q^-1(Q(0)) = 0, with plus sign, and one byte count whatever the values. */
static void zeros_stay_zeros(void **state)
{
    static float zero[MOST], back[MOST];
    static uint8_t out[4 * MOST];
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        const struct codec *codecs[] = {codec_named("maxabs"), codec_named("maxabs"), codec_named("numpy_l2"),
                                        codec_named("numpy_l2")};
        void *params[] = {maxabs(bits, 0), maxabs(bits, 1), numpy_l2(bits, 1, 1), numpy_l2(bits, 0.05, 0)};
        for (int c = 0; c < 4; c++) {
            for (const size_t *n = codec_lengths; *n; n++) {
                assert_int_equal(codecs[c]->bytes(params[c], vector_of(*n)), 4 + bits_bytes(*n, bits));
                codec_encode(codecs[c], params[c], zero, *n, out);
                memset(back, GUARD, sizeof back);
                codecs[c]->decode(params[c], &codec_draw, out, vector_of(*n), back);
                assert_memory_equal(back, zero, *n * sizeof *zero);
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
    const struct codec *c = codec_named("maxabs");
    size_t top = 0;
    codec_gaussian(v, n, n);
    v[n / 2] = n > 2 ? 0 : v[n / 2];
    codec_encode(c, params, v, n, out);
    c->decode(params, &codec_draw, out, vector_of(n), back);
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
    codec_encode(c, params, back, n, again);
    assert_memory_equal(out + 4, again + 4,
                        bits_bytes(n, bits)); /* idempotent: codes, and values to the last place */
    c->decode(params, &codec_draw, again, vector_of(n), twice);
    for (size_t i = 0; i < n; i++)
        assert_true(fabsf(twice[i] - back[i]) <= 2 * FLT_EPSILON * fabsf(back[i]));
}

static void nearest_keeps_its_bounds(void **state)
{
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = maxabs(bits, 0);
        for (const size_t *n = codec_lengths; *n; n++)
            check_nearest(params, bits, *n);
        free(params);
    }
}

static void stochastic_is_its_formula(void **state)
{
    static float v[MOST], back[MOST], u[MOST];
    static uint8_t out[4 * MOST];
    const struct codec *c = codec_named("maxabs");
    (void)state;
    codec_gaussian(v, MOST, 7);
    draw_uniform_fill(&codec_draw, u, MOST);
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = maxabs(bits, 1);
        int top = (1 << (bits - 1)) - 1;
        codec_encode(c, params, v, MOST - 1, out);
        c->decode(params, &codec_draw, out, vector_of(MOST - 1), back);
        double scale = head_of(out);
        for (size_t i = 0; i < MOST - 1; i++) {
            int q = (int)fmax(-top, fmin(top, floor(v[i] / scale + u[i])));
            assert_int_equal(code_at(out + 4, i, bits) - top, q);
            assert_true(fabs((double)v[i] - back[i]) < 1.002 * scale); /* decoding rounds to a float */
        }
        struct draw_key other = codec_draw;
        other.round++;
        uint8_t *different = need(c->bytes(params, vector_of(MOST)));
        assert_true(c->encode(params, &other, v, vector_of(MOST - 1), different));
        assert_memory_not_equal(out, different, c->bytes(params, vector_of(MOST - 1)));
        free(different);
        free(params);
    }
}

static void stochastic_is_right_on_average(void **state)
{
    enum { N = 8, KEYS = 100 * 1000 };
    static const float v[N] = {1, -0.3f, 0.01f, -0.001f, 0.5f, 0.77777f, -0.99f, 0};
    const struct codec *c = codec_named("maxabs");
    (void)state;
    for (int bits = 2; bits <= 16; bits += bits == 4 ? 4 : bits == 8 ? 8 : 2) {
        void *params = maxabs(bits, 1);
        double sum[N] = {0}, scale = 0;
        struct draw_key key = codec_draw;
        uint8_t out[4 + 2 * N];
        float back[N];
        for (key.round = 0; key.round < KEYS; key.round++) {
            assert_true(c->encode(params, &key, v, vector_of(N), out));
            c->decode(params, &key, out, vector_of(N), back);
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
    const struct codec *c = codec_named("maxabs");
    const float v[] = {FLT_MAX, -FLT_MAX, 1}, tiny[] = {FLT_TRUE_MIN, -FLT_MIN, 0};
    uint8_t out[16];
    float back[3];
    (void)state;
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++)
        for (int stochastic = 0; stochastic < 2; stochastic++) {
            void *params = maxabs(bits, stochastic);
            codec_encode(c, params, v, 3, out);
            c->decode(params, &codec_draw, out, vector_of(3), back);
            assert_true(isfinite(back[0]) && isfinite(back[1]));
            assert_true(stochastic || (back[0] > 0.999f * FLT_MAX && back[1] < -0.999f * FLT_MAX));
            codec_encode(c, params, tiny, 3, out);
            c->decode(params, &codec_draw, out, vector_of(3), back);
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
    codec_encode(codec_named("numpy_l2"), params, v, 2, out);
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
    float y = (float)((draw_uniform(&codec_draw, i) * 2 - 1) * fmin(1.1 * range, 0.99));
    uint32_t j = draw_below(&codec_draw, i + MOST, 1u << bits);
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
                assert_true(codec_named("numpy_l2")->encode(params, &codec_draw, v, vector_of(2), out));
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
    assert_true(codec_named("numpy_l2")->encode(params, &codec_draw, v, vector_of(16), out));
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
    assert_true(codec_named("numpy_l2")->encode(params, &codec_draw, v, vector_of(2), out));
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
    const struct codec *c = codec_named("numpy_l2");
    (void)state;
    codec_gaussian(v, MOST - 1, 11);
    for (int bits = BITS_LEAST; bits <= BITS_MOST; bits++) {
        void *params = numpy_l2(bits, 1, 1);
        codec_encode(c, params, v, MOST - 1, out);
        c->decode(params, &codec_draw, out, vector_of(MOST - 1), back);
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
        codec_encode(codec_named("numpy_l2"), params, v, 3, out);
        codec_named("numpy_l2")->decode(params, &codec_draw, out, vector_of(3), back);
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
        cmocka_unit_test(every_codec_is_used_here),
        cmocka_unit_test(nan_and_infinity_are_refused),
        cmocka_unit_test(hostile_tensors_come_back_finite),
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
