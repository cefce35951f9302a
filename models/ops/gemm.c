/* Matrix products by OpenBLAS and libxsmm, and the memory that the two libraries take without asking. */
#include "models/ops/gemm.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cblas.h>
#ifdef HAVE_LIBXSMM
#include <libxsmm.h>
#endif

#include "models/kernels.h"
#include "sim/base/fail.h"

static enum kernels chosen = KERNELS_AUTO;

enum {
    BLAS_BYTES = 129 << 20, /* measured: address space that OpenBLAS takes at its first large product */
    SMALL_BYTES = 12 << 20, /* measured: what libxsmm takes at its first call */
    CODE_BYTES = 1 << 20,   /* more than libxsmm takes for the code of one product */
    LARGE = 256             /* rows and columns of a product for which OpenBLAS takes its memory */
};

/* Can the process have this much memory, to read and write, or also to execute? */
static bool is_there(size_t bytes, int protection)
{
    void *probe = mmap(NULL, bytes, PROT_READ | PROT_WRITE | protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED)
        return false;
    munmap(probe, bytes);
    return true;
}

#ifdef HAVE_LIBXSMM
static bool small_kernels(void)
{
    return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX2;
}

/* Where the system gives no executable memory, libxsmm leaves its code on the heap, and a call of it
 * crashes. */
static bool is_on_heap(const void *code)
{
    extern char end; /* the linker's symbol: the end of the program's data, behind which the heap begins */
    return (const char *)code >= &end && (const char *)code < (const char *)sbrk(0);
}

/* Without its memory libxsmm would crash at the first product. */
static void reserve_small(void)
{
    libxsmm_registry_info info;
    if (!is_there(SMALL_BYTES, PROT_NONE) || libxsmm_get_registry_info(&info) != EXIT_SUCCESS)
        die(EXIT_RESOURCE, "no memory for libxsmm: %d MiB asked for (host.kernels = portable does without)",
            SMALL_BYTES >> 20);
}

/* libxsmm is column-major: there a row-major C is C' = B' A'. So A and B change places, and the form A' B has
 * a transposed second factor. libxsmm has no kernel for GEMM_NT: OpenBLAS computes that form. */
static void find_kernel(struct gemm *g)
{
    int flags = g->form == GEMM_TN ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
    float alpha = 1;
    if (g->form != GEMM_NT)
        g->kernel = libxsmm_smmdispatch((int)g->n, (int)g->m, (int)g->k, NULL, NULL, NULL, &alpha, &g->beta,
                                        &flags, NULL);
    if (g->form != GEMM_NT && !g->kernel && !is_there(CODE_BYTES, PROT_EXEC))
        die_errno(EXIT_RESOURCE, "no memory for libxsmm's code (host.kernels = portable does without)");
    if (g->kernel && is_on_heap((const void *)g->kernel))
        die(EXIT_RESOURCE, "no executable memory for libxsmm (host.kernels = portable does without)");
}
#else
static bool small_kernels(void)
{
    return false;
}

static void reserve_small(void)
{
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
    return kernels_ignore_batch() ? "libxsmm" : "openblas";
}

bool kernels_ignore_batch(void)
{
    return chosen == KERNELS_AUTO && small_kernels();
}

/* One large product makes OpenBLAS take its memory now. */
static void reserve_blas(void)
{
    const size_t n = LARGE;
    float *square = need(3 * n * n * sizeof *square);
    if (!is_there(BLAS_BYTES, PROT_NONE))
        die_errno(EXIT_RESOURCE, "no memory for OpenBLAS: %d MiB of address space asked for",
                  BLAS_BYTES >> 20);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, LARGE, LARGE, LARGE, 1, square, LARGE,
                square + n * n, LARGE, 0, square + 2 * n * n, LARGE);
    free(square);
}

void kernels_reserve(void)
{
    static bool blas, small;
    if (!blas)
        reserve_blas();
    blas = true;
    if (!small && chosen == KERNELS_AUTO)
        reserve_small();
    small |= chosen == KERNELS_AUTO;
}

struct gemm gemm_prepare(enum gemm_form form, size_t m, size_t n, size_t k, float beta)
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
