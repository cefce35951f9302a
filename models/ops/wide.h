/* Sixteen floats at once, as gcc's vector type: one AVX-512 register, or several smaller ones. The type may
 * alias other types and need not be aligned, so any float pointer can be loaded from. */
#ifndef MODELS_OPS_WIDE_H
#define MODELS_OPS_WIDE_H

#include <stddef.h>

enum { WIDE = 16 };
typedef float wide __attribute__((vector_size(WIDE * sizeof(float)), aligned(sizeof(float)), may_alias));

static inline wide wide_load(const float *from)
{
    return *(const wide *)from;
}

static inline void wide_store(float *to, wide x)
{
    *(wide *)to = x;
}

/* For runs of a few dozen floats: a call of memcpy would cost more than the copy. */
static inline void copy_run(float *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + WIDE <= n; i += WIDE)
        wide_store(to + i, wide_load(from + i));
    for (; i < n; i++)
        to[i] = from[i];
}

static inline void zero_run(float *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = 0;
}

/* Transposes a block of WIDE rows, `step` floats apart. Each of four rounds is a perfect shuffle: it
 * interleaves the first half of the rows with the second half, float by float. An element's place is (row,
 * column), 4 + 4 bits; a shuffle rotates these 8 bits by one, so four shuffles exchange row and column. */
static inline void wide_transpose(wide *to, const float *from, size_t step)
{
    wide rows[2][WIDE];
    for (int i = 0; i < WIDE; i++)
        rows[0][i] = wide_load(from + (size_t)i * step);
    for (int round = 0; round < 4; round++)
        for (int i = 0; i < WIDE / 2; i++) {
            wide a = rows[round % 2][i], b = rows[round % 2][i + WIDE / 2];
            wide *out = round == 3 ? to : rows[(round + 1) % 2];
            out[2 * i] =
                __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            out[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
}

/* to (columns x rows) = from (rows x columns), transposed */
static inline void transpose(float *to, const float *from, size_t rows, size_t columns)
{
    size_t whole_rows = rows / WIDE * WIDE, whole_columns = columns / WIDE * WIDE;
    for (size_t j = 0; j < whole_columns; j += WIDE)
        for (size_t i = 0; i < whole_rows; i += WIDE) {
            wide block[WIDE];
            wide_transpose(block, from + i * columns + j, columns);
            for (size_t row = 0; row < WIDE; row++)
                wide_store(to + (j + row) * rows + i, block[row]);
        }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

#endif
