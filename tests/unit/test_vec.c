/* sim/base/vec: what does several steps in one pass gives the bits of the steps, one after the other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "sim/base/rng.h"
#include "sim/base/vec.h"

enum { N = 1003, MOST = 19 }; /* neither is a multiple of a vector's lanes or of the streams of a pass */

static float *drawn(int seed)
{
    float *v = vec_create(N, NULL);
    draw_uniform_fill(&(struct draw_key){.seed = (uint64_t)seed, .purpose = DRAW_CODEC}, v, N);
    return v;
}

/* One vector after the other, as an accumulator would take them. */
static void add_each(float *sum, bool add, float *const *x, const float *a, int count)
{
    for (int i = 0; i < count; i++) {
        if (!add && i == 0) {
            vec_copy(sum, x[i], N);
            vec_scale(sum, a[i], N);
        } else if (a[i] == 1) {
            vec_add(sum, x[i], N);
        } else {
            vec_add_scaled(sum, a[i], x[i], N);
        }
    }
}

static void a_sum_of_any_number_of_vectors(void **state)
{
    (void)state;
    float *x[MOST], a[MOST];
    for (int i = 0; i < MOST; i++) {
        x[i] = drawn(i);
        a[i] = i % 3 ? 1 : 0.1f * (float)(i + 1);
    }
    for (int count = 0; count <= MOST; count++)
        for (int add = 0; add < 2; add++) {
            float *expected = drawn(100), *sum = vec_create(N, expected);
            add_each(expected, add, x, a, count);
            vec_sum(sum, add, (const float *const *)x, a, count, N);
            assert_memory_equal(sum, expected, N * sizeof *sum);
            free(expected);
            free(sum);
        }
    for (int i = 0; i < MOST; i++)
        free(x[i]);
}

static void a_step_that_sums(void **state)
{
    (void)state;
    float *u = drawn(1);
    for (int add = 0; add < 2; add++) {
        float *w = drawn(2), *sum = drawn(3), *w_too = vec_create(N, w), *sum_too = vec_create(N, sum);
        vec_step(w, 0.1f, u, N);
        if (add)
            vec_add(sum, u, N);
        else
            vec_copy(sum, u, N);
        vec_step_sum(w_too, 0.1f, u, sum_too, add, N);
        assert_memory_equal(w_too, w, N * sizeof *w);
        assert_memory_equal(sum_too, sum, N * sizeof *sum);
        free(w);
        free(sum);
        free(w_too);
        free(sum_too);
    }
    free(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_of_any_number_of_vectors),
        cmocka_unit_test(a_step_that_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
