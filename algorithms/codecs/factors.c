#include "algorithms/codecs/factors.h"

#include <math.h>
#include <string.h>

enum { LANES = 8 };

struct factors factors_of(struct extent t, int64_t rank)
{
    size_t columns = t.n / t.rows;
    return (struct factors){.rows = t.rows,
                            .columns = columns,
                            .rank = (size_t)rank,
                            .bytes_p = t.rows * sizeof(float),
                            .bytes_q = columns * sizeof(float)};
}

size_t factors_bytes(struct factors f)
{
    return f.rank * (f.bytes_p + f.bytes_q);
}

bool factors_are_smaller(struct factors f)
{
    return factors_bytes(f) < f.rows * f.bytes_q;
}

/* ---- columns ---- */

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
void factors_orthonormalise(uint8_t *x, size_t n, size_t rank)
{
    size_t bytes = n * sizeof(float);
    for (size_t c = 0; c < rank; c++) {
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

static bool all_zero(const uint8_t *x, size_t n)
{
    bool zero = true;
    for (size_t i = 0; i < n; i++)
        zero &= get(x, i) == 0;
    return zero;
}

void factors_start_q(struct factors f, const struct draw_key *draw, uint8_t *q)
{
    uint32_t word[8];
    for (size_t c = 0; c < f.rank; c++) {
        if (!all_zero(q + c * f.bytes_q, f.columns))
            continue;
        for (size_t i = c * f.columns; i < (c + 1) * f.columns; i++) {
            if (i % 8 == 0 || i == c * f.columns)
                draw_block(draw, i / 8, word);
            put(q, i, (float)(word[i % 8] >> 8) * 0x1p-24f - 0.5f);
        }
    }
}

/* ---- the products, row by row of M ----
 *
 * Each sum runs in an order of its own, whatever the size of the blocks: a loop that makes several sums at once
 * reads its operands once for all of them, and a CPU adds to one while it waits for the others. */

enum { BLOCK = 4 }; /* columns of a factor, or rows of M */

typedef float loose __attribute__((aligned(1), may_alias)); /* at any address */

static size_t block_at(size_t i, size_t n)
{
    return n - i < BLOCK ? n - i : BLOCK;
}

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)))); /* a sum in each */

/* The sum of the lanes, and of what is left behind them, which comes first. */
static float sum_of(const lanes *lane, const float *row, const loose *q, size_t n)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += row[i] * q[i];
    for (size_t j = 0; j < LANES; j++)
        sum += (*lane)[j];
    return sum;
}

static float row_dot(const float *row, const loose *q, size_t n)
{
    lanes a = {0}, r, x;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        memcpy(&r, row + i, sizeof r);
        memcpy(&x, q + i, sizeof x);
        a += r * x;
    }
    return sum_of(&a, row + whole, q + whole, n - whole);
}

/* With four columns of Q, one after the other. */
static void row_dots(const float *row, const loose *q, size_t n, float sum[BLOCK])
{
    lanes lane[BLOCK] = {{0}}, r, x;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        memcpy(&r, row + i, sizeof r);
#pragma GCC unroll 4
        for (size_t k = 0; k < BLOCK; k++) {
            memcpy(&x, q + k * n + i, sizeof x);
            lane[k] += r * x;
        }
    }
    for (size_t k = 0; k < BLOCK; k++)
        sum[k] = sum_of(&lane[k], row + whole, q + k * n + whole, n - whole);
}

void factors_p(struct factors f, const float *m, const uint8_t *q, uint8_t *p)
{
    for (size_t i = 0; i < f.rows; i++) {
        const float *row = m + i * f.columns;
        for (size_t c = 0, block; c < f.rank; c += block) {
            const loose *column = (const loose *)(q + c * f.bytes_q);
            float sum[BLOCK];
            block = block_at(c, f.rank);
            if (block == BLOCK)
                row_dots(row, column, f.columns, sum);
            for (size_t k = 0; k < block && block < BLOCK; k++)
                sum[k] = row_dot(row, column + k * f.columns, f.columns);
            for (size_t k = 0; k < block; k++)
                put(p + (c + k) * f.bytes_p, i, sum[k]);
        }
    }
}

/* q += a0 m0 + a1 m1 + ..., rows one after the other. */
static void add_rows(loose *restrict q, const loose *a, const float *restrict m, size_t rows, size_t n)
{
    if (rows == BLOCK) {
        const float a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
        for (size_t j = 0; j < n; j++)
            q[j] = q[j] + a0 * m[j] + a1 * m[n + j] + a2 * m[2 * n + j] + a3 * m[3 * n + j];
    } else {
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < n; j++)
                q[j] += a[i] * m[i * n + j];
    }
}

void factors_q(struct factors f, const float *m, const uint8_t *p, uint8_t *q)
{
    memset(q, 0, f.rank * f.bytes_q);
    for (size_t i = 0, block; i < f.rows; i += block) {
        block = block_at(i, f.rows);
        for (size_t c = 0; c < f.rank; c++)
            add_rows((loose *)(q + c * f.bytes_q), (const loose *)(p + c * f.bytes_p) + i, m + i * f.columns,
                     block, f.columns);
    }
}

/* row += a0 q0 + a1 q1 + ..., columns one after the other. */
static void add_columns(float *restrict row, const float *a, const loose *restrict q, size_t columns,
                        size_t n)
{
    if (columns == BLOCK) {
        const float a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
        for (size_t j = 0; j < n; j++)
            row[j] = row[j] + a0 * q[j] + a1 * q[n + j] + a2 * q[2 * n + j] + a3 * q[3 * n + j];
    } else {
        for (size_t c = 0; c < columns; c++)
            for (size_t j = 0; j < n; j++)
                row[j] += a[c] * q[c * n + j];
    }
}

void factors_product(struct factors f, const uint8_t *p, const uint8_t *q, float *m)
{
    for (size_t i = 0; i < f.rows; i++) {
        float *row = m + i * f.columns;
        memset(row, 0, f.bytes_q);
        for (size_t c = 0, block; c < f.rank; c += block) {
            float a[BLOCK];
            block = block_at(c, f.rank);
            for (size_t k = 0; k < block; k++)
                a[k] = get(p + (c + k) * f.bytes_p, i);
            add_columns(row, a, (const loose *)(q + c * f.bytes_q), block, f.columns);
        }
    }
}
