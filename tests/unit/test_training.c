/* Whole models at work: gradients, evaluation, training. */
#include "tests/rigs/model_rig.h"

static void initial_loss_is_that_of_guessing(void **state)
{
    (void)state;
    for (int i = 0; model_list[i]; i++) {
        if (model_list[i]->sizes) /* there is nothing to compute with */
            continue;
        bool mnist = !strcmp(model_list[i]->name, "cnn");
        struct rig r;
        rig_open(&r, model_list[i], mnist ? 1 : 3, mnist ? 28 : 32);
        double loss = gradient(&r, 16, 0);
        if (!(loss > 2.2 && loss < 2.7))
            fail_msg("%s starts at %g", model_list[i]->name, loss);
        rig_close(&r);
    }
}

/* Moves one tensor along its own gradient g by h g: the loss must move by h |g|^2. */
static void check_tensor_slope(struct rig *r, const float *grad, const struct tensor *t)
{
    double squares = 0, change = 1e-4;
    for (size_t i = 0; i < t->n; i++)
        squares += (double)grad[t->offset + i] * (double)grad[t->offset + i];
    if (squares < 1e-8)
        return; /* behind a BatchNorm a bias has no effect */
    float h = (float)(change / 2 / squares), *w = r->replica->params + t->offset;
    float *kept = need(t->n * sizeof *kept);
    vec_copy(kept, w, t->n);
    vec_step_from(w, kept, -h, grad + t->offset, t->n);
    double up = gradient(r, 8, 0);
    vec_step_from(w, kept, h, grad + t->offset, t->n);
    double down = gradient(r, 8, 0);
    vec_copy(w, kept, t->n);
    free(kept);
    if (!(fabs((up - down) / change - 1) < 0.01))
        fail_msg("%s: the loss moves %g of what its gradient says", t->name, (up - down) / change);
}

static void check_slopes(const struct model_def *def, int channels, int side)
{
    struct rig r;
    rig_open(&r, def, channels, side);
    gradient(&r, 8, 0);
    float *grad = need(model_params(r.model) * sizeof *grad);
    vec_copy(grad, r.replica->grad, model_params(r.model));
    for (int i = 0; i < model_tensors(r.model); i++)
        check_tensor_slope(&r, grad, model_tensor(r.model, i));
    free(grad);
    rig_close(&r);
}

static void gradients_match_differences(void **state)
{
    (void)state;
    check_slopes(find("tiny"), 1, 28);
    check_slopes(find("tiny"), 3, 32);
    check_slopes(find("cnn"), 1, 28);
    check_slopes(&every, 3, 12);
}

static void gradient_is_the_mean_over_samples(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("tiny"), 1, 28);
    size_t d = model_params(r.model);
    float *whole = need(d * sizeof *whole), *sum = need(d * sizeof *sum);
    double mean = gradient(&r, 4, 0), total = 0;
    vec_copy(whole, r.replica->grad, d);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t sample = i * 7;
        total += model_gradient(r.model, r.ws, r.replica->params, r.replica->stats, &r.ds, &sample, 1,
                                &(struct draw_at){0}, r.replica->grad);
        vec_add_scaled(sum, 0.25f, r.replica->grad, d);
    }
    assert_near(total / 4, mean, 1e-6);
    for (size_t i = 0; i < d; i++)
        assert_near(sum[i], whole[i], 1e-6);
    free(whole);
    free(sum);
    rig_close(&r);
}

/* The logits are x + max(x, 0), then max(x, 0) + x by way of a shortcut: the block's input must outlive its
 * ReLU. */
static void blocks_add_what_entered_them(void **state)
{
    (void)state;
    static const struct layer_row plain[] = {RESIDUAL, RELU, RESIDUAL_END, END_OF_LAYERS};
    static const struct layer_row side[] = {RESIDUAL, DROPOUT(0.5f), SHORTCUT,
                                            RELU,     RESIDUAL_END,  END_OF_LAYERS};
    static const struct model_def defs[] = {{.name = "plain", .layers = plain},
                                            {.name = "side", .layers = side}};
    const uint8_t pixels[10] = {0, 30, 60, 90, 120, 150, 180, 210, 240, 255}, label = 4;
    const struct dataset ds = {
        .channels = 1, .height = 2, .width = 5, .classes = 10, .mean = {0.5f}, .std = {0.5f}};
    const struct split split = {.n = 1, .pixels = pixels, .labels = &label};
    double sum = 0, chosen = 0;
    for (int i = 0; i < 10; i++) {
        double x = (pixels[i] / 255.0 - 0.5) / 0.5, logit = x + fmax(x, 0);
        sum += exp(logit);
        chosen = i == label ? logit : chosen;
    }
    for (int i = 0; i < 2; i++) {
        char error[200];
        struct score score = {0};
        struct model *m = model_build(&defs[i], 1, 2, 5, 10, error, sizeof error);
        struct workspace *ws = workspace_create(m, 1, 0);
        model_evaluate(m, ws, NULL, NULL, &ds, &split, 0, 1, &score);
        assert_near(score.loss, log(sum) - chosen, 1e-6);
        workspace_destroy(ws);
        model_destroy(m);
    }
}

/* Without BatchNorm, evaluation is training without the dropout rows. */
static void evaluation_is_forward_without_dropout(void **state)
{
    (void)state;
    static const struct layer_row with[] = {CONV_BIAS("a", 6, 3, 2, 1), DROPOUT2D(0.5f), RELU, DROPOUT(0.5f),
                                            LINEAR("b", CLASSES),       END_OF_LAYERS};
    static const struct layer_row without[] = {CONV_BIAS("a", 6, 3, 2, 1), RELU, LINEAR("b", CLASSES),
                                               END_OF_LAYERS};
    struct rig a, b;
    rig_open(&a, &(struct model_def){.name = "with", .layers = with}, 1, 9);
    rig_open(&b, &(struct model_def){.name = "without", .layers = without}, 1, 9);
    uint32_t sample[8] = {3, 4, 5, 6, 7, 8, 9, 10};
    struct draw_at at = {.seed = 1};
    int correct;
    double loss = evaluate(&a, a.ws, 8, &correct);
    assert_near(
        loss / 8,
        model_gradient(b.model, b.ws, b.replica->params, NULL, &b.ds, sample, 8, &at, b.replica->grad), 1e-7);
    assert_true(fabs(loss / 8 - model_gradient(a.model, a.ws, a.replica->params, NULL, &a.ds, sample, 8, &at,
                                               a.replica->grad)) > 1e-4);
    rig_close(&a);
    rig_close(&b);
}

static void evaluation_changes_nothing_and_needs_little_memory(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, &every, 3, 12);
    gradient(&r, BATCH, 0); /* statistics that are not the initial ones */
    uint64_t before = vec_hash(r.replica->stats, model_stats(r.model));
    struct workspace *small = workspace_create(r.model, 20, 0);
    int correct, again;
    double loss = evaluate(&r, small, 20, &correct);
    assert_true(loss == evaluate(&r, r.ws, 20, &again));
    assert_int_equal(correct, again);
    assert_true(vec_hash(r.replica->stats, model_stats(r.model)) == before);
    assert_true(workspace_bytes(small) * 2 < workspace_bytes(r.ws));
    workspace_destroy(small);
    rig_close(&r);
}

static void check_garbage(const struct model_def *def, int channels, int side)
{
    struct rig r;
    rig_open(&r, def, channels, side);
    float *stats = need(model_stats(r.model) * sizeof *stats);
    vec_copy(stats, r.replica->stats, model_stats(r.model));
    double loss = gradient(&r, 7, 0);
    uint64_t hash = vec_hash(r.replica->grad, model_params(r.model));
    memset(r.ws->memory, 0xff, r.ws->bytes); /* NaN all over */
    memset(r.replica->grad, 0xff, model_params(r.model) * sizeof(float));
    vec_copy(r.replica->stats, stats, model_stats(r.model));
    assert_true(isfinite(loss) && loss == gradient(&r, 7, 0));
    assert_true(hash == vec_hash(r.replica->grad, model_params(r.model)));
    free(stats);
    rig_close(&r);
}

static void nothing_is_read_before_it_is_written(void **state)
{
    (void)state;
    check_garbage(&every, 3, 12);
    check_garbage(find("cnn"), 1, 28);
    check_garbage(find("alexnet"), 3, 32);
    check_garbage(find("resnet14"), 3, 32);
}

static double train(const struct model_def *def, int channels, int side, uint64_t *hash)
{
    struct rig r;
    rig_open(&r, def, channels, side);
    double first = gradient(&r, BATCH, 0), last = first;
    for (int64_t k = 0; k < 200; k++) {
        last = gradient(&r, BATCH, k);
        replica_apply(r.replica, 0.05f, NULL);
    }
    *hash = vec_hash(r.replica->params, model_params(r.model));
    rig_close(&r);
    return last / first;
}

static void training_learns_and_repeats_bit_by_bit(void **state)
{
    (void)state;
    uint64_t a, b;
    assert_true(train(find("logreg"), 1, 28, &a) < 0.1);
    assert_true(train(find("logreg"), 1, 28, &b) < 0.1);
    assert_true(a == b);
    assert_true(train(find("tiny"), 3, 32, &a) < 0.5);
    assert_true(train(find("tiny"), 3, 32, &b) < 0.5);
    assert_true(a == b);
    assert_true(train(&every, 3, 12, &a) < 0.9);
    assert_true(train(&every, 3, 12, &b) < 0.9);
    assert_true(a == b);
}

/* Two tables that differ in dropouts of nothing, which keep ReLUs away from the layers above them. */
#define NOTHING DROPOUT(0)
#define BLOCKS(...)                                                                           \
    CONV("a", 6, 3, 1, 1), BATCHNORM("b"), __VA_ARGS__ RELU, RESIDUAL, CONV("c", 6, 3, 1, 1), \
        __VA_ARGS__ RESIDUAL_END, __VA_ARGS__ RELU, LINEAR("d", CLASSES), END_OF_LAYERS

static void relu_is_the_same_in_the_layer_above(void **state)
{
    (void)state;
    static const struct layer_row with[] = {BLOCKS()}, without[] = {BLOCKS(NOTHING, )};
    const struct model_def defs[] = {{.name = "with", .layers = with},
                                     {.name = "without", .layers = without}};
    struct rig r[2];
    double loss[2];
    for (int i = 0; i < 2; i++) {
        rig_open(&r[i], &defs[i], 3, 9);
        loss[i] = gradient(&r[i], BATCH, 0);
    }
    int fused[2] = {0};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < r[i].model->layers; j++)
            fused[i] += r[i].model->layer[j].fused;
    assert_int_equal(fused[0], 2);
    assert_int_equal(fused[1], 0);
    assert_near(loss[0], loss[1], 1e-6);
    for (size_t i = 0; i < model_params(r[0].model); i++)
        assert_near(r[0].replica->grad[i], r[1].replica->grad[i], 1e-6);
    rig_close(&r[0]);
    rig_close(&r[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relu_is_the_same_in_the_layer_above),
        cmocka_unit_test(initial_loss_is_that_of_guessing),
        cmocka_unit_test(gradients_match_differences),
        cmocka_unit_test(gradient_is_the_mean_over_samples),
        cmocka_unit_test(blocks_add_what_entered_them),
        cmocka_unit_test(evaluation_is_forward_without_dropout),
        cmocka_unit_test(evaluation_changes_nothing_and_needs_little_memory),
        cmocka_unit_test(nothing_is_read_before_it_is_written),
        cmocka_unit_test(training_learns_and_repeats_bit_by_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
