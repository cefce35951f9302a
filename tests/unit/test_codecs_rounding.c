/* Codecs that round every value: float16, bfloat16, fp4, sign, terngrad, qsgd. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "tests/rigs/codec_rig.h"

enum { MOST = CODEC_MOST, N = MOST - 1 };

static float v[MOST], back[MOST], u[MOST];
static uint8_t out[4 * MOST + 1];

static void *with(const char *codec, struct codec_setting a, struct codec_setting b, struct codec_setting c)
{
    return codec_params(codec_named(codec), (struct codec_setting[]){a, b, c, {NULL, 0}});
}
#define UNSET ((struct codec_setting){NULL, 0})

static float head_of(const uint8_t *wire)
{
    float head;
    memcpy(&head, wire, sizeof head);
    return head;
}

/* Zero stays +0, and a value that is not 0 keeps its sign or becomes 0. */
static void check_signs(const char *codec, const void *params)
{
    codec_gaussian(v, N, 3);
    v[7] = 0;
    v[8] = -0.0f;
    codec_through(codec_named(codec), params, v, N, back);
    for (int i = 0; i < N; i++)
        assert_true(v[i] * back[i] >= 0);
    assert_true(back[7] == 0 && back[8] == 0);
}

/* The mean of KEYS messages of a vector of FEW: within 5 sigma of what is expected, given each value's deviation. */
enum { FEW = 8, KEYS = 100 * 1000 };
static const float few[FEW] = {1, -0.3f, 0.01f, -0.001f, 0.5f, 0.77777f, -0.99f, 0};

static void check_mean(const char *codec, const void *params, const double *expected, const double *sigma)
{
    const struct codec *c = codec_named(codec);
    double sum[FEW] = {0};
    struct draw_key key = codec_draw;
    for (key.round = 0; key.round < KEYS; key.round++) {
        assert_true(c->encode(params, &key, few, vector_of(FEW), out));
        c->decode(params, &key, out, vector_of(FEW), back);
        for (int i = 0; i < FEW; i++)
            sum[i] += back[i];
    }
    for (int i = 0; i < FEW; i++)
        assert_true(fabs(sum[i] / KEYS - expected[i]) <= 5 * sigma[i] / sqrt(KEYS) + 1e-6);
}

/* ---- 16-bit floats ---- */

/* Of a code without its sign; with the largest exponent as if it were one like the others. */
static double value_of(int code, int fraction)
{
    int bias = (1 << (14 - fraction)) - 1, one = 1 << fraction;
    int exponent = code >> fraction, f = code & (one - 1);
    return exponent ? ldexp(one + f, exponent - bias - fraction) : ldexp(f, 1 - bias - fraction);
}

static uint16_t code_of(const char *codec, float x)
{
    uint16_t code;
    codec_encode(codec_named(codec), NULL, &x, 1, out);
    memcpy(&code, out, sizeof code);
    return code;
}

/* By comparison with both neighbours; of two equally near ones the even one. */
static void check_nearest(const char *codec, int fraction, int most, float x)
{
    int code = code_of(codec, x), c = code & 0x7fff;
    double m = fmin(fabs((double)x), value_of(most, fraction)), here = fabs(value_of(c, fraction) - m);
    assert_int_equal(code >> 15, signbit(x) != 0);
    assert_true(c <= most);
    for (int d = -1; d <= 1; d += 2) {
        if (c + d < 0 || c + d > most)
            continue;
        double there = fabs(value_of(c + d, fraction) - m);
        assert_true(here < there || (here == there && c % 2 == 0));
    }
}

static void check_short_floats(const char *codec, int fraction, int most)
{
    assert_int_equal(codec_named(codec)->bytes(NULL, vector_of(1001)), 2002);
    for (int code = 0; code <= most; code++) { /* all of them stay as they are; halves in between are ties */
        if (code && value_of(code, fraction) < FLT_MIN)
            continue; /* no number for this process: sim/base/denormals.h */
        float x = (float)value_of(code, fraction),
              half = (float)((value_of(code, fraction) + value_of(code + 1, fraction)) / 2);
        assert_int_equal(code_of(codec, -x), code | 0x8000);
        codec_through(codec_named(codec), NULL, &x, 1, back);
        assert_memory_equal(back, &x, sizeof x);
        check_nearest(codec, fraction, most, half);
        check_nearest(codec, fraction, most, nextafterf(half, 0));
        check_nearest(codec, fraction, most, nextafterf(half, FLT_MAX));
    }
    for (uint64_t i = 0; i < 20000; i++) {
        uint32_t b = draw_u32(&codec_draw, i);
        float x;
        memcpy(&x, &b, sizeof x);
        if (isnormal(x))
            check_nearest(codec, fraction, most, x);
    }
}

static void short_floats_are_the_nearest(void **state)
{
    (void)state;
    check_short_floats("float16", 10, 0x7bff);
    check_short_floats("bfloat16", 7, 0x7f7f);
}

static void what_is_too_large_becomes_the_largest(void **state)
{
    const float x[] = {65504, 65519.996f, 65520, -1e6f, -FLT_MAX};
    (void)state;
    codec_through(codec_named("float16"), NULL, x, 5, back);
    for (int i = 0; i < 5; i++)
        assert_true(back[i] == copysignf(65504, x[i]));
    codec_through(codec_named("bfloat16"), NULL, x + 4, 1, back);
    assert_true(back[0] == -0x1.fep127f);
}

/* ---- fp4 ---- */

/* In a tensor with the largest magnitude 8: every value that can be sent, and the middle between two of them. */
static void fp4_is_the_nearest_and_a_tie_the_even_code(void **state)
{
    static const float middle[] = {0.0625f, 0.1875f, 0.375f, 0.75f, 1.5f, 3, 6},
                       even[] = {0, 0.25f, 0.25f, 1, 1, 4, 4};
    const struct codec *c = codec_named("fp4");
    (void)state;
    for (int i = 0; i < 7; i++) {
        const float power = ldexpf(8, i - 6), below = nextafterf(middle[i], 0),
                    above = nextafterf(middle[i], 9);
        const float x[] = {8, power, -power, middle[i], -middle[i], below, -below, above, -above};
        codec_through(c, NULL, x, 9, back);
        const float lower = i ? ldexpf(8, i - 7) : 0;
        const float expected[] = {8, power, -power, even[i], -even[i], lower, -lower, power, -power};
        for (int j = 0; j < 9; j++)
            assert_true(back[j] == expected[j]);
        assert_false(signbit(back[4]) && even[i] == 0); /* 0 has no sign */
    }
}

static void fp4_has_the_documented_bytes_and_codes(void **state)
{
    const float x[] = {-3, 3, 0, -0.0f, 1.5f, -0.75f, 0.046875f};
    const uint8_t codes[] = {0xf | 7 << 4, 0, 6 | 0xd << 4, 1};
    (void)state;
    for (const size_t *n = codec_lengths; *n; n++)
        assert_int_equal(codec_named("fp4")->bytes(NULL, vector_of(*n)), 4 + (*n + 1) / 2);
    codec_encode(codec_named("fp4"), NULL, x, 7, out);
    assert_true(head_of(out) == 3);
    assert_memory_equal(out + 4, codes, sizeof codes);
}

static void fp4_keeps_its_bounds(void **state)
{
    (void)state;
    check_signs("fp4", NULL);
    for (const size_t *n = codec_lengths; *n; n++) {
        double most = 0;
        codec_gaussian(v, *n, *n);
        codec_through(codec_named("fp4"), NULL, v, *n, back);
        for (size_t i = 0; i < *n; i++)
            most = fmax(most, fabs((double)v[i]));
        for (size_t i = 0; i < *n; i++) {
            assert_true(fabs((double)v[i] - back[i]) <= fmax(fabs((double)v[i]) / 3, most / 128) * 1.000001);
            assert_true(fabs((double)v[i]) < most || back[i] == v[i]);
        }
        codec_through(codec_named("fp4"), NULL, back, *n, u); /* what has come back stays as it is */
        assert_memory_equal(back, u, *n * sizeof *u);
    }
}

/* ---- sign ---- */

static void signs_are_one_bit_each(void **state)
{
    const struct codec *c = codec_named("sign");
    (void)state;
    codec_gaussian(v, N, 1);
    v[0] = 0;
    v[1] = -0.0f;
    for (int scale = 0; scale < 2; scale++) {
        void *params = with("sign", (struct codec_setting){"scale", scale}, UNSET, UNSET);
        for (const size_t *n = codec_lengths; *n; n++) {
            double sum = 0;
            for (size_t i = 0; i < *n; i++)
                sum += fabs((double)v[i]);
            float unit = scale ? 1 : (float)(sum / (double)*n);
            assert_int_equal(c->bytes(params, vector_of(*n)), (*n + 7) / 8 + (scale ? 0 : 4));
            codec_through(c, params, v, *n, back);
            for (size_t i = 0; i < *n; i++) {
                assert_true(fabsf(fabsf(back[i]) - unit) <= FLT_EPSILON * unit);
                assert_int_equal(back[i] < 0, v[i] < 0 && unit > 0);
            }
        }
        free(params);
    }
}

/* Signs up, the sign of their sum down. */
static void the_majority_wins_and_a_tie_is_plus(void **state)
{
    const float worker[3][4] = {{1, -2, -0.1f, 0}, {3, -1, 5, -2}, {-9, 7, -1, -3}};
    void *params = with("sign", (struct codec_setting){"scale", 1}, UNSET, UNSET);
    float sum[4] = {0}, vote[4];
    const float of_two[] = {1, -1, 1, 1}, of_three[] = {1, -1, -1, -1};
    (void)state;
    for (int w = 0; w < 3; w++) {
        codec_through(codec_named("sign"), params, worker[w], 4, back);
        for (int i = 0; i < 4; i++)
            sum[i] += back[i];
        codec_through(codec_named("sign"), params, sum, 4, vote);
        assert_memory_equal(vote, w == 0 ? back : w == 1 ? of_two : of_three, sizeof vote);
    }
    free(params);
}

/* ---- terngrad ---- */

static double deviation(const float *x, int n)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / n);
}

static void terngrad_has_three_values(void **state)
{
    const struct codec *c = codec_named("terngrad");
    (void)state;
    draw_uniform_fill(&codec_draw, u, N);
    for (int clip = 0; clip <= 3; clip++) {
        void *params = with("terngrad", (struct codec_setting){"clip", clip}, UNSET, UNSET);
        check_signs("terngrad", params);
        codec_encode(c, params, v, N, out);
        double s = head_of(out), most = 0, limit = clip * deviation(v, N);
        for (int i = 0; i < N; i++)
            most = fmax(most, fabs((double)v[i]));
        assert_true(fabs(s - (clip ? fmin(limit, most) : most)) <= 1e-6 * s);
        for (int i = 0; i < N; i++) {
            double p = fabs(v[i] / s);
            assert_true(back[i] == 0 || fabsf(back[i]) == (float)s);
            assert_true(fabs(u[i] - p) < 1e-6 || (back[i] != 0) == (u[i] < p));
        }
        free(params);
    }
    void *params = codec_params(c, NULL);
    for (const size_t *n = codec_lengths; *n; n++)
        assert_int_equal(c->bytes(params, vector_of(*n)), 4 + (*n * 2 + 7) / 8);
    free(params);
}

static void terngrad_clips_nothing_where_all_are_equal(void **state)
{
    void *params = codec_params(codec_named("terngrad"), NULL);
    (void)state;
    for (const size_t *n = codec_lengths; *n; n++) {
        for (size_t i = 0; i < *n; i++)
            v[i] = -0.75f;
        codec_through(codec_named("terngrad"), params, v, *n, back);
        assert_memory_equal(v, back, *n * sizeof *v);
    }
    free(params);
}

static void terngrad_is_right_on_average(void **state)
{
    (void)state;
    for (int clip = 0; clip < 2; clip++) { /* 1: what is clipped comes back clipped */
        void *params = with("terngrad", (struct codec_setting){"clip", clip}, UNSET, UNSET);
        double s = clip ? deviation(few, FEW) : 1, expected[FEW], sigma[FEW];
        for (int i = 0; i < FEW; i++) {
            double p = fmin(fabs(few[i] / s), 1);
            expected[i] = copysign(p * s, few[i]);
            sigma[i] = s * sqrt(p * (1 - p));
        }
        check_mean("terngrad", params, expected, sigma);
        free(params);
    }
}

/* ---- qsgd ---- */

static void *qsgd(int levels, int bucket, int max)
{
    return with("qsgd", (struct codec_setting){"levels", levels}, (struct codec_setting){"bucket", bucket},
                (struct codec_setting){"norm", max});
}

static double norm_of(const float *x, size_t n, int max)
{
    double most = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)x[i]));
        squares += (double)x[i] * x[i];
    }
    return max ? most : sqrt(squares);
}

static const int some_levels[] = {1, 2, 3, 4, 7, 8, 100, 127, 1000, 32767, 0};
static const int some_buckets[] = {1, 7, 8, 512, 1000, 1024, 1500, 1000000, 0};

static void qsgd_has_the_documented_bytes(void **state)
{
    (void)state;
    for (const int *s = some_levels; *s; s++)
        for (const int *b = some_buckets; *b; b++) {
            void *params = qsgd(*s, *b, 0);
            size_t bits = (size_t)fmax(2, ceil(log2(2 * *s + 1)));
            for (const size_t *n = codec_lengths; *n; n++)
                assert_int_equal(codec_named("qsgd")->bytes(params, vector_of(*n)),
                                 4 * ((*n + (size_t)*b - 1) / (size_t)*b) + (*n * bits + 7) / 8);
            free(params);
        }
}

static void check_qsgd(int levels, size_t bucket, int max)
{
    void *params = qsgd(levels, (int)bucket, max);
    check_signs("qsgd", params);
    for (size_t first = 0; first < N; first += bucket) {
        size_t n = N - first < bucket ? N - first : bucket;
        double norm = norm_of(v + first, n, max), step = norm / levels, slack = 1e-6 * levels + 1e-6;
        for (size_t i = first; i < first + n; i++) {
            double x = norm > 0 ? fabs((double)v[i]) / step : 0,
                   l = norm > 0 ? fabs((double)back[i]) / step : 0;
            double above = fmin(floor(x) + (u[i] < x - floor(x)), levels);
            bool narrow = fabs(u[i] - (x - floor(x))) < slack || fabs(x - rint(x)) < slack;
            assert_true(fabs(l - rint(l)) <= slack && fabs(l - x) < 1 + slack);
            assert_true(narrow || fabs(l - above) <= slack);
        }
    }
    free(params);
}

static void qsgd_is_its_formula(void **state)
{
    (void)state;
    draw_uniform_fill(&codec_draw, u, N);
    for (const int *s = some_levels; *s; s++)
        for (const int *b = some_buckets; *b; b++)
            for (int max = 0; max < 2; max++)
                check_qsgd(*s, (size_t)*b, max);
}

static void qsgd_is_right_on_average(void **state)
{
    (void)state;
    for (int levels = 1; levels <= 7; levels += 3)
        for (int max = 0; max < 2; max++) {
            void *params = qsgd(levels, 512, max);
            double norm = norm_of(few, FEW, max), expected[FEW], sigma[FEW], variance = 0;
            for (int i = 0; i < FEW; i++) {
                double x = fabs((double)few[i]) * levels / norm, f = x - floor(x);
                expected[i] = few[i];
                sigma[i] = norm / levels * sqrt(f * (1 - f));
                variance += sigma[i] * sigma[i];
            }
            check_mean("qsgd", params, expected, sigma);
            double bound = fmin((double)FEW / (levels * levels), sqrt(FEW) / levels);
            assert_true(max || variance <= bound * norm * norm); /* the theorem's */
            free(params);
        }
}

static void qsgd_keeps_the_bound_of_its_error(void **state)
{
    (void)state;
    codec_gaussian(v, N, 9);
    for (const int *s = some_levels; *s; s++) {
        void *params = qsgd(*s, N, 0);
        double squares = 0, norm = norm_of(v, N, 0), bound = fmin((double)N / *s / *s, sqrt(N) / *s);
        codec_through(codec_named("qsgd"), params, v, N, back);
        for (int i = 0; i < N; i++)
            squares += ((double)back[i] - v[i]) * ((double)back[i] - v[i]);
        assert_true(squares <= bound * norm * norm);
        free(params);
    }
}

static void a_bucket_minds_its_own_norm(void **state)
{
    static float other[MOST];
    void *params = qsgd(7, 100, 1);
    (void)state;
    codec_gaussian(v, N, 5);
    memcpy(other, v, sizeof other);
    other[150] = 1000;
    codec_through(codec_named("qsgd"), params, v, N, back);
    codec_through(codec_named("qsgd"), params, other, N, u);
    assert_memory_equal(back, u, 100 * sizeof *u);
    assert_memory_equal(back + 200, u + 200, (N - 200) * sizeof *u);
    assert_true(u[150] == 1000); /* the largest comes back bit for bit */
    free(params);
}

static void an_l2_norm_may_be_too_large(void **state)
{
    const float x[] = {FLT_MAX, FLT_MAX};
    void *l2 = qsgd(7, 2, 0), *apart = qsgd(7, 1, 0), *max = qsgd(7, 2, 1);
    (void)state;
    assert_false(codec_named("qsgd")->encode(l2, &codec_draw, x, vector_of(2), out));
    codec_through(codec_named("qsgd"), apart, x, 2, back);
    assert_memory_equal(back, x, sizeof x);
    codec_through(codec_named("qsgd"), max, x, 2, back);
    assert_memory_equal(back, x, sizeof x);
    free(l2);
    free(apart);
    free(max);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_floats_are_the_nearest),
        cmocka_unit_test(what_is_too_large_becomes_the_largest),
        cmocka_unit_test(fp4_is_the_nearest_and_a_tie_the_even_code),
        cmocka_unit_test(fp4_has_the_documented_bytes_and_codes),
        cmocka_unit_test(fp4_keeps_its_bounds),
        cmocka_unit_test(signs_are_one_bit_each),
        cmocka_unit_test(the_majority_wins_and_a_tie_is_plus),
        cmocka_unit_test(terngrad_has_three_values),
        cmocka_unit_test(terngrad_clips_nothing_where_all_are_equal),
        cmocka_unit_test(terngrad_is_right_on_average),
        cmocka_unit_test(qsgd_has_the_documented_bytes),
        cmocka_unit_test(qsgd_is_its_formula),
        cmocka_unit_test(qsgd_is_right_on_average),
        cmocka_unit_test(qsgd_keeps_the_bound_of_its_error),
        cmocka_unit_test(a_bucket_minds_its_own_norm),
        cmocka_unit_test(an_l2_norm_may_be_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
