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

void factors_p(struct factors f, const float *m, const uint8_t *q, uint8_t *p)
{
    for (size_t i = 0; i < f.rows; i++)
        for (size_t c = 0; c < f.rank; c++)
            put(p + c * f.bytes_p, i, row_dot(m + i * f.columns, q + c * f.bytes_q, f.columns));
}

void factors_q(struct factors f, const float *m, const uint8_t *p, uint8_t *q)
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

void factors_product(struct factors f, const uint8_t *p, const uint8_t *q, float *m)
{
    memset(m, 0, f.rows * f.bytes_q);
    for (size_t i = 0; i < f.rows; i++)
        for (size_t c = 0; c < f.rank; c++) {
            float a = get(p + c * f.bytes_p, i);
            for (size_t j = 0; j < f.columns; j++)
                m[i * f.columns + j] += a * get(q + c * f.bytes_q, j);
        }
}
