/* A large matrix product by the BLAS that the program chooses: what the models' speed compares with.
 *
 * usage: gemm [SECONDS] */
#include <cblas.h>

#include "sim/host.h"
#include "tests/bench/bench.h"

enum { N = 1024 };

struct product {
    float *a, *b, *c;
};

static void multiply(void *context)
{
    const struct product *p = context;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, p->a, N, p->b, N, 0, p->c, N);
}

int main(int argc, char **argv)
{
    double seconds = seconds_from(argc, argv, 1, 1);
    host_choose_blas(argv);
    struct product p = {noise(N * N), noise(N * N), noise(N * N)};
    report(best_rate_of(multiply, &p, seconds) * 2e-9 * N * N * N, "GFLOP/s", "gemm.peak.gflops");
    return EXIT_DONE;
}
