/* Norms of float vectors, for codecs and for clipping. The order of every sum is fixed, so results are equal
 * bit for bit on every machine. */
#include "sim/base/norms.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Each sum runs in 8 lanes. The compiler may not reorder a sum of floats, so it cannot vectorise a sum in one
 * variable; 8 independent sums it can. */
enum { LANES = 8 };

static double sum_of(const double lane[LANES], double sum)
{
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

/* Without the sign bit, the bits of floats as integers have the order of the floats; infinity and NaN come
 * last. An integer maximum therefore finds the largest magnitude and lets NaN through. */
static uint32_t magnitude_max(const float *v, size_t n)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t magnitude;
        memcpy(&magnitude, &v[i], sizeof magnitude);
        magnitude &= INT32_MAX;
        most = magnitude > most ? magnitude : most;
    }
    return most;
}

float norm_max(const float *v, size_t n)
{
    uint32_t most = magnitude_max(v, n);
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

/* The square of a float cannot overflow a double, so no scaling is necessary. */
double norm_l2(const float *v, size_t n)
{
    return sqrt(sum_of_squares(v, n, 0));
}

double norm_distance(const float *v, const float *other, size_t n)
{
    double lane[LANES] = {0}, rest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            double d = (double)v[i + j] - (double)other[i + j];
            lane[j] += d * d;
        }
    for (size_t i = whole; i < n; i++)
        rest += ((double)v[i] - (double)other[i]) * ((double)v[i] - (double)other[i]);
    return sqrt(sum_of(lane, rest));
}

/* The deviation from a mean that is the sum of v divided by n. */
static double deviation(const float *v, size_t n, double sum)
{
    return sqrt(sum_of_squares(v, n, sum / (double)n) / (double)n);
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
    return deviation(v, n, sum_of(lane, rest));
}

/* The maximum is cheap beside the sum, but not a pass over memory of its own. */
double norm_max_and_deviation(const float *v, size_t n, float *most)
{
    enum { PIECE = 1024 }; /* a multiple of LANES */
    double lane[LANES] = {0}, rest = 0;
    uint32_t largest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t from = 0; from < n; from += PIECE) {
        size_t piece = n - from < PIECE ? n - from : PIECE;
        uint32_t here = magnitude_max(v + from, piece);
        largest = here > largest ? here : largest;
        for (size_t i = from; i < whole && i < from + PIECE; i += LANES)
            for (size_t j = 0; j < LANES; j++)
                lane[j] += (double)v[i + j];
    }
    for (size_t i = whole; i < n; i++)
        rest += (double)v[i];
    memcpy(most, &largest, sizeof *most);
    return deviation(v, n, sum_of(lane, rest));
}
