/* Codecs that send some values and not the others: topk, randomk. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/coding.h"
#include "sim/base/vec.h"
#include "tests/rigs/codec_rig.h"

enum { MOST = CODEC_MOST, N = MOST - 1 };

static float v[MOST], back[MOST];
static uint8_t out[8 * MOST + 5];

static const double ratios[] = {1e-9, 0.001, 0.01, 0.29, 0.5, 0.999, 1, 0};

static void *topk(double ratio)
{
    return codec_params(codec_named("topk"), (struct codec_setting[]){{"ratio", ratio}, {NULL, 0}});
}

static void *randomk(double ratio, int own, int scale)
{
    return codec_params(
        codec_named("randomk"),
        (struct codec_setting[]){{"ratio", ratio}, {"mask", own}, {"scale", scale}, {NULL, 0}});
}

static size_t k_of(double ratio, size_t n)
{
    return (size_t)fmax(1, floor(ratio * (double)n + 1e-9)); /* 0.7 of 1440 is no 1007.9999999999999 */
}

/* ---- both ---- */

static void bytes_are_the_closed_form(void **state)
{
    (void)state;
    for (const double *ratio = ratios; *ratio > 0; ratio++) {
        void *top = topk(*ratio), *random = randomk(*ratio, 0, 0);
        for (const size_t *n = codec_lengths; *n; n++) {
            assert_int_equal(codec_named("topk")->bytes(top, vector_of(*n)), 8 * k_of(*ratio, *n) + 4);
            assert_int_equal(codec_named("randomk")->bytes(random, vector_of(*n)), 4 * k_of(*ratio, *n));
        }
        free(top);
        free(random);
    }
}

/* Products that come out below a whole number in doubles. */
static void a_ratio_is_the_decimal_that_it_is(void **state)
{
    static const struct {
        double ratio;
        size_t n, k;
    } seen[] = {{0.7, 1440, 1008}, {0.29, 100, 29}, {0.57, 100, 57}, {0.001, 1009000, 1009}};
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        void *top = topk(seen[i].ratio), *random = randomk(seen[i].ratio, 0, 0);
        assert_int_equal(codec_named("topk")->bytes(top, vector_of(seen[i].n)), 8 * seen[i].k + 4);
        assert_int_equal(codec_named("randomk")->bytes(random, vector_of(seen[i].n)), 4 * seen[i].k);
        free(top);
        free(random);
    }
}

/* Bit for bit, -0 too. */
static void ratio_1_is_the_identity(void **state)
{
    const char *const names[] = {"topk", "randomk", "randomk", "randomk"};
    void *params[] = {topk(1), randomk(1, 0, 0), randomk(1, 1, 0), randomk(1, 0, 1)};
    (void)state;
    codec_gaussian(v, N, 1);
    v[0] = -0.0f;
    v[3] = FLT_MIN; /* the smallest: what is below is zero, sim/base/denormals.h */
    v[4] = -FLT_MAX;
    for (int c = 0; c < 4; c++) {
        for (const size_t *n = codec_lengths; *n; n++) {
            codec_through(codec_named(names[c]), params[c], v, *n, back);
            assert_memory_equal(back, v, *n * sizeof *v);
        }
        free(params[c]);
    }
}

/* Message after message with error feedback: each value is either sent or kept, and that bit for bit. */
static void check_nothing_is_rounded(const char *name, void *params)
{
    static float residual[N], p[N];
    const size_t n = N;
    const struct coding c = {
        .codec = codec_named(name), .params = params, .tensors = 1, .tensor = &n, .error_feedback = true};
    size_t k = 0;
    memset(residual, 0, sizeof residual);
    for (int64_t round = 0; round < 20; round++) {
        struct draw_key key = coding_key(1, 0, round);
        int bad;
        codec_gaussian(v, N, (uint64_t)round);
        assert_true(coding_encode(&c, &key, v, residual, p, out, &bad));
        coding_decode(&c, &key, out, back);
        for (int i = 0; i < N; i++) {
            assert_true(back[i] == p[i] || back[i] == 0);
            assert_true(residual[i] == (back[i] == p[i] ? 0 : p[i]));
            k += back[i] != 0;
        }
    }
    assert_int_equal(k, 20 * k_of(0.29, N));
    free(params);
}

static void what_is_not_sent_is_left(void **state)
{
    (void)state;
    check_nothing_is_rounded("topk", topk(0.29));
    check_nothing_is_rounded("randomk", randomk(0.29, 0, 0));
    check_nothing_is_rounded("randomk", randomk(0.29, 1, 0));
}

/* ---- topk ---- */

static void *warming_topk(double ratio, int warmup)
{
    return codec_params(codec_named("topk"),
                        (struct codec_setting[]){{"ratio", ratio}, {"warmup", warmup}, {NULL, 0}});
}

/* 75, 93.75, 98.4375 and 99.609375 % are left out, and then what ratio says; never less than that is sent. */
static void it_warms_up(void **state)
{
    static const struct {
        int64_t message, least_k, most_k; /* of 4096 values, with ratio 0.001 and 0.02 */
    } seen[] = {{0, 1024, 1024}, {24, 1024, 1024}, {25, 256, 256}, {49, 256, 256}, {50, 64, 81},
                {74, 64, 81},    {75, 16, 81},     {99, 16, 81},   {100, 4, 81},   {INT64_MAX, 4, 81}};
    const size_t n = 4096;
    void *least = warming_topk(0.001, 100), *most = warming_topk(0.02, 100), *odd = warming_topk(0.001, 3);
    struct coding c = {.codec = codec_named("topk"), .params = least, .tensors = 1, .tensor = &n};
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        struct extent t = {.n = n, .rows = 1, .message = seen[i].message};
        assert_int_equal(c.codec->bytes(least, t), 4 + 8 * seen[i].least_k);
        assert_int_equal(c.codec->bytes(most, t), 4 + 8 * seen[i].most_k);
        assert_int_equal(coding_bytes(&c, seen[i].message), 4 + 8 * seen[i].least_k);
    }
    assert_true(coding_resizes(&c));
    c.params = odd; /* shareds that are no whole messages */
    for (int64_t message = 0; message < 5; message++)
        assert_true(coding_bytes(&c, message + 1) <= coding_bytes(&c, message));
    assert_int_equal(coding_bytes(&c, 3), 4 + 8 * 4);
    c.params = topk(0.25); /* nothing to warm up to */
    assert_false(coding_resizes(&c));
    free((void *)c.params);
    free(least);
    free(most);
    free(odd);
}

/* Message after message: each k is that of its number, and what is left comes later. */
static void warm_messages_are_read_by_their_number(void **state)
{
    static float residual[N], p[N];
    const size_t n = N;
    void *params = warming_topk(0.002, 8);
    const struct coding c = {
        .codec = codec_named("topk"), .params = params, .tensors = 1, .tensor = &n, .error_feedback = true};
    static const double part[] = {0.25,     0.25,       0.0625,     0.0625, 0.015625,
                                  0.015625, 0.00390625, 0.00390625, 0.002};
    (void)state;
    memset(residual, 0, sizeof residual);
    for (size_t message = 0; message < sizeof part / sizeof *part; message++) {
        struct draw_key key = coding_key(1, 0, (int64_t)message);
        size_t k = 0;
        int bad;
        codec_gaussian(v, N, message);
        assert_true(coding_encode(&c, &key, v, residual, p, out, &bad));
        coding_decode(&c, &key, out, back);
        for (int i = 0; i < N; i++)
            k += back[i] != 0;
        assert_int_equal(k, k_of(part[message], N));
    }
    free(params);
}

/* By its bits: a comparison of floats takes denormals for zeros (sim/base/denormals.h). */
static uint32_t magnitude_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & INT32_MAX;
}

static int by_magnitude_then_index(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    uint32_t x = magnitude_of(v[i]), y = magnitude_of(v[j]);
    return x != y ? (x < y) - (x > y) : (i > j) - (i < j);
}

/* The wire against a sort. */
static void check_against_sort(double ratio, size_t n)
{
    static size_t order[MOST];
    static float expected[MOST];
    void *params = topk(ratio);
    uint32_t count, index, before = 0;
    size_t k = k_of(ratio, n);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    qsort(order, n, sizeof *order, by_magnitude_then_index);
    memset(expected, 0, sizeof expected);
    for (size_t i = 0; i < k; i++)
        expected[order[i]] = v[order[i]];
    codec_through(codec_named("topk"), params, v, n, back);
    assert_memory_equal(back, expected, n * sizeof *v);
    codec_encode(codec_named("topk"), params, v, n, out);
    memcpy(&count, out, sizeof count);
    assert_int_equal(count, k);
    for (size_t i = 0; i < k; i++) { /* in the order of the tensor */
        memcpy(&index, out + 4 + 8 * i, sizeof index);
        assert_true(i == 0 || index > before);
        assert_memory_equal(out + 8 + 8 * i, &v[index], sizeof *v);
        before = index;
    }
    free(params);
}

static void topk_is_what_a_sort_finds(void **state)
{
    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        codec_gaussian(v, N, 2);
        for (size_t i = 0; i < N; i++) {
            uint32_t b = draw_u32(&codec_draw, i) & ~(1u << 30); /* of any exponent below 2 */
            if (kind == 1)                                       /* many ties */
                v[i] = rintf(v[i] * 200);
            else if (kind == 2)
                v[i] = i % 2 ? -1 : 1;
            else if (kind == 3)
                v[i] = 0;
            else if (kind == 4)
                memcpy(&v[i], &b, sizeof b);
            else if (kind == 5)
                v[i] = (float)(b % 100) * FLT_TRUE_MIN - (i == 70 ? FLT_MAX : 0);
        }
        for (const double *ratio = ratios; *ratio > 0; ratio++)
            for (const size_t *n = codec_lengths; *n; n++)
                check_against_sort(*ratio, *n);
    }
}

/* A count beyond what fits and indices beyond the tensor are passed over. */
static void topk_survives_any_bytes(void **state)
{
    void *params = topk(0.5);
    const uint32_t wire[] = {UINT32_MAX, 2, 0x3f800000, 4, 0x40000000};
    float four[5] = {7, 7, 7, 7, 7};
    const float expected[] = {0, 0, 1, 0, 7};
    (void)state;
    codec_named("topk")->decode(params, &codec_draw, (const uint8_t *)wire, vector_of(4), four);
    assert_memory_equal(four, expected, sizeof four);
    free(params);
}

/* ---- randomk ---- */

/* Which of n ones come back. */
static void mask_of(const void *params, const struct draw_key *key, size_t n, float *mask)
{
    for (size_t i = 0; i < n; i++)
        v[i] = 1;
    assert_true(codec_named("randomk")->encode(params, key, v, vector_of(n), out));
    codec_named("randomk")->decode(params, key, out, vector_of(n), mask);
}

static void randomk_sends_exactly_k(void **state)
{
    (void)state;
    for (const double *ratio = ratios; *ratio > 0; ratio++)
        for (int own = 0; own < 2; own++) {
            void *params = randomk(*ratio, own, 0);
            for (const size_t *n = codec_lengths; *n; n++) {
                size_t k = 0;
                mask_of(params, &codec_draw, *n, back);
                for (size_t i = 0; i < *n; i++)
                    k += back[i] == 1;
                assert_int_equal(k, k_of(*ratio, *n));
            }
            free(params);
        }
}

static bool equal_masks(const void *params, const struct draw_key *a, const struct draw_key *b)
{
    static float other[MOST];
    mask_of(params, a, N, back);
    mask_of(params, b, N, other);
    return !memcmp(back, other, N * sizeof *back);
}

/* Of the third push of two workers, and of the reply to it. */
static void a_shared_mask_is_one_for_a_round(void **state)
{
    struct draw_key first = coding_key(1, 0, 2), second = coding_key(1, 1, 2),
                    reply = coding_key(1, CODING_SERVER, 3 - 1), next = coding_key(1, 0, 3),
                    seed = coding_key(2, 0, 2), tensor = first;
    (void)state;
    tensor.iteration++;
    for (int own = 0; own < 2; own++) {
        void *params = randomk(0.1, own, 0);
        assert_true(equal_masks(params, &first, &first));
        assert_int_equal(equal_masks(params, &first, &second), !own);
        assert_int_equal(equal_masks(params, &first, &reply), !own);
        assert_false(equal_masks(params, &first, &next));
        assert_false(equal_masks(params, &first, &seed));
        assert_false(equal_masks(params, &first, &tensor));
        free(params);
    }
}

/* Every element, and every pair, as often as it should be within 5 sigma. */
static void every_set_is_as_probable(void **state)
{
    enum { FEW = 10, K = 3, KEYS = 100 * 1000 };
    static int pairs[FEW][FEW];
    void *params = randomk(0.3, 0, 0);
    struct draw_key key = codec_draw;
    (void)state;
    for (key.round = 0; key.round < KEYS; key.round++) {
        mask_of(params, &key, FEW, back);
        for (int i = 0; i < FEW; i++)
            for (int j = 0; j < FEW; j++)
                pairs[i][j] += back[i] == 1 && back[j] == 1;
    }
    for (int i = 0; i < FEW; i++)
        for (int j = 0; j < FEW; j++) {
            double p = i == j ? (double)K / FEW : (double)K * (K - 1) / (FEW * (FEW - 1));
            assert_true(fabs(pairs[i][j] - KEYS * p) <= 5 * sqrt(KEYS * p * (1 - p)));
        }
    free(params);
}

static void scaled_it_is_right_on_average(void **state)
{
    enum { FEW = 11, KEYS = 100 * 1000 }; /* k = 3: the factor is 11 / 3, not 1 / 0.3 */
    double sum[FEW] = {0}, part = 3.0 / FEW;
    float few[FEW];
    void *params = randomk(0.3, 1, 1);
    struct draw_key key = codec_draw;
    (void)state;
    codec_gaussian(few, FEW, 4);
    for (key.round = 0; key.round < KEYS; key.round++) {
        assert_true(codec_named("randomk")->encode(params, &key, few, vector_of(FEW), out));
        codec_named("randomk")->decode(params, &key, out, vector_of(FEW), back);
        for (int i = 0; i < FEW; i++)
            sum[i] += back[i];
    }
    for (int i = 0; i < FEW; i++)
        assert_true(fabs(sum[i] / KEYS - few[i]) <= 5 * fabsf(few[i]) * sqrt((1 / part - 1) / KEYS));
    free(params);
}

static void what_cannot_be_scaled_is_refused(void **state)
{
    const float x[] = {FLT_MAX, 1, 1, 1};
    void *plain = randomk(0.5, 0, 0), *scaled = randomk(0.5, 0, 1);
    (void)state;
    assert_true(codec_named("randomk")->encode(plain, &codec_draw, x, vector_of(4), out));
    assert_false(codec_named("randomk")->encode(scaled, &codec_draw, x, vector_of(4), out));
    free(plain);
    free(scaled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_the_closed_form),
        cmocka_unit_test(a_ratio_is_the_decimal_that_it_is),
        cmocka_unit_test(ratio_1_is_the_identity),
        cmocka_unit_test(what_is_not_sent_is_left),
        cmocka_unit_test(it_warms_up),
        cmocka_unit_test(warm_messages_are_read_by_their_number),
        cmocka_unit_test(topk_is_what_a_sort_finds),
        cmocka_unit_test(topk_survives_any_bytes),
        cmocka_unit_test(randomk_sends_exactly_k),
        cmocka_unit_test(a_shared_mask_is_one_for_a_round),
        cmocka_unit_test(every_set_is_as_probable),
        cmocka_unit_test(scaled_it_is_right_on_average),
        cmocka_unit_test(what_cannot_be_scaled_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
