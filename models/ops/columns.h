/* Operations on the columns of a row-major matrix: the channels, over all pixels of a batch. */
#ifndef MODELS_OPS_COLUMNS_H
#define MODELS_OPS_COLUMNS_H

#include <stddef.h>

/* sum[j] += the sum of column j of x (rows x columns). Eight rows at a time in float, the total in double:
 * the result is about as exact as the floats that are summed, and most additions run at the full width of a
 * vector. */
static inline void columns_add_to(double *restrict sum, const float *restrict x, size_t rows, size_t columns)
{
    size_t i = 0;
    for (; i + 8 <= rows; i += 8, x += 8 * columns)
        for (size_t j = 0; j < columns; j++) {
            float a = (x[j] + x[columns + j]) + (x[2 * columns + j] + x[3 * columns + j]);
            float b = (x[4 * columns + j] + x[5 * columns + j]) + (x[6 * columns + j] + x[7 * columns + j]);
            sum[j] += (double)(a + b);
        }
    for (; i < rows; i++, x += columns)
        for (size_t j = 0; j < columns; j++)
            sum[j] += (double)x[j];
}

/* out[j] = the sum of column j; work: columns doubles */
static inline void columns_sum(float *out, double *work, const float *x, size_t rows, size_t columns)
{
    for (size_t j = 0; j < columns; j++)
        work[j] = 0;
    columns_add_to(work, x, rows, columns);
    for (size_t j = 0; j < columns; j++)
        out[j] = (float)work[j];
}

/* Each row of y = bias */
static inline void columns_fill(float *restrict y, const float *restrict bias, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            y[i * columns + j] = bias[j];
}

#endif
