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

typedef void gemm_kernel(const float *b, const float *a, float *c, ...); /* libxsmm's */

/* libxsmm's kernels do not divide a product for the cache. A slice of this many numbers of k, and a matrix B of
 * at most PANEL columns, keep what a kernel reads again and again in the first cache: 85 instead of 50 GFLOP/s
 * of 90 on a Zen 3. A slice adds to C in the same order as one kernel for all of k, so the bits are the same. */
enum { GEMM_SLICE = 64, GEMM_PANEL = 128 };

/* A product that is going to be run many times. beta is 0 (C is overwritten) or 1 (the product is added). */
struct gemm {
    enum gemm_form form;
    size_t m, n, k;
    float beta;
    gemm_kernel *first, *more, *last; /* for the slices of k; first is NULL: OpenBLAS */
};

/* Looks up libxsmm's kernel for the shape. Ends the program with EXIT_RESOURCE if libxsmm has no memory for
 * its code. */
struct gemm gemm_prepare(enum gemm_form form, size_t m, size_t n, size_t k, float beta);
/* Columns that a matrix should have at most, so that its products are fast: GEMM_PANEL for libxsmm. OpenBLAS
 * divides matrices by itself. */
size_t gemm_panel(void);
void gemm_run(const struct gemm *g, float *c, const float *a, const float *b);

/* A product that is run once. */
static inline void gemm(enum gemm_form form, float *c, const float *a, const float *b, float beta, size_t m,
                        size_t n, size_t k)
{
    struct gemm g = gemm_prepare(form, m, n, k, beta);
    gemm_run(&g, c, a, b);
}

#endif
