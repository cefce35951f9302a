/* Row-major matrix products, alpha 1: C (m x n) = A B + beta C. The one place that knows the BLAS. */
#ifndef MODELS_OPS_GEMM_H
#define MODELS_OPS_GEMM_H

#include <stddef.h>

#include <cblas.h>

/* A (m x k), B (k x n) */
static inline void gemm(float *c, const float *a, const float *b, float beta, size_t m, size_t n, size_t k)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a, (int)k, b, (int)n,
                beta, c, (int)n);
}

/* A' B: A (k x m), B (k x n) */
static inline void gemm_tn(float *c, const float *a, const float *b, float beta, size_t m, size_t n, size_t k)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a, (int)m, b, (int)n,
                beta, c, (int)n);
}

/* A B': A (m x k), B (n x k) */
static inline void gemm_nt(float *c, const float *a, const float *b, float beta, size_t m, size_t n, size_t k)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)n, (int)k, 1, a, (int)k, b, (int)k,
                beta, c, (int)n);
}

#endif
