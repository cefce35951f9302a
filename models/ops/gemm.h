/* Row-major matrix products, C (m x n) = A B + beta C, every matrix without gaps. The one place that knows who
 * multiplies: libxsmm, which compiles a kernel for a shape at its first use, where it is built in, fits the CPU
 * and knows the shape; OpenBLAS otherwise. The same shape always goes the same way, so bits repeat. */
#ifndef MODELS_OPS_GEMM_H
#define MODELS_OPS_GEMM_H

#include <stddef.h>

enum gemm_form {
    GEMM_NN, /* A (m x k), B (k x n) */
    GEMM_TN, /* A' B: A is stored (k x m) */
    GEMM_NT  /* A B': B is stored (n x k) */
};

/* A product to be run many times. beta is 0 or 1. */
struct gemm {
    enum gemm_form form;
    size_t m, n, k;
    float beta;
    void (*kernel)(const float *b, const float *a, float *c, ...); /* libxsmm's; NULL: OpenBLAS */
};

struct gemm gemm_prepare(enum gemm_form form, size_t m, size_t n, size_t k, float beta);
void gemm_run(const struct gemm *g, float *c, const float *a, const float *b);

/* Once. */
static inline void gemm(enum gemm_form form, float *c, const float *a, const float *b, float beta, size_t m,
                        size_t n, size_t k)
{
    struct gemm g = gemm_prepare(form, m, n, k, beta);
    gemm_run(&g, c, a, b);
}

#endif
