/* Plain loops over float vectors. The compiler vectorises them; each element depends on its own operands
 * alone, so the vector width does not change a bit. -ffp-contract=off keeps a multiplication and an addition
 * two roundings. */
#include "sim/base/vec.h"

#include <string.h>

#include <xxhash.h>

#include "sim/base/fail.h"

float *vec_create(size_t n, const float *from)
{
    float *v = need(n * sizeof *v);
    if (from)
        vec_copy(v, from, n);
    return v;
}

void vec_copy(float *dst, const float *src, size_t n)
{
    memcpy(dst, src, n * sizeof *dst);
}

void vec_add(float *restrict sum, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += x[i];
}

void vec_add_scaled(float *restrict sum, float a, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += a * x[i];
}

void vec_scale(float *x, float a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= a;
}

void vec_step(float *restrict w, float rate, const float *restrict u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = w[i] - rate * u[i];
}

void vec_step_from(float *restrict w, const float *restrict from, float rate, const float *restrict u,
                   size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = from[i] - rate * u[i];
}

void vec_momentum(float *restrict u, float m, float *restrict g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        u[i] = m * u[i] + g[i];
        g[i] = u[i];
    }
}

uint64_t vec_hash(const float *x, size_t n)
{
    return XXH3_64bits(x, n * sizeof *x);
}
