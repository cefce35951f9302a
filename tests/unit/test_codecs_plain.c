/* Codecs that work on many values at once give the bytes of plain loops over one value after the other. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/factors.h"
#include "sim/base/fail.h"
#include "sim/base/norms.h"
#include "sim/base/part.h"
#include "tests/rigs/codec_rig.h"

enum { MOST = 40001 }; /* topk takes a sample of tensors from 16384 values on */

static float v[MOST];
static uint8_t plain[8 * MOST + 5], fast[8 * MOST + 5];

static const size_t lengths[] = {1, 7, 8, 9, 15, 17, 255, 1023, 1024, 1025, 2047, 5000, 16383, 16384, MOST};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* ---- what is coded ---- */

static float of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

enum { NOISE, TIES, ANYTHING, ZEROS, ONE_LARGE, SMALL, KINDS };

static float value_of(int kind, size_t i)
{
    const struct draw_key key = {.seed = 77, .purpose = DRAW_SYNTHETIC, .rank = kind};
    uint32_t word = draw_u32(&key, i);
    float noise = (float)((int)(word >> 8) - (1 << 23)) * 0x1p-30f;
    switch (kind) {
    case TIES:
        return (float)((int)(word % 7) - 3) * 0.125f;
    case ANYTHING:
        return of_bits(word & ~(1u << 30)); /* of any exponent below 2: denormals, too */
    case ZEROS:
        return i % 97 == 3 ? noise : i % 2 ? -0.0f : 0;
    case ONE_LARGE:
        return i == 5 ? -1e6f : noise;
    case SMALL:
        return noise * 1e-33f;
    default:
        return i % 16 == 5 ? 0 : noise * (float)(1 + i / 4096 % 5);
    }
}

static void fill(int kind, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] = value_of(kind, i);
}

/* ---- plain loops ---- */

static void put_code(uint8_t *row, size_t i, int bits, unsigned code)
{
    for (int b = 0; b < bits; b++) {
        size_t k = i * (size_t)bits + (size_t)b;
        row[k / 8] |= (uint8_t)((code >> b & 1) << k % 8);
    }
}

static float uniform(size_t i)
{
    return (float)(draw_u32(&codec_draw, i) >> 8) * 0x1p-24f;
}

static void head(float x, uint8_t *out)
{
    memcpy(out, &x, sizeof x);
}

static void plain_qsgd(size_t n, int levels, size_t bucket, bool max, int bits)
{
    uint8_t *row = plain + 4 * ((n - 1) / bucket + 1);
    for (size_t i = 0; i < n; i++) {
        size_t first = i / bucket * bucket, run = n - first < bucket ? n - first : bucket;
        float norm = max ? norm_max(v + first, run) : (float)norm_l2(v + first, run);
        float x = fabsf(v[i]) / (norm > 0 ? norm : INFINITY) * (float)levels, below = floorf(x);
        int l = (int)fminf(below + (float)(uniform(i) < x - below), (float)levels);
        head(norm, plain + 4 * (i / bucket));
        put_code(row, i, bits, (unsigned)(levels + (v[i] < 0 ? -l : l)));
    }
}

static void plain_terngrad(size_t n, double clip)
{
    double limit = clip > 0 ? clip * norm_deviation(v, n) : 0;
    float most = norm_max(v, n), scale = limit > 0 && limit < most ? (float)limit : most;
    head(scale, plain);
    for (size_t i = 0; i < n; i++) {
        int b = uniform(i) < fabsf(v[i]) / (scale > 0 ? scale : INFINITY);
        put_code(plain + 4, i, 2, (unsigned)(1 + (v[i] < 0 ? -b : b)));
    }
}

static void plain_maxabs(size_t n, int bits, bool stochastic)
{
    int L = (1 << (bits - 1)) - 1;
    float scale = norm_max(v, n) / (float)L, step = scale > 0 ? scale : INFINITY;
    head(scale, plain);
    for (size_t i = 0; i < n; i++) {
        double q = stochastic ? floor((double)v[i] / step + (double)uniform(i)) : (double)rintf(v[i] / step);
        put_code(plain + 4, i, bits, (unsigned)((int)fmax(-L, fmin(L, q)) + L));
    }
}

static double edge(double range, int bits, double j)
{
    return range * (2 * j / (1 << bits) - 1);
}

static void plain_numpy_l2(size_t n, int bits, double range, bool wrap)
{
    int count = 1 << bits;
    float norm = (float)norm_l2(v, n);
    head(norm, plain);
    for (size_t i = 0; i < n && norm > 0; i++) {
        double y = (double)(v[i] / norm);
        int c = 0, above = count; /* edges below c are <= y, edges from `above` on are not */
        while (c < above) {
            int middle = (c + above) / 2;
            if (edge(range, bits, middle) <= y)
                c = middle + 1;
            else
                above = middle;
        }
        put_code(plain + 4, i, bits, (unsigned)(c < count ? c : wrap ? 0 : count - 1));
    }
}

static void plain_sign(size_t n)
{
    head((float)(norm_l1(v, n) / (double)n), plain);
    for (size_t i = 0; i < n; i++)
        put_code(plain + 4, i, 1, v[i] < 0);
}

/* Of 0 and the powers 2^-6 .. 1 the nearest; of two equally near ones that with the even number. */
static unsigned nearest_power(float q)
{
    unsigned best = 0;
    for (unsigned c = 1; c < 8; c++) {
        double here = fabs(ldexp(1, (int)c - 7) - q), there = fabs((best ? ldexp(1, (int)best - 7) : 0) - q);
        if (here < there || (here == there && c % 2 == 0))
            best = c;
    }
    return best;
}

static void plain_fp4(size_t n)
{
    float scale = norm_max(v, n);
    head(scale, plain);
    for (size_t i = 0; i < n; i++) {
        unsigned c = nearest_power(fabsf(v[i]) / (scale > 0 ? scale : INFINITY));
        put_code(plain + 4, i, 4, c ? c | (v[i] < 0 ? 8u : 0) : 0);
    }
}

static uint32_t magnitude_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & INT32_MAX;
}

static int larger(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

static void plain_topk(size_t n, uint32_t k)
{
    static uint32_t sorted[MOST];
    size_t equals = 0;
    uint8_t *out = plain + 4;
    for (size_t i = 0; i < n; i++)
        sorted[i] = magnitude_of(v[i]);
    qsort(sorted, n, sizeof *sorted, larger);
    for (size_t i = 0; i < k; i++)
        equals += sorted[i] == sorted[k - 1];
    memcpy(plain, &k, sizeof k);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t m = magnitude_of(v[i]);
        if (m < sorted[k - 1] || (m == sorted[k - 1] && equals == 0))
            continue;
        equals -= m == sorted[k - 1];
        memcpy(out, &i, sizeof i);
        head(v[i], out + 4);
        out += 8;
    }
}

static void plain_randomk(size_t n, size_t k)
{
    const volatile float factor = 1; /* a product, and so a denormal is 0: sim/base/denormals.h */
    uint8_t *out = plain;
    for (size_t i = 0, left = k; left > 0; i++) {
        if ((uint64_t)draw_u32(&codec_draw, i) * (n - i) >> 32 >= left)
            continue;
        head(v[i] * factor, out);
        out += 4;
        left--;
    }
}

/* ---- both ---- */

static void expect_plain(const char *name, const struct codec_setting *set, struct extent t)
{
    const struct codec *c = codec_named(name);
    void *params = codec_params(c, set);
    size_t bytes = c->bytes(params, t);
    fast[bytes] = CODEC_GUARD;
    assert_true(c->encode(params, &codec_draw, v, t, fast));
    assert_int_equal(fast[bytes], CODEC_GUARD);
    if (memcmp(fast, plain, bytes) != 0)
        fail_msg("%s, %zu values: other bytes than those of the plain loop", name, t.n);
    free(params);
    memset(plain, 0, sizeof plain);
}

#define SET(...) ((struct codec_setting[]){__VA_ARGS__, {NULL, 0}})

static void check_drawn(struct extent t)
{
    static const int levels[] = {1, 7, 100, 32767}, width[] = {2, 4, 8, 16};
    for (int i = 0; i < 4; i++)
        for (int max = 0; max < 2; max++) {
            size_t bucket = i % 2 ? 512 : 37;
            plain_qsgd(t.n, levels[i], bucket, max, width[i]);
            expect_plain("qsgd", SET({"levels", levels[i]}, {"bucket", (double)bucket}, {"norm", max}), t);
        }
    for (int clip = 0; clip < 3; clip++) {
        plain_terngrad(t.n, clip);
        expect_plain("terngrad", SET({"clip", clip}), t);
    }
    for (int bits = 2; bits <= 16; bits += 3)
        for (int stochastic = 0; stochastic < 2; stochastic++) {
            plain_maxabs(t.n, bits, stochastic);
            expect_plain("maxabs", SET({"bits", bits}, {"rounding", stochastic}), t);
        }
}

static void check_others(struct extent t)
{
    static const double ranges[] = {1, 0.5, 0x1p-20, 4, 1024, 0.05, 0.3, 3};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
        for (int bits = 2; bits <= 16; bits += 7)
            for (int wrap = 0; wrap < 2; wrap++) {
                plain_numpy_l2(t.n, bits, ranges[r], wrap);
                expect_plain("numpy_l2", SET({"bits", bits}, {"range", ranges[r]}, {"wrap", wrap}), t);
            }
    plain_sign(t.n);
    expect_plain("sign", NULL, t);
    plain_fp4(t.n);
    expect_plain("fp4", NULL, t);
}

static size_t part(double ratio, size_t n)
{
    size_t k = part_of(ratio, n);
    return k > 1 ? k : 1;
}

static void check_sparse(struct extent t)
{
    static const double ratios[] = {1e-9, 0.001, 0.01, 0.1, 0.5, 0.99, 1};
    for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++) {
        plain_topk(t.n, (uint32_t)part(ratios[r], t.n));
        expect_plain("topk", SET({"ratio", ratios[r]}), t);
        plain_randomk(t.n, part(ratios[r], t.n));
        expect_plain("randomk", SET({"ratio", ratios[r]}, {"mask", 1}), t);
    }
}

static void each(void (*check)(struct extent))
{
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < LENGTHS; i++) {
            fill(kind, lengths[i]);
            check(vector_of(lengths[i]));
        }
}

static void drawn_codes_are_those_of_plain_loops(void **state)
{
    (void)state;
    each(check_drawn);
}

static void other_codes_are_those_of_plain_loops(void **state)
{
    (void)state;
    each(check_others);
}

static void values_chosen_are_those_of_plain_loops(void **state)
{
    (void)state;
    each(check_sparse);
}

/* In no place is one overlooked. */
static void nothing_that_is_not_finite_is_sent(void **state)
{
    static const char *const names[] = {"maxabs", "float16", "bfloat16", "fp4",     "sign",    "terngrad",
                                        "qsgd",   "topk",    "randomk",  "lowrank", "numpy_l2"};
    static const float evil[] = {NAN, -INFINITY};
    (void)state;
    fill(NOISE, MOST);
    for (size_t c = 0; c < sizeof names / sizeof *names; c++) {
        void *params = codec_params(codec_named(names[c]), NULL);
        for (size_t at = 0; at < MOST; at += at < 1032 ? 129 : 7793) {
            float kept = v[at];
            v[at] = evil[at % 2];
            assert_false(codec_named(names[c])->encode(params, &codec_draw, v, vector_of(MOST), fast));
            v[at] = kept;
        }
        free(params);
    }
}

/* ---- factors ---- */

enum { ROWS = 45, COLUMNS = 61 };

static float at(const uint8_t *x, size_t i)
{
    float value;
    memcpy(&value, x + 4 * i, sizeof value);
    return value;
}

static float plain_dot(const float *row, const uint8_t *q, size_t n)
{
    float lane[8] = {0}, sum = 0;
    size_t whole = n / 8 * 8;
    for (size_t i = 0; i < whole; i++)
        lane[i % 8] += row[i] * at(q, i);
    for (size_t i = whole; i < n; i++)
        sum += row[i] * at(q, i);
    for (size_t j = 0; j < 8; j++)
        sum += lane[j];
    return sum;
}

static void check_factors(size_t rows, size_t columns, size_t rank)
{
    static uint8_t p[4 * ROWS * 9 + 1], q[4 * COLUMNS * 9 + 1], q_new[4 * COLUMNS * 9 + 1];
    static float product[ROWS * COLUMNS];
    struct factors f = factors_of((struct extent){.n = rows * columns, .rows = rows}, (int64_t)rank);
    for (size_t i = 0; i < columns * rank; i++)
        head(value_of(NOISE, 7 * i + 1), q + 1 + 4 * i);
    factors_p(f, v, q + 1, p + 1); /* at odd addresses */
    for (size_t i = 0; i < rows * rank; i++)
        assert_true(at(p + 1, i) == plain_dot(v + i % rows * columns, q + 1 + i / rows * f.bytes_q, columns));
    factors_q(f, v, p + 1, q_new + 1);
    for (size_t i = 0; i < columns * rank; i++) {
        float sum = 0;
        for (size_t r = 0; r < rows; r++)
            sum += at(p + 1 + i / columns * f.bytes_p, r) * v[r * columns + i % columns];
        assert_true(at(q_new + 1, i) == sum);
    }
    factors_product(f, p + 1, q + 1, product);
    for (size_t i = 0; i < rows * columns; i++) {
        float sum = 0;
        for (size_t c = 0; c < rank; c++)
            sum += at(p + 1 + c * f.bytes_p, i / columns) * at(q + 1 + c * f.bytes_q, i % columns);
        assert_true(product[i] == sum);
    }
}

static void factors_are_the_sums_of_plain_loops(void **state)
{
    (void)state;
    fill(NOISE, ROWS * COLUMNS);
    for (size_t rank = 1; rank <= 9; rank++)
        for (size_t rows = 1; rows <= ROWS; rows += rows < 9 ? 1 : 12)
            for (size_t columns = 1; columns <= COLUMNS; columns += columns < 9 ? 3 : 17)
                check_factors(rows, columns, rank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_codes_are_those_of_plain_loops),
        cmocka_unit_test(other_codes_are_those_of_plain_loops),
        cmocka_unit_test(values_chosen_are_those_of_plain_loops),
        cmocka_unit_test(nothing_that_is_not_finite_is_sent),
        cmocka_unit_test(factors_are_the_sums_of_plain_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
