#include "models/ops/gemm.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <cblas.h>
#ifdef HAVE_LIBXSMM
#include <libxsmm.h>
#endif

#include "models/kernels.h"
#include "sim/base/fail.h"

static enum kernels chosen = KERNELS_AUTO;

#ifdef HAVE_LIBXSMM
static bool small_kernels(void)
{
    return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX2;
}

/* Where the system gives no memory that may be executed, libxsmm leaves its code on the heap, which may not be. */
static bool is_on_heap(const void *code)
{
    extern char end; /* of the program's own data: the heap begins behind it */
    return (const char *)code >= &end && (const char *)code < (const char *)sbrk(0);
}

/* Column-major, our C is C' = B' A', so A and B change places, and our A' is a transposed second factor. */
static void find_kernel(struct gemm *g)
{
    int flags = g->form == GEMM_TN ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
    float alpha = 1;
    if (g->form != GEMM_NT)
        g->kernel = libxsmm_smmdispatch((int)g->n, (int)g->m, (int)g->k, NULL, NULL, NULL, &alpha, &g->beta,
                                        &flags, NULL);
    if (g->kernel && is_on_heap((const void *)g->kernel))
        die(EXIT_RESOURCE, "no executable memory for libxsmm (host.kernels = portable does without)");
}
#else
static bool small_kernels(void)
{
    return false;
}

static void find_kernel(struct gemm *g)
{
    (void)g;
}
#endif

void kernels_choose(enum kernels kernels)
{
    chosen = kernels;
}

const char *kernels_name(void)
{
    return chosen == KERNELS_AUTO && small_kernels() ? "libxsmm" : "openblas";
}

struct gemm gemm_plan(enum gemm_form form, size_t m, size_t n, size_t k, float beta)
{
    struct gemm g = {.form = form, .m = m, .n = n, .k = k, .beta = beta};
    if (chosen == KERNELS_AUTO && small_kernels())
        find_kernel(&g);
    return g;
}

void gemm_run(const struct gemm *g, float *c, const float *a, const float *b)
{
    if (g->kernel) {
        g->kernel(b, a, c);
        return;
    }
    bool ta = g->form == GEMM_TN, tb = g->form == GEMM_NT;
    cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, (int)g->m,
                (int)g->n, (int)g->k, 1, a, (int)(ta ? g->m : g->k), b, (int)(tb ? g->k : g->n), g->beta, c,
                (int)g->n);
}
