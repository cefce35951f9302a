/* Vectors of floats, as gcc's vector type. A vector is exactly one register of the CPU: gcc keeps a longer one in
 * memory and moves it there and back at every use. */
#ifndef MODELS_OPS_WIDE_H
#define MODELS_OPS_WIDE_H

#include <stddef.h>

enum { WIDE = 16 }; /* floats in a cache line; channels come in multiples of it where vectors are used */

#if defined(__AVX512F__)
enum { LANES = 16 }; /* floats in a register: divides WIDE */
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
/* The type may alias other types and need not be aligned, so any float pointer can be loaded from. */
typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

static inline lanes lanes_load(const float *from)
{
    return *(const lanes *)from;
}

static inline void lanes_store(float *to, lanes x)
{
    *(lanes *)to = x;
}

/* For runs of a few dozen floats: a call of memcpy would cost more than the copy. */
static inline void copy_run(float *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        lanes_store(to + i, lanes_load(from + i));
    for (; i < n; i++)
        to[i] = from[i];
}

static inline void zero_run(float *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = 0;
}

/* Two vectors interleaved: the first floats of both, and the last floats of both. */
static inline void interleave(lanes *first, lanes *last, lanes a, lanes b)
{
#if defined(__AVX512F__)
    *first = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    *last = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif defined(__AVX__)
    *first = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    *last = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    *first = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    *last = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/* Transposes a block of LANES rows, `step` floats apart. Each round is a perfect shuffle: it interleaves the
 * first half of the rows with the second half, float by float. An element's place is (row, column), as many
 * bits each as there are rounds; a shuffle rotates these bits by one, so the shuffles exchange row and column. */
static inline __attribute__((always_inline)) void lanes_transpose(lanes *to, const float *from, size_t step)
{
    lanes rows[LANES], next[LANES];
#pragma GCC unroll 16
    for (size_t i = 0; i < LANES; i++)
        rows[i] = lanes_load(from + i * step);
#pragma GCC unroll 4
    for (int size = 1; size < LANES; size *= 2) {
#pragma GCC unroll 8
        for (int i = 0; i < LANES / 2; i++)
            interleave(&next[2 * i], &next[2 * i + 1], rows[i], rows[i + LANES / 2]);
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++)
            rows[i] = next[i];
    }
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        to[i] = rows[i];
}

/* to (columns x rows) = from (rows x columns), transposed */
static inline void transpose(float *to, const float *from, size_t rows, size_t columns)
{
    size_t whole_rows = rows / LANES * LANES, whole_columns = columns / LANES * LANES;
    for (size_t j = 0; j < whole_columns; j += LANES)
        for (size_t i = 0; i < whole_rows; i += LANES) {
            lanes block[LANES];
            lanes_transpose(block, from + i * columns + j, columns);
            for (size_t row = 0; row < LANES; row++)
                lanes_store(to + (j + row) * rows + i, block[row]);
        }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

#endif
