#include "sim/base/norms.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Lanes: a sum in one variable could not be vectorised, for its order is fixed. */
enum { LANES = 8 };

static double sum_of(const double lane[LANES], double sum)
{
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

/* Without their sign floats are ordered as their bits are, NaN and infinity last. */
float norm_max(const float *v, size_t n)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t magnitude;
        memcpy(&magnitude, &v[i], sizeof magnitude);
        magnitude &= INT32_MAX;
        most = magnitude > most ? magnitude : most;
    }
    float value;
    memcpy(&value, &most, sizeof value);
    return value;
}

double norm_l1(const float *v, size_t n)
{
    double lane[LANES] = {0}, rest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)fabsf(v[i + j]);
    for (size_t i = whole; i < n; i++)
        rest += (double)fabsf(v[i]);
    return sum_of(lane, rest);
}

static double sum_of_squares(const float *v, size_t n, double centre)
{
    double lane[LANES] = {0}, rest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += ((double)v[i + j] - centre) * ((double)v[i + j] - centre);
    for (size_t i = whole; i < n; i++)
        rest += ((double)v[i] - centre) * ((double)v[i] - centre);
    return sum_of(lane, rest);
}

double norm_l2(const float *v, size_t n) /* squares of floats cannot overflow a double */
{
    return sqrt(sum_of_squares(v, n, 0));
}

double norm_deviation(const float *v, size_t n)
{
    double lane[LANES] = {0}, rest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)v[i + j];
    for (size_t i = whole; i < n; i++)
        rest += (double)v[i];
    return sqrt(sum_of_squares(v, n, sum_of(lane, rest) / (double)n) / (double)n);
}
