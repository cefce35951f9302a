/* The end of a run that diverged: the first bad number of the forward pass is found and named. */
#include "tests/rigs/model_rig.h"

#include <float.h>
#include <stdio.h>

#include "models/ops/ends.h"

static const struct draw_at AT = {.seed = 5, .worker = 3, .iteration = 77};
static const uint32_t SAMPLE[8] = {3, 14, 15, 92, 65, 35, 89, 79};

static char text[128];

/* What the diagnosis says of these eight images, once their loss is seen to be bad. */
static const char *diagnosis(struct rig *r)
{
    double loss = model_gradient(r->model, r->ws, r->replica->params, r->replica->stats, &r->ds, SAMPLE, 8,
                                 &AT, r->replica->grad);
    assert_true(!isfinite(loss));
    model_diagnose(r->model, r->ws, r->replica->params, r->replica->stats, &r->ds, SAMPLE, 8, &AT, text,
                   sizeof text);
    return text;
}

static const struct tensor *tensor_named(const struct rig *r, const char *name)
{
    for (int i = 0; i < model_tensors(r->model); i++)
        if (!strcmp(model_tensor(r->model, i)->name, name))
            return model_tensor(r->model, i);
    fail_msg("no tensor %s", name);
    return NULL;
}

static void fill(struct rig *r, const char *name, float value)
{
    const struct tensor *t = tensor_named(r, name);
    for (size_t i = 0; i < t->n; i++)
        r->replica->params[t->offset + i] = value;
}

/* One number in the middle of every tensor in turn, with layers in place and residual blocks before and
 * behind it. */
static void bad_parameters_are_named(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, &every, 3, 12);
    for (int i = 0, t = 0; i < r.model->layers; i++)
        for (int j = 0; j < r.model->layer[i].tensors; j++, t++) {
            const struct tensor *tensor = model_tensor(r.model, t);
            float *one = r.replica->params + tensor->offset + tensor->n / 2, kept = *one;
            char expected[128];
            snprintf(expected, sizeof expected, "the parameters of layer %d (%s)", i + 1, tensor->name);
            *one = NAN;
            assert_string_equal(diagnosis(&r), expected);
            *one = t % 2 ? INFINITY : -INFINITY;
            model_diagnose(r.model, r.ws, r.replica->params, r.replica->stats, &r.ds, SAMPLE, 8, &AT, text,
                           sizeof text);
            assert_string_equal(text, expected);
            *one = kept;
        }
    rig_close(&r);
}

static void check_overflow(const struct model_def *def, const char *tensor, float value, const char *expected)
{
    struct rig r;
    rig_open(&r, def, 3, 12);
    fill(&r, tensor, value);
    assert_string_equal(diagnosis(&r), expected);
    rig_close(&r);
}

/* Every parameter is finite, and what is computed from them is not. */
static void overflowing_layers_are_named(void **state)
{
    (void)state;
    check_overflow(find("tiny"), "conv1.weight", FLT_MAX, "the output of layer 1 (conv1)");
    check_overflow(find("tiny"), "conv2.weight", FLT_MAX, "the output of layer 4 (conv2)");
    check_overflow(find("tiny"), "fc.weight", FLT_MAX, "the output of layer 7 (fc)");
    check_overflow(&every, "bn1.weight", FLT_MAX, "the output of layer 5 (bn1)");
}

/* A layer in place writes over the finite output of the one before it. */
static void layers_in_place_are_named(void **state)
{
    (void)state;
    static const struct layer_row layers[] = {CONV_BIAS("a", 4, 3, 1, 1), DROPOUT(0.5f), RELU,
                                              LINEAR("b", CLASSES), END_OF_LAYERS};
    const struct model_def def = {.name = "in place", .layers = layers};
    struct rig r;
    rig_open(&r, &def, 3, 12);
    assert_true(r.model->layer[1].x == r.model->layer[1].y && r.model->layer[2].x == r.model->layer[2].y);
    rig_close(&r);
    check_overflow(&def, "a.bias", 0.75f * FLT_MAX, "the output of layer 2 (dropout)");
    check_overflow(&def, "a.weight", FLT_MAX, "the output of layer 1 (a)"); /* NaN passes both after it */
}

static void sums_of_branches_are_named(void **state)
{
    (void)state;
    static const struct layer_row layers[] = {CONV_BIAS("a", 4, 3, 1, 1), RESIDUAL,     RELU, RESIDUAL_END,
                                              LINEAR("b", CLASSES),       END_OF_LAYERS};
    const struct model_def def = {.name = "sum", .layers = layers};
    check_overflow(&def, "a.bias", 0.75f * FLT_MAX, "the output of layer 4 (residual end)");
}

/* Scaled so that of all bytes only 255 becomes infinite; one image has one. */
static void a_bad_image_is_named(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("tiny"), 1, 28);
    size_t size = shape_size(r.model->image);
    uint8_t *pixels = (uint8_t *)r.ds.train.pixels;
    for (size_t i = 0; i < IMAGES * size; i++)
        pixels[i] = pixels[i] > 254 ? 254 : pixels[i];
    pixels[SAMPLE[2] * size + size / 2] = 255;
    r.ds.mean[0] = -3.002f; /* FLT_MAX times FLT_MIN is 4: above it is byte 255 alone */
    r.ds.std[0] = FLT_MIN;
    assert_string_equal(diagnosis(&r), "training image 15");
    rig_close(&r);
}

/* With augmentation and dropout the same images and zeros come again; the caller's statistics stay. */
static void the_pass_is_repeated_exactly(void **state)
{
    (void)state;
    struct rig r;
    struct draw_at at = AT;
    at.augment = AUGMENT_CROP_FLIP;
    rig_open(&r, &every, 3, 12);
    float *stats = r.replica->stats, *before = vec_create(model_stats(r.model), stats);
    double loss =
        model_gradient(r.model, r.ws, r.replica->params, stats, &r.ds, SAMPLE, 8, &at, r.replica->grad);
    assert_memory_not_equal(stats, before, model_stats(r.model) * sizeof *stats);
    vec_copy(before, stats, model_stats(r.model));
    model_diagnose(r.model, r.ws, r.replica->params, stats, &r.ds, SAMPLE, 8, &at, text, sizeof text);
    assert_string_equal(text, "the loss itself");
    assert_memory_equal(stats, before, model_stats(r.model) * sizeof *stats);
    double again = 0;
    for (size_t i = 0; i < 8; i++)
        again += loss_sample(r.ws->logits + i * 10, 10, r.ds.train.labels[SAMPLE[i]]);
    assert_true(again / 8 == loss);
    free(before);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_parameters_are_named),  cmocka_unit_test(overflowing_layers_are_named),
        cmocka_unit_test(layers_in_place_are_named), cmocka_unit_test(sums_of_branches_are_named),
        cmocka_unit_test(a_bad_image_is_named),      cmocka_unit_test(the_pass_is_repeated_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
