/* Denormal numbers are zeros in every process, whatever computes with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/kernels.h"
#include "models/ops/gemm.h"
#include "sim/base/denormals.h"
#include "sim/base/vec.h"

enum { N = 40, SIDE = 16 }; /* whole vectors of any width, and a rest; of a product's matrices */

#if defined(__x86_64__) || defined(__aarch64__)
static const bool EXPECTED = true;
#else
static const bool EXPECTED = false;
#endif

/* By its bits: a comparison would take it for zero. */
static bool is_zero(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits << 1 == 0;
}

static float denormal(void)
{
    uint32_t bits = 12345;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static bool all_zero(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_zero(x[i]))
            return false;
    return true;
}

/* FLT_MIN and denormals through the update, vectors and doubles: nothing but zeros comes out. */
static bool computes_zeros(void)
{
    float w[N], u[N];
    volatile double small = DBL_MIN;
    for (size_t i = 0; i < N; i++) {
        w[i] = FLT_MIN;
        u[i] = 1.5f * FLT_MIN;
    }
    vec_step(w, 1, u, N); /* results */
    for (size_t i = 0; i < N; i++)
        u[i] = denormal();
    vec_scale(u, 1e30f, N); /* operands */
    return all_zero(w, N) && all_zero(u, N) && small / 2 == 0;
}

static void *compute(void *out)
{
    *(bool *)out = computes_zeros();
    return NULL;
}

static void this_process_flushes(void **state)
{
    (void)state;
    assert_int_equal(denormals_flushed(), EXPECTED);
    assert_int_equal(computes_zeros(), EXPECTED);
}

static void children_and_threads_flush(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(computes_zeros() == EXPECTED ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    pthread_t thread;
    bool zeros = !EXPECTED;
    assert_int_equal(pthread_create(&thread, NULL, compute, &zeros), 0);
    pthread_join(thread, NULL);
    assert_int_equal(zeros, EXPECTED);
}

/* Products, by both libraries: denormal factors give nothing. */
static void products_flush(void **state)
{
    (void)state;
    for (enum kernels kernels = KERNELS_AUTO; kernels <= KERNELS_PORTABLE; kernels++) {
        float a[SIDE * SIDE], b[SIDE * SIDE], c[SIDE * SIDE];
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            a[i] = denormal();
            b[i] = 1e30f;
            c[i] = 1;
        }
        kernels_choose(kernels);
        gemm(GEMM_NN, c, a, b, 0, SIDE, SIDE, SIDE);
        assert_int_equal(all_zero(c, SIDE * SIDE), EXPECTED);
    }
    kernels_choose(KERNELS_AUTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_flushes),
        cmocka_unit_test(children_and_threads_flush),
        cmocka_unit_test(products_flush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
