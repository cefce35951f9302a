/* Row-major matrix products, C (m x n) = A B + beta C; all matrices are stored without gaps. This is the one
 * place that knows which library multiplies: libxsmm, which compiles a kernel for a shape at its first use,
 * if it is built in and supports the CPU and the shape; OpenBLAS otherwise. A shape always goes to the same
 * library, so equal products give equal bits. */
#ifndef MODELS_OPS_GEMM_H
#define MODELS_OPS_GEMM_H

#include <stddef.h>

enum gemm_form {
    GEMM_NN, /* A (m x k), B (k x n) */
    GEMM_TN, /* A' B: A is stored (k x m) */
    GEMM_NT  /* A B': B is stored (n x k) */
};

/* A product that is going to be run many times. beta is 0 (C is overwritten) or 1 (the product is added). */
struct gemm {
    enum gemm_form form;
    size_t m, n, k;
    float beta;
    void (*kernel)(const float *b, const float *a, float *c, ...); /* libxsmm's; NULL: OpenBLAS */
};

/* Looks up libxsmm's kernel for the shape. Ends the program with EXIT_RESOURCE if libxsmm has no memory for
 * its code. */
struct gemm gemm_prepare(enum gemm_form form, size_t m, size_t n, size_t k, float beta);
void gemm_run(const struct gemm *g, float *c, const float *a, const float *b);

/* A product that is run once. */
static inline void gemm(enum gemm_form form, float *c, const float *a, const float *b, float beta, size_t m,
                        size_t n, size_t k)
{
    struct gemm g = gemm_prepare(form, m, n, k, beta);
    gemm_run(&g, c, a, b);
}

#endif
