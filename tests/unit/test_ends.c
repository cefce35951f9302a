/* The two ends of a model: input and loss. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "models/ops/ends.h"

/* Fails for a NaN, too. */
#define assert_near(a, b, tolerance) assert_true(fabs((double)(a) - (double)(b)) <= (tolerance))

/* The definition, without the precautions. */
static double entropy(const double *logits, int classes, int label)
{
    double sum = 0;
    for (int i = 0; i < classes; i++)
        sum += exp(logits[i]);
    return -log(exp(logits[label]) / sum);
}

static void loss_matches_its_definition(void **state)
{
    (void)state;
    double logits[10] = {0.3, -1.2, 2.5, 0, 0.7, -0.1, 1.1, -3, 0.25, 1.9}, h = 1e-5;
    float own[10], slope[10];
    for (int i = 0; i < 10; i++)
        own[i] = (float)logits[i];
    loss_sample_gradient(slope, own, 10, 4, 0.25);
    assert_near(loss_sample(own, 10, 4), entropy(logits, 10, 4), 1e-6);
    for (int i = 0; i < 10; i++) {
        double kept = logits[i];
        logits[i] = kept + h;
        double up = entropy(logits, 10, 4);
        logits[i] = kept - h;
        double down = entropy(logits, 10, 4);
        logits[i] = kept;
        assert_near(slope[i], 0.25 * (up - down) / (2 * h), 1e-7);
    }
}

static void loss_survives_large_logits_and_shows_nan(void **state)
{
    (void)state;
    float large[3] = {1e4f, 0, -1e4f}, broken[3] = {0, NAN, 0}, slope[3];
    assert_true(loss_sample(large, 3, 0) == 0);
    assert_true(loss_sample(large, 3, 2) == 2e4);
    assert_int_equal(loss_answer(large, 3), 0);
    loss_sample_gradient(slope, large, 3, 2, 1);
    assert_true(slope[0] == 1 && slope[1] == 0 && slope[2] == -1);
    assert_true(isnan(loss_sample(broken, 3, 0)));
}

/* Of equal logits the first class comes first, so that rank 0 is the answer. */
static void ranks_agree_with_the_answer(void **state)
{
    (void)state;
    const float logits[7] = {1, 3, 2, 3, -1, 2, 0.5f};
    static const int rank[7] = {4, 0, 2, 1, 6, 3, 5};
    for (int label = 0; label < 7; label++)
        assert_int_equal(loss_rank(logits, 7, label), rank[label]);
    assert_int_equal(loss_answer(logits, 7), 1);
}

/* Channels innermost. */
static void gather_normalises_and_reorders(void **state)
{
    (void)state;
    struct dataset ds = {
        .channels = 3, .height = 2, .width = 2, .mean = {0.5f, 0.25f, 0}, .std = {0.5f, 0.25f, 1}};
    uint8_t pixels[12] = {0, 51, 102, 255, 1, 2, 3, 4, 250, 251, 252, 253};
    float x[12];
    gather_image(x, &ds, pixels);
    for (size_t i = 0; i < 12; i++)
        assert_near(x[i % 4 * 3 + i / 4], (pixels[i] / 255.0 - ds.mean[i / 4]) / ds.std[i / 4], 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_matches_its_definition),
        cmocka_unit_test(loss_survives_large_logits_and_shows_nan),
        cmocka_unit_test(ranks_agree_with_the_answer),
        cmocka_unit_test(gather_normalises_and_reorders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
