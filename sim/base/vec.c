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

/* A sum of up to four vectors is one loop, compiled for each count: the sum stays in a register, and four
 * streams of memory at once hide each other's waits. */
enum { STREAMS = 4 };

static inline __attribute__((always_inline)) void
sum_some(float *restrict sum, bool add, const float *const *x, const float *a, int count, size_t n)
{
    const float *restrict x0 = x[0], *restrict x1 = x[count > 1], *restrict x2 = x[count > 2 ? 2 : 0],
                          *restrict x3 = x[count > 3 ? 3 : 0];
    for (size_t i = 0; i < n; i++) {
        float s = add ? sum[i] + a[0] * x0[i] : a[0] * x0[i];
        if (count > 1)
            s += a[1] * x1[i];
        if (count > 2)
            s += a[2] * x2[i];
        if (count > 3)
            s += a[3] * x3[i];
        sum[i] = s;
    }
}

static void sum_up(float *sum, bool add, const float *const *x, const float *a, int count, size_t n)
{
    if (count == 4)
        sum_some(sum, add, x, a, 4, n);
    else if (count == 3)
        sum_some(sum, add, x, a, 3, n);
    else if (count == 2)
        sum_some(sum, add, x, a, 2, n);
    else
        sum_some(sum, add, x, a, 1, n);
}

void vec_sum(float *sum, bool add, const float *const *x, const float *a, int count, size_t n)
{
    for (int i = 0; i < count; i += STREAMS) {
        int some = count - i < STREAMS ? count - i : STREAMS;
        if (add || i > 0)
            sum_up(sum, true, x + i, a + i, some, n);
        else
            sum_up(sum, false, x + i, a + i, some, n);
    }
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

static inline __attribute__((always_inline)) void
step_sum(float *restrict w, float rate, const float *restrict u, float *restrict sum, bool add, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = w[i] - rate * u[i];
        sum[i] = add ? sum[i] + u[i] : u[i];
    }
}

void vec_step_sum(float *w, float rate, const float *u, float *sum, bool add, size_t n)
{
    if (add)
        step_sum(w, rate, u, sum, true, n);
    else
        step_sum(w, rate, u, sum, false, n);
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
