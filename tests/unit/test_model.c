/* Models as built: sizes, names, initial values, errors, memory; replicas. */
#include "tests/rigs/model_rig.h"

#include "models/plan.h"

static void zoo_has_the_published_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int channels, side, tensors;
        size_t params, stats;
        uint64_t macs;
    } expected[] = {{"logreg", 1, 28, 2, 7850, 0, 7840},
                    {"tiny", 3, 32, 6, 3962, 0, 131584},
                    {"cnn", 1, 28, 8, 1199882, 0, 11992448},
                    {"alexnet", 3, 32, 12, 2472266, 0, 14957056},
                    {"resnet14", 3, 32, 47, 195738, 1120, 28754560},
                    {"resnet18", 3, 32, 62, 11173962, 9600, 555422720}};
    char error[200];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct model *m = model_build(find(expected[i].name), expected[i].channels, expected[i].side,
                                      expected[i].side, 10, error, sizeof error);
        assert_non_null(m);
        assert_string_equal(model_name(m), expected[i].name);
        assert_int_equal(model_params(m), expected[i].params);
        assert_int_equal(model_tensors(m), expected[i].tensors);
        assert_int_equal(model_stats(m), expected[i].stats);
        assert_int_equal(model_macs(m), expected[i].macs);
        model_destroy(m);
    }
}

static void tensors_tile_the_vector(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("resnet14"), 3, 32);
    size_t offset = 0;
    for (int i = 0; i < model_tensors(r.model); i++) {
        const struct tensor *t = model_tensor(r.model, i);
        size_t n = 1;
        for (int j = 0; j < t->dims; j++)
            n *= (size_t)t->dim[j];
        assert_int_equal(t->offset, offset);
        assert_int_equal(t->n, n);
        offset += n;
    }
    assert_int_equal(offset, model_params(r.model));
    const struct tensor *shortcut =
        model_tensor(r.model, 21); /* behind both convolutions of its block, as in PyTorch */
    assert_string_equal(model_tensor(r.model, 0)->name, "conv.weight");
    assert_string_equal(shortcut->name, "layer2.0.downsample.0.weight");
    assert_true(shortcut->dims == 4 && shortcut->dim[0] == 32 && shortcut->dim[1] == 16 &&
                shortcut->dim[2] == 3);
    rig_close(&r);
}

static void misfits_are_explained(void **state)
{
    (void)state;
    static const struct layer_row open_end[] = {RESIDUAL_END, END_OF_LAYERS};
    static const struct layer_row endless[] = {RESIDUAL, RELU, END_OF_LAYERS};
    static const struct layer_row unequal[] = {RESIDUAL, CONV("a", 4, 3, 1, 1), RESIDUAL_END, END_OF_LAYERS};
    const struct model_def bad[] = {{.name = "open", .layers = open_end},
                                    {.name = "unequal", .layers = unequal},
                                    {.name = "endless", .layers = endless}};
    char error[200];
    assert_null(model_build(find("alexnet"), 1, 28, 28, 10, error, sizeof error));
    assert_string_equal(
        error, "alexnet on images of 1x28x28: layer 18 (maxpool) has a window larger than its input");
    assert_null(model_build(find("cnn"), 1, 4, 4, 10, error, sizeof error));
    assert_non_null(strstr(error, "layer 3 (conv) has a kernel larger"));
    assert_null(model_build(&bad[0], 3, 8, 8, 10, error, sizeof error));
    assert_non_null(strstr(error, "layer 1 (residual end) is out of place"));
    assert_null(model_build(&bad[1], 3, 8, 8, 10, error, sizeof error));
    assert_non_null(strstr(error, "unequal shape"));
    assert_null(model_build(&bad[2], 1, 2, 5, 10, error, sizeof error));
    assert_non_null(strstr(error, "layer 2 (relu) leaves a residual block open"));
}

/* Element i of PyTorch's order must be draw number i of tensor t: looked at through the operator's own
 * placing. */
static void check_initial_tensor(const struct layer *l, int j, int rank, const float *params)
{
    const struct parameter *p = &l->own[j];
    size_t n = p->tensor.n;
    float *drawn = need(n * sizeof *drawn), *expected = need(n * sizeof *expected);
    struct draw_key key = {.seed = 7, .purpose = DRAW_INIT, .rank = rank};
    draw_uniform_fill(&key, drawn, n);
    int fan_in = 1;
    const struct tensor *weight = &l->own[0].tensor;
    for (int i = 1; i < weight->dims; i++)
        fan_in *= weight->dim[i];
    for (size_t i = 0; i < n; i++)
        drawn[i] = (2 * drawn[i] - 1) * (float)(1 / sqrt(fan_in));
    if (l->row->op->from_pytorch)
        l->row->op->from_pytorch(l, j, expected, drawn);
    for (size_t i = 0; i < n; i++)
        if (l->row->op == &op_batchnorm)
            assert_true(params[p->tensor.offset + i] == (j == 0 ? 1 : 0));
        else
            assert_true(params[p->tensor.offset + i] == expected[i]);
    free(drawn);
    free(expected);
}

static void initial_values_are_pytorchs(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("resnet14"), 3, 32);
    float *first = need(model_params(r.model) * sizeof *first);
    model_init(r.model, 7, first, r.replica->stats);
    model_init(r.model, 8, r.replica->params, r.replica->stats);
    assert_memory_not_equal(first, r.replica->params, 432 * sizeof *first);
    model_init(r.model, 7, r.replica->params, r.replica->stats);
    assert_memory_equal(first, r.replica->params, model_params(r.model) * sizeof *first);
    for (int i = 0, rank = 0; i < r.model->layers; i++)
        for (int j = 0; j < r.model->layer[i].tensors; j++)
            check_initial_tensor(&r.model->layer[i], j, rank++, first);
    for (size_t i = 0; i < 32; i++) /* the first BatchNorm: 16 means, 16 variances */
        assert_true(r.replica->stats[i] == (i < 16 ? 0 : 1));
    free(first);
    rig_close(&r);
}

static void initial_bounds_follow_fan_in(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("alexnet"), 3, 32);
    const struct tensor *t = model_tensor(r.model, 2); /* 192 x 64 x 5 x 5 */
    double bound = 1 / sqrt(64 * 25), sum = 0, squares = 0, largest = 0;
    for (size_t i = 0; i < t->n; i++) {
        double w = r.replica->params[t->offset + i];
        sum += w;
        squares += w * w;
        largest = fmax(largest, fabs(w));
    }
    assert_true(largest <= bound * (1 + 1e-6) && largest > 0.999 * bound);
    assert_near(sum / (double)t->n, 0, 4 * bound / sqrt(3.0 * (double)t->n));
    assert_near(sqrt(3 * squares / (double)t->n) / bound, 1, 0.01);
    rig_close(&r);
}

static void replicas_hold_and_step(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("tiny"), 1, 28);
    size_t d = model_params(r.model);
    float *a = need(d * sizeof *a), *b = need(d * sizeof *b);
    for (size_t i = 0; i < d; i++)
        a[i] = (float)i;
    replica_set_weights(r.replica, a);
    replica_set_gradients(r.replica, a);
    replica_apply(r.replica, 0.5f, NULL);
    replica_get_weights(r.replica, b);
    for (size_t i = 0; i < d; i++)
        assert_true(b[i] == (float)i / 2);
    for (size_t i = 0; i < d; i++)
        b[i] = 8;
    replica_apply(r.replica, 0.25f, b);
    replica_get_weights(r.replica, b);
    for (size_t i = 0; i < d; i++)
        assert_true(b[i] == (float)i / 2 - 2);
    free(a);
    free(b);
    rig_close(&r);
}

static void plan_keeps_buffers_apart(void **state)
{
    (void)state;
    struct usage b[40];
    struct draw_key key = {.seed = 2, .purpose = DRAW_SYNTHETIC};
    size_t sum = 0;
    for (uint64_t i = 0; i < 40; i++) {
        int first = (int)draw_below(&key, 3 * i, 30);
        b[i] = (struct usage){.floats = 1 + draw_below(&key, 3 * i + 1, 500),
                              .first = first,
                              .last = first + (int)draw_below(&key, 3 * i + 2, 8)};
        sum += b[i].floats;
    }
    size_t total = plan_memory(b, 40);
    for (int i = 0; i < 40; i++) {
        assert_true(b[i].offset % 16 == 0 && b[i].offset + b[i].floats <= total);
        for (int j = 0; j < i; j++)
            if (b[i].first <= b[j].last && b[j].first <= b[i].last)
                assert_true(b[i].offset + b[i].floats <= b[j].offset ||
                            b[j].offset + b[j].floats <= b[i].offset);
    }
    assert_true(total < sum / 2);
}

/* Takes each part of a gradient as it comes, and spoils the part's parameters, which backward needs no more. */
struct taker {
    float *params, *grad;
    size_t taken;
};

static void take(void *context, float *part, size_t first, size_t n)
{
    struct taker *t = context;
    for (size_t i = 0; i < n; i++) {
        assert_true(isnan(t->grad[first + i])); /* the first time */
        t->grad[first + i] = part[i];
        t->params[first + i] = NAN;
    }
    t->taken += n;
}

static void take_all(struct rig *r, int images, bool stores, const float *expected)
{
    size_t n = model_params(r->model);
    float *params = vec_create(n, r->replica->params), *stored = r->replica->grad;
    struct taker taker = {.params = r->replica->params, .grad = vec_create(n, NULL)};
    for (size_t i = 0; i < n; i++)
        taker.grad[i] = NAN;
    workspace_on_ready(r->ws, stores, take, &taker);
    r->replica->grad = stores ? stored : NULL;
    gradient(r, images, 1);
    assert_int_equal(taker.taken, n);
    assert_memory_equal(taker.grad, expected, n * sizeof(float));
    if (stores)
        assert_memory_equal(stored, expected, n * sizeof(float));
    replica_set_weights(r->replica, params);
    r->replica->grad = stored;
    free(params);
    free(taker.grad);
}

/* With few images large layers go through their parameters in parts; with many they do not. */
static void parts_are_the_gradient(void **state)
{
    (void)state;
    const char *const name[] = {"cnn", "alexnet", "resnet14"};
    for (int i = 0; i < 6; i++) {
        struct rig r;
        int images = i % 2 ? BATCH : 3;
        rig_open(&r, find(name[i / 2]), i / 2 ? 3 : 1, i / 2 ? 32 : 28);
        gradient(&r, images, 1);
        float *expected = vec_create(model_params(r.model), r.replica->grad);
        take_all(&r, images, false, expected);
        take_all(&r, images, true, expected);
        free(expected);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zoo_has_the_published_sizes),  cmocka_unit_test(tensors_tile_the_vector),
        cmocka_unit_test(misfits_are_explained),        cmocka_unit_test(initial_values_are_pytorchs),
        cmocka_unit_test(initial_bounds_follow_fan_in), cmocka_unit_test(replicas_hold_and_step),
        cmocka_unit_test(plan_keeps_buffers_apart),     cmocka_unit_test(parts_are_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
