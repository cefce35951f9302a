/* A tensor of two dimensions or more as a matrix M (rows x columns), projected onto `rank` directions:
 *
 *     Q random, from the draw key ;  `iterations` times: orthonormalise Q ; P = M Q ; orthonormalise P ; Q = M' P
 *     decoded: P Q' = P P' M
 *
 * Exact (to rounding) where M has no higher rank. A projection makes nothing larger: good for error feedback. Where
 * both factors together are no smaller than M, and for vectors, the floats go as they are.
 *
 * This is PowerSGD's compressor in the form of one message: each sender factorises its own matrix. In the paper all
 * workers share P, by averaging between the two products, and begin with the last step's Q; both take a second
 * exchange in every step, or memory.
 *
 * On the wire: the columns of P one after the other, then those of Q, as floats. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

enum { LANES = 8 };

struct params {
    int64_t rank, iterations;
};

static const struct config_key keys[] = {{"rank", KEY_INT, offsetof(struct params, rank), "4", .min = 1,
                                          .max = 1024, .help = "columns of the two factors"},
                                         {"iterations", KEY_INT, offsetof(struct params, iterations), "1",
                                          .min = 1, .max = 16,
                                          .help = "power iterations, from random directions"},
                                         {NULL}};

struct factors { /* where they lie in the message, on any address */
    size_t rows, columns, rank;
    size_t bytes_p, bytes_q; /* of one column */
};

static struct factors factors_of(const struct params *p, struct extent t)
{
    size_t columns = t.n / t.rows;
    return (struct factors){t.rows, columns, (size_t)p->rank, t.rows * sizeof(float),
                            columns * sizeof(float)};
}

static size_t factors_bytes(struct factors f)
{
    return f.rank * (f.bytes_p + f.bytes_q);
}

static size_t bytes(const void *params, struct extent t)
{
    size_t dense = t.n * sizeof(float), factors = factors_bytes(factors_of(params, t));
    return factors < dense ? factors : dense;
}

static bool goes_dense(const void *params, struct extent t)
{
    return bytes(params, t) == t.n * sizeof(float);
}

/* ---- vectors in the message ---- */

static float get(const uint8_t *x, size_t i)
{
    float value;
    memcpy(&value, x + i * sizeof value, sizeof value);
    return value;
}

static void put(uint8_t *x, size_t i, float value)
{
    memcpy(x + i * sizeof value, &value, sizeof value);
}

static double dot(const uint8_t *x, const uint8_t *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)get(x, i) * get(y, i);
    return sum;
}

/* Less is left of a column that the others span: rounding, which has no direction of its own. */
static const double least_part = 1e-6;

/* One after the other (Gram-Schmidt), each twice: what rounding left of the others the first time is gone the
 * second. A column that the others span becomes zeros. */
static void orthonormalise(uint8_t *x, size_t n, size_t count)
{
    size_t bytes = n * sizeof(float);
    for (size_t c = 0; c < count; c++) {
        uint8_t *now = x + c * bytes;
        double least = least_part * sqrt(dot(now, now, n));
        for (size_t b = 0; b < 2 * c; b++) {
            const uint8_t *before = x + b % c * bytes;
            double part = dot(before, now, n);
            for (size_t i = 0; i < n; i++)
                put(now, i, (float)(get(now, i) - part * get(before, i)));
        }
        double norm = sqrt(dot(now, now, n));
        for (size_t i = 0; i < n; i++)
            put(now, i, norm > least ? (float)(get(now, i) / norm) : 0);
    }
}

/* ---- the two products, row by row of M ---- */

static float row_dot(const float *row, const uint8_t *q, size_t n)
{
    float lane[LANES] = {0}, sum = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += row[i + j] * get(q, i + j);
    for (size_t i = whole; i < n; i++)
        sum += row[i] * get(q, i);
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

static void make_p(struct factors f, const float *m, const uint8_t *q, uint8_t *p)
{
    for (size_t i = 0; i < f.rows; i++)
        for (size_t c = 0; c < f.rank; c++)
            put(p + c * f.bytes_p, i, row_dot(m + i * f.columns, q + c * f.bytes_q, f.columns));
}

static void make_q(struct factors f, const float *m, const uint8_t *p, uint8_t *q)
{
    memset(q, 0, f.rank * f.bytes_q);
    for (size_t i = 0; i < f.rows; i++)
        for (size_t c = 0; c < f.rank; c++) {
            float a = get(p + c * f.bytes_p, i);
            uint8_t *sum = q + c * f.bytes_q;
            for (size_t j = 0; j < f.columns; j++)
                put(sum, j, get(sum, j) + a * m[i * f.columns + j]);
        }
}

static void draw_q(const struct draw_key *draw, uint8_t *q, size_t n) /* -1/2 .. 1/2 */
{
    uint32_t word[8];
    for (size_t i = 0; i < n; i++) {
        if (i % 8 == 0)
            draw_block(draw, i / 8, word);
        put(q, i, (float)(word[i % 8] >> 8) * 0x1p-24f - 0.5f);
    }
}

/* Orthonormal columns make no product larger than M's norm: nothing overflows if that does not. */
static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    struct factors f = factors_of(p, t);
    uint8_t *q = out + f.rank * f.bytes_p;
    if (!(norm_l2(v, t.n) < (double)FLT_MAX / 2))
        return false;
    if (goes_dense(params, t)) {
        memcpy(out, v, t.n * sizeof *v);
        return true;
    }
    draw_q(draw, q, f.rank * f.columns);
    for (int64_t i = 0; i < p->iterations; i++) {
        orthonormalise(q, f.columns, f.rank);
        make_p(f, v, q, out);
        orthonormalise(out, f.rows, f.rank);
        make_q(f, v, out, q);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    struct factors f = factors_of(params, t);
    const uint8_t *q = in + f.rank * f.bytes_p;
    (void)draw;
    if (goes_dense(params, t)) {
        memcpy(v, in, t.n * sizeof *v);
        return;
    }
    memset(v, 0, t.n * sizeof *v);
    for (size_t i = 0; i < f.rows; i++)
        for (size_t c = 0; c < f.rank; c++) {
            float a = get(in + c * f.bytes_p, i);
            for (size_t j = 0; j < f.columns; j++)
                v[i * f.columns + j] += a * get(q + c * f.bytes_q, j);
        }
}

extern const struct codec codec_lowrank;
const struct codec codec_lowrank = {
    .name = "lowrank",
    .summary =
        "two factors of low rank of each matrix, by power iteration; one message, so each sender's own",
    .size = "4 rank (rows + columns), at most 4 n",
    .paper = "the compressor of PowerSGD, Vogels et al., NeurIPS 2019, arXiv:1905.13727",
    .keys = keys,
    .params_size = sizeof(struct params),
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
