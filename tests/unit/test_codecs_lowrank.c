/* The codec that sees a tensor as a matrix. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/coding.h"
#include "sim/base/vec.h"
#include "tests/rigs/codec_rig.h"

enum { ROWS = 60, COLUMNS = 35, N = ROWS * COLUMNS };

static float v[N], back[N];
static uint8_t out[4 * N + 2];
static const struct extent whole = {.n = N, .rows = ROWS};

static void *lowrank(int rank, int iterations)
{
    return codec_params(codec_named("lowrank"),
                        (struct codec_setting[]){{"rank", rank}, {"iterations", iterations}, {NULL, 0}});
}

/* From an odd address, for messages put tensors one after the other. */
static void through(const void *params, struct extent t)
{
    const struct codec *c = codec_named("lowrank");
    size_t bytes = c->bytes(params, t);
    uint64_t before = vec_hash(v, t.n);
    out[1 + bytes] = CODEC_GUARD;
    assert_true(c->encode(params, &codec_draw, v, t, out + 1));
    assert_int_equal(out[1 + bytes], CODEC_GUARD);
    assert_int_equal(vec_hash(v, t.n), before);
    c->decode(params, &codec_draw, out + 1, t, back);
}

/* The sum of `rank` products of a column and a row. */
static void of_rank(int rank, float size)
{
    static float x[ROWS], y[COLUMNS];
    memset(v, 0, sizeof v);
    for (int r = 0; r < rank; r++) {
        codec_gaussian(x, ROWS, (uint64_t)(2 * r));
        codec_gaussian(y, COLUMNS, (uint64_t)(2 * r + 1));
        for (int i = 0; i < N; i++)
            v[i] += size * 1e4f * x[i / COLUMNS] * y[i % COLUMNS];
    }
}

static double norm_of(const float *x)
{
    double squares = 0;
    for (int i = 0; i < N; i++)
        squares += (double)x[i] * x[i];
    return sqrt(squares);
}

static double error_of(const void *params)
{
    static float e[N];
    through(params, whole);
    for (int i = 0; i < N; i++)
        e[i] = v[i] - back[i];
    return norm_of(e) / norm_of(v);
}

static void bytes_are_those_of_the_smaller_form(void **state)
{
    (void)state;
    for (int rank = 1; rank < 40; rank++) {
        void *params = lowrank(rank, 1);
        for (size_t rows = 1; rows < 40; rows++)
            for (size_t columns = 1; columns < 40; columns++) {
                size_t factors = (size_t)rank * (rows + columns), dense = rows * columns;
                assert_int_equal(
                    codec_named("lowrank")->bytes(params, (struct extent){.n = rows * columns, .rows = rows}),
                    4 * (factors < dense ? factors : dense));
            }
        free(params);
    }
}

static void vectors_go_as_they_are(void **state)
{
    void *params = lowrank(1, 1);
    (void)state;
    codec_gaussian(v, N, 1);
    v[0] = -0.0f;
    through(params, (struct extent){.n = N, .rows = 1});
    assert_memory_equal(v, back, sizeof v);
    through(params, (struct extent){.n = N, .rows = N});
    assert_memory_equal(v, back, sizeof v);
    free(params);
}

/* Whatever the size of the numbers; also where fewer directions would have done. */
static void a_matrix_of_that_rank_is_exact(void **state)
{
    static const float sizes[] = {1, 1e-25f, 1e30f};
    (void)state;
    for (int rank = 1; rank <= 8; rank++)
        for (int iterations = 1; iterations <= 2; iterations++)
            for (int s = 0; s < 3; s++) {
                void *params = lowrank(rank, iterations);
                of_rank(rank, sizes[s]);
                assert_true(error_of(params) < 1e-5);
                of_rank((rank + 1) / 2, sizes[s]);
                assert_true(error_of(params) < 1e-5);
                free(params);
            }
}

/* A projection: P's columns are orthonormal, and what is left of M is orthogonal to them. */
static void what_is_left_is_orthogonal(void **state)
{
    enum { RANK = 4 };
    static float p[RANK][ROWS];
    void *params = lowrank(RANK, 1);
    (void)state;
    codec_gaussian(v, N, 3);
    double error = error_of(params);
    assert_true(error > 0.5 && error < 1);
    memcpy(p, out + 1, sizeof p);
    for (int c = 0; c < RANK; c++) {
        for (int b = 0; b < RANK; b++) {
            double product = 0;
            for (int i = 0; i < ROWS; i++)
                product += (double)p[c][i] * p[b][i];
            assert_true(fabs(product - (b == c)) < 1e-5);
        }
        for (int j = 0; j < COLUMNS; j++) {
            double product = 0;
            for (int i = 0; i < ROWS; i++)
                product += (double)p[c][i] * ((double)v[i * COLUMNS + j] - back[i * COLUMNS + j]);
            assert_true(fabs(product) < 1e-5 * norm_of(v));
        }
    }
    free(params);
}

static void iterations_come_nearer(void **state)
{
    double last = 1;
    (void)state;
    of_rank(3, 1);
    codec_gaussian(back, N, 99);
    for (int i = 0; i < N; i++)
        v[i] += back[i] * 10;
    for (int iterations = 1; iterations <= 3; iterations++) {
        void *params = lowrank(3, iterations);
        double error = error_of(params);
        assert_true(error < last);
        last = error;
        free(params);
    }
}

/* Another draw gives other directions: with error feedback all directions are sent in time. */
static void everything_arrives_with_error_feedback(void **state)
{
    static float residual[N], scratch[N];
    static double sum[N];
    const size_t n = N, rows = ROWS;
    void *params = lowrank(2, 1);
    const struct coding c = {.codec = codec_named("lowrank"),
                             .params = params,
                             .tensors = 1,
                             .tensor = &n,
                             .error_feedback = true,
                             .rows = &rows};
    enum { ROUNDS = 400 };
    double off = 0, all = 0;
    (void)state;
    codec_gaussian(v, N, 8);
    for (int64_t round = 0; round < ROUNDS; round++) { /* the same, again and again */
        struct draw_key key = coding_key(1, 0, round);
        int bad;
        assert_true(coding_encode(&c, &key, v, residual, scratch, out, &bad));
        coding_decode(&c, &key, out, back);
        for (int i = 0; i < N; i++)
            sum[i] += back[i];
    }
    for (int i = 0; i < N; i++) {
        assert_true(fabs(sum[i] + residual[i] - ROUNDS * (double)v[i]) < 1e-4);
        off += pow(sum[i] / ROUNDS - v[i], 2);
        all += pow(v[i], 2);
    }
    assert_true(off < 0.01 * all);
    free(params);
}

static void hostile_matrices(void **state)
{
    void *params = lowrank(4, 2);
    (void)state;
    memset(v, 0, sizeof v);
    through(params, whole);
    assert_memory_equal(v, back, sizeof v);
    for (int i = 0; i < N; i++)
        v[i] = -2.5f; /* rank 1 */
    assert_true(error_of(params) < 1e-5);
    for (int i = 0; i < N; i++)
        v[i] = i % 2 ? FLT_TRUE_MIN : -FLT_TRUE_MIN;
    through(params, whole);
    for (int i = 0; i < N; i++)
        assert_true(fabsf(back[i]) <= N * FLT_TRUE_MIN);
    memset(v, 0, sizeof v);
    v[77] = FLT_MAX / 3;
    assert_true(error_of(params) < 1e-5);
    v[77] = FLT_MAX;
    assert_false(codec_named("lowrank")->encode(params, &codec_draw, v, whole, out));
    v[77] = NAN;
    assert_false(codec_named("lowrank")->encode(params, &codec_draw, v, whole, out));
    free(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_those_of_the_smaller_form),
        cmocka_unit_test(vectors_go_as_they_are),
        cmocka_unit_test(a_matrix_of_that_rank_is_exact),
        cmocka_unit_test(what_is_left_is_orthogonal),
        cmocka_unit_test(iterations_come_nearer),
        cmocka_unit_test(everything_arrives_with_error_feedback),
        cmocka_unit_test(hostile_matrices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
