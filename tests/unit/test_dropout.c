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
#include "tests/rigs/model_rig.h"

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
    op_dropout.forward(&(struct layer_call){
        .layer = &l, .n = 1, .training = true, .at = &at, .x = x, .y = y, .saved = keep});
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
    assert_false(
        dropped_alike(a, (struct draw_at){AT.seed + 1, AT.worker, AT.iteration, AUGMENT_NONE, false}, 2));
    assert_false(
        dropped_alike(a, (struct draw_at){AT.seed, AT.worker + 1, AT.iteration, AUGMENT_NONE, false}, 2));
    assert_false(
        dropped_alike(a, (struct draw_at){AT.seed, AT.worker, AT.iteration + 1, AUGMENT_NONE, false}, 2));
}

/* The network's table with dropout, and the same without those rows: equal bits, in the gradient and in the loss. */
static void without_dropout_it_is_as_if_the_rows_were_not_there(void **state)
{
    (void)state;
    struct layer_row rows[sizeof every_layers / sizeof *every_layers];
    int n = 0;
    for (size_t i = 0; i < sizeof every_layers / sizeof *every_layers; i++)
        if (every_layers[i].op != &op_dropout)
            rows[n++] = every_layers[i];
    const struct model_def bare = {.name = "bare", .layers = rows};
    struct rig with, without;
    rig_open(&with, &every, 3, 12);
    rig_open(&without, &bare, 3, 12);
    struct draw_at at = AT;
    uint32_t sample[BATCH];
    for (uint32_t i = 0; i < BATCH; i++)
        sample[i] = i;
    double bare_loss =
        model_gradient(without.model, without.ws, without.replica->params, without.replica->stats,
                       &without.ds, sample, BATCH, &at, without.replica->grad);
    for (at.no_dropout = false;; at.no_dropout = true) {
        model_init(with.model, 1, with.replica->params, with.replica->stats);
        double loss = model_gradient(with.model, with.ws, with.replica->params, with.replica->stats, &with.ds,
                                     sample, BATCH, &at, with.replica->grad);
        size_t bytes = model_params(with.model) * sizeof(float);
        bool equal = loss == bare_loss && memcmp(with.replica->grad, without.replica->grad, bytes) == 0;
        assert_int_equal(equal, at.no_dropout);
        if (at.no_dropout)
            break;
    }
    rig_close(&with);
    rig_close(&without);
}

/* Where gradients do not lie in place, too. */
static void without_dropout_gradients_pass(void **state)
{
    (void)state;
    struct layer_row row = DROPOUT(0.3f);
    struct layer l = {.row = &row, .in = {1, 1, 4}, .out = {1, 1, 4}};
    struct draw_at at = AT;
    at.no_dropout = true;
    float keep[4], y[4], dx[4];
    const float x[4] = {1, 2, 3, 4};
    struct layer_call c = {
        .layer = &l, .n = 1, .training = true, .at = &at, .x = x, .y = y, .dy = x, .dx = dx, .saved = keep};
    op_dropout.forward(&c);
    op_dropout.backward(&c);
    assert_memory_equal(y, x, sizeof x);
    assert_memory_equal(dx, x, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropout_zeroes_the_fraction_and_keeps_the_mean),
        cmocka_unit_test(dropout_draws_depend_on_their_key_only),
        cmocka_unit_test(without_dropout_it_is_as_if_the_rows_were_not_there),
        cmocka_unit_test(without_dropout_gradients_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
