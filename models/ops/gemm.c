/* Matrix products by OpenBLAS and libxsmm, and the memory that the two libraries take without asking. */
#include "models/ops/gemm.h"

#include <stdbool.h>
#include <stdint.h>
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
 * a transposed second factor. k: of a slice. */
static gemm_kernel *find_kernel(const struct gemm *g, size_t k, float beta)
{
    int flags = g->form == GEMM_TN ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
    int row_of_a = (int)(g->form == GEMM_TN ? g->m : g->k), row = (int)g->n;
    float alpha = 1;
    gemm_kernel *kernel =
        libxsmm_smmdispatch((int)g->n, (int)g->m, (int)k, &row, &row_of_a, &row, &alpha, &beta, &flags, NULL);
    if (!kernel && !is_there(CODE_BYTES, PROT_EXEC))
        die_errno(EXIT_RESOURCE, "no memory for libxsmm's code (host.kernels = portable does without)");
    if (kernel && is_on_heap((const void *)kernel))
        die(EXIT_RESOURCE, "no executable memory for libxsmm (host.kernels = portable does without)");
    return kernel;
}

/* libxsmm has no kernel for GEMM_NT: OpenBLAS computes that form. */
static void find_kernels(struct gemm *g)
{
    if (g->form == GEMM_NT)
        return;
    size_t rest = g->k % GEMM_SLICE;
    g->first = find_kernel(g, g->k < GEMM_SLICE ? g->k : GEMM_SLICE, g->beta);
    if (g->first && g->k >= 2 * GEMM_SLICE)
        g->more = find_kernel(g, GEMM_SLICE, 1);
    if (g->first && g->k > GEMM_SLICE && rest)
        g->last = find_kernel(g, rest, 1);
    if ((g->k >= 2 * GEMM_SLICE && !g->more) || (g->k > GEMM_SLICE && rest && !g->last))
        g->first = NULL; /* OpenBLAS */
}
#else
static bool small_kernels(void)
{
    return false;
}

static void reserve_small(void)
{
}

static void find_kernels(struct gemm *g)
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
        find_kernels(&g);
    return g;
}

size_t gemm_panel(void)
{
    return chosen == KERNELS_AUTO && small_kernels() ? GEMM_PANEL : SIZE_MAX;
}

static void run_slices(const struct gemm *g, float *c, const float *a, const float *b)
{
    size_t a_slice = GEMM_SLICE * (g->form == GEMM_TN ? g->m : 1), b_slice = GEMM_SLICE * g->n;
    g->first(b, a, c);
    for (size_t k = GEMM_SLICE; k < g->k; k += GEMM_SLICE) {
        a += a_slice;
        b += b_slice;
        (g->k - k >= GEMM_SLICE ? g->more : g->last)(b, a, c);
    }
}

void gemm_run(const struct gemm *g, float *c, const float *a, const float *b)
{
    if (g->first) {
        run_slices(g, c, a, b);
        return;
    }
    bool ta = g->form == GEMM_TN, tb = g->form == GEMM_NT;
    cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, (int)g->m,
                (int)g->n, (int)g->k, 1, a, (int)(ta ? g->m : g->k), b, (int)(tb ? g->k : g->n), g->beta, c,
                (int)g->n);
}
