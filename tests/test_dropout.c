/* Dropout: how much it drops, and what its draws depend on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/layers.h"
#include "sim/base/fail.h"

static const struct draw_at AT = {.seed = 5, .worker = 3, .iteration = 77};

enum { DROP_N = 20000 };

/* Dropout over ones. */
static void drop(float *y, float p, struct draw_at at, int layer_index)
{
    struct layer_row row = DROPOUT(p);
    struct layer l = {.row = &row, .index = layer_index, .in = {1, 1, DROP_N}, .out = {1, 1, DROP_N}};
    float *x = need(DROP_N * sizeof *x), *keep = need(DROP_N * sizeof *keep);
    for (int i = 0; i < DROP_N; i++)
        x[i] = 1;
    op_dropout.forward(
        &(struct layer_call){.layer = &l, .n = 1, .training = true, .at = &at, .x = x, .y = y, .keep = keep});
    free(x);
    free(keep);
}

static void dropout_zeroes_the_fraction_and_keeps_the_mean(void **state)
{
    (void)state;
    static float y[DROP_N];
    drop(y, 0.3f, AT, 0);
    double zeros = 0, sum = 0;
    for (int i = 0; i < DROP_N; i++) {
        zeros += y[i] == 0;
        sum += y[i];
        assert_true(y[i] == 0 || y[i] == 1 / (1 - 0.3f));
    }
    double sigma = sqrt(0.3 * 0.7 / DROP_N);
    assert_true(fabs(zeros / DROP_N - 0.3) < 4 * sigma);
    assert_true(fabs(sum / DROP_N - 1) < 4 * sigma / 0.7);
}

static int dropped_alike(const float *a, struct draw_at at, int layer_index)
{
    static float b[DROP_N];
    drop(b, 0.3f, at, layer_index);
    return memcmp(a, b, sizeof b) == 0;
}

static void dropout_draws_depend_on_their_key_only(void **state)
{
    (void)state;
    static float a[DROP_N];
    drop(a, 0.3f, AT, 2);
    assert_true(dropped_alike(a, AT, 2));
    assert_false(dropped_alike(a, AT, 3));
    assert_false(dropped_alike(a, (struct draw_at){AT.seed + 1, AT.worker, AT.iteration, AUGMENT_NONE}, 2));
    assert_false(dropped_alike(a, (struct draw_at){AT.seed, AT.worker + 1, AT.iteration, AUGMENT_NONE}, 2));
    assert_false(dropped_alike(a, (struct draw_at){AT.seed, AT.worker, AT.iteration + 1, AUGMENT_NONE}, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropout_zeroes_the_fraction_and_keeps_the_mean),
        cmocka_unit_test(dropout_draws_depend_on_their_key_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
