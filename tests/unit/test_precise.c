/* Precise statistics of BatchNorm (model_measure, model_settle) against plain loops in double. */
#include "tests/rigs/model_rig.h"
#include "tests/rigs/oracle_loops.h"

enum { SIDE = 8, FIRST = 4, SECOND = 6, HALF = SIDE / 2 };

/* Dropout between the two: with it the second's input would be another one. */
static const struct layer_row two_layers[] = {CONV_BIAS("conv1", FIRST, 3, 1, 1),
                                              BATCHNORM("bn1"),
                                              RELU,
                                              DROPOUT(0.5f),
                                              CONV("conv2", SECOND, 3, 2, 1),
                                              BATCHNORM("bn2"),
                                              RELU,
                                              AVGPOOL,
                                              LINEAR("fc", CLASSES),
                                              END_OF_LAYERS};
static const struct model_def two = {.name = "two", .layers = two_layers};

/* Tensors conv1.weight and .bias; bn1's; conv2.weight. In PyTorch's order, in double. */
struct reference {
    double conv1[FIRST * 3 * 9 + FIRST], bn1[2 * FIRST], conv2[SECOND * FIRST * 9];
    double mean[FIRST + SECOND], square[FIRST + SECOND]; /* E[mean], E[variance + mean^2] */
};

static void take(double *out, const struct rig *r, int tensor)
{
    size_t n = model_tensor(r->model, tensor)->n;
    float *values = need(n * sizeof *values);
    model_export(r->model, tensor, r->replica->params, values);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)values[i];
    free(values);
}

static void reference_open(struct reference *ref, const struct rig *r)
{
    memset(ref, 0, sizeof *ref);
    take(ref->conv1, r, 0);
    take(ref->conv1 + FIRST * 3 * 9, r, 1);
    take(ref->bn1, r, 2);
    take(ref->bn1 + FIRST, r, 3);
    take(ref->conv2, r, 4);
}

/* Channel c of x (n, channels, area): adds its mean and mean square, with weight. */
static void note(double *mean, double *square, const double *x, int c, const struct oracle *o, double weight)
{
    int area = o->h * o->w;
    double m = 0, v = 0;
    for (int i = 0; i < o->n; i++)
        for (int j = 0; j < area; j++)
            m += x[(i * o->c + c) * area + j] / (o->n * area);
    for (int i = 0; i < o->n; i++)
        for (int j = 0; j < area; j++) {
            double d = x[(i * o->c + c) * area + j] - m;
            v += d * d / (o->n * area);
        }
    *mean += weight * m;
    *square += weight * (v + m * m);
}

static void reference_batch(struct reference *ref, const struct rig *r, const uint32_t *sample, int n,
                            double weight)
{
    double *x = need(sizeof(double) * (size_t)n * 3 * SIDE * SIDE);
    double *y = need(sizeof(double) * (size_t)n * FIRST * SIDE * SIDE),
           *z = need(sizeof(double) * (size_t)n * FIRST * SIDE * SIDE);
    double running[2 * FIRST] = {0};
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 3 * SIDE * SIDE; j++)
            x[i * 3 * SIDE * SIDE + j] =
                (r->ds.train.pixels[sample[i] * 3 * SIDE * SIDE + (uint32_t)j] / 255.0 - 0.5) / 0.5;
    struct oracle conv1 = {.n = n, .c = 3, .h = SIDE, .w = SIDE, .oc = FIRST, .oh = SIDE, .ow = SIDE};
    conv1.kernel = 3, conv1.stride = conv1.pad = 1;
    struct oracle bn = {.n = n, .c = FIRST, .h = SIDE, .w = SIDE, .oc = FIRST, .oh = SIDE, .ow = SIDE};
    bn.running = running, bn.training = 1;
    struct oracle conv2 = {.n = n, .c = FIRST, .h = SIDE, .w = SIDE, .oc = SECOND, .oh = HALF, .ow = HALF};
    conv2.kernel = 3, conv2.stride = 2, conv2.pad = 1;
    struct oracle last = {.n = n, .c = SECOND, .h = HALF, .w = HALF};
    loops_conv_bias(y, x, ref->conv1, &conv1);
    for (int c = 0; c < FIRST; c++)
        note(&ref->mean[c], &ref->square[c], y, c, &bn, weight);
    loops_batchnorm(z, y, ref->bn1, &bn);
    loops_relu(y, z, NULL, &bn);
    loops_conv(z, y, ref->conv2, &conv2);
    for (int c = 0; c < SECOND; c++)
        note(&ref->mean[FIRST + c], &ref->square[FIRST + c], z, c, &last, weight);
    free(x);
    free(y);
    free(z);
}

/* Statistic number i of channel c of both layers, which lie as means, variances of one, then of the other. */
static void compare(const struct reference *ref, const float *stats)
{
    for (int i = 0; i < FIRST + SECOND; i++) {
        int first = i < FIRST ? 0 : FIRST, channels = i < FIRST ? FIRST : SECOND;
        const float *at = stats + 2 * first + (i - first);
        double variance = ref->square[i] - ref->mean[i] * ref->mean[i];
        assert_near(at[0], ref->mean[i], 2e-6 * sqrt(ref->square[i]));
        assert_near(at[channels], variance, 5e-6 * ref->square[i]);
    }
}

/* Images of which some are brighter than others, so that batches differ. */
static void open(struct rig *r)
{
    rig_open(r, &two, 3, SIDE);
    uint8_t *pixels = (uint8_t *)r->ds.train.pixels;
    for (int i = 0; i < IMAGES; i++)
        for (int j = 0; j < 3 * SIDE * SIDE; j++)
            pixels[i * 3 * SIDE * SIDE + j] = (uint8_t)(pixels[i * 3 * SIDE * SIDE + j] * (i + 1) / IMAGES);
    for (size_t i = 0; i < model_params(r->model); i++) /* gamma and beta as well: not 1 and 0 */
        r->replica->params[i] += 0.3f * (float)sin((double)i);
}

static void measure(const struct rig *r, struct workspace *ws, int samples, int batch, float *stats)
{
    double moments[2 * (FIRST + SECOND)] = {0};
    uint32_t sample[IMAGES];
    for (uint32_t i = 0; i < IMAGES; i++)
        sample[i] = (i * 37 + 5) % IMAGES;
    for (int first = 0; first < samples; first += batch)
        model_measure(r->model, ws, r->replica->params, &r->ds, sample + first,
                      samples - first < batch ? samples - first : batch, moments);
    model_settle(r->model, moments, samples, stats);
}

/* Batches of 32, 32 and 5: the last has 5/69 of the weight. */
static void statistics_are_those_of_loops(void **state)
{
    (void)state;
    static const struct {
        int samples, batch;
    } of[] = {{69, 32}, {96, 32}, {20, 32}, {9, 4}};
    struct rig r;
    open(&r);
    for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
        struct reference ref;
        float stats[2 * (FIRST + SECOND)];
        uint32_t sample[IMAGES];
        reference_open(&ref, &r);
        for (uint32_t i = 0; i < IMAGES; i++)
            sample[i] = (i * 37 + 5) % IMAGES;
        for (int first = 0; first < of[k].samples; first += of[k].batch) {
            int left = of[k].samples - first, n = left < of[k].batch ? left : of[k].batch;
            reference_batch(&ref, &r, sample + first, n, (double)n / of[k].samples);
        }
        measure(&r, r.ws, of[k].samples, of[k].batch, stats);
        compare(&ref, stats);
    }
    rig_close(&r);
}

/* What enters the first BatchNorm depends on no batch: mean and variance of all samples, however they are dealt. */
static void short_batches_have_the_weight_of_their_samples(void **state)
{
    (void)state;
    struct rig r;
    struct reference whole;
    uint32_t sample[IMAGES];
    open(&r);
    reference_open(&whole, &r);
    for (uint32_t i = 0; i < IMAGES; i++)
        sample[i] = (i * 37 + 5) % IMAGES;
    reference_batch(&whole, &r, sample, 30, 1);
    for (int batch = 1; batch <= 30; batch++) {
        float stats[2 * (FIRST + SECOND)];
        measure(&r, r.ws, 30, batch, stats);
        for (int c = 0; c < FIRST; c++) {
            assert_near(stats[c], whole.mean[c], 2e-6 * sqrt(whole.square[c]));
            assert_near(stats[FIRST + c], whole.square[c] - whole.mean[c] * whole.mean[c],
                        5e-6 * whole.square[c]);
        }
    }
    rig_close(&r);
}

/* A workspace for evaluation will do, and serves as before. */
static void workspaces_of_evaluation_measure_too(void **state)
{
    (void)state;
    struct rig r;
    float a[2 * (FIRST + SECOND)], b[2 * (FIRST + SECOND)];
    int before, after;
    open(&r);
    struct workspace *ws = workspace_create(r.model, 40, 0);
    double loss = evaluate(&r, ws, 40, &before);
    measure(&r, ws, 69, 32, a);
    assert_true(loss == evaluate(&r, ws, 40, &after));
    assert_int_equal(before, after);
    measure(&r, r.ws, 69, 32, b);
    assert_memory_equal(a, b, sizeof a);
    workspace_destroy(ws);
    rig_close(&r);
}

/* A channel of one value has variance 0, which rounding makes no negative one; what is not finite is seen. */
static void extremes(void **state)
{
    (void)state;
    struct rig r;
    float stats[2 * (FIRST + SECOND)];
    open(&r);
    size_t bias = model_tensor(r.model, 1)->offset;
    memset(r.replica->params, 0, bias * sizeof(float));
    r.replica->params[bias] = 1234.567f;
    measure(&r, r.ws, 69, 32, stats);
    assert_true(stats[0] == 1234.567f && stats[FIRST] >= 0 && stats[FIRST] < 1e-3f);
    r.replica->params[bias] = NAN;
    measure(&r, r.ws, 69, 32, stats);
    assert_true(isnan(stats[0]) && isnan(stats[FIRST]) && !isnan(stats[1]));
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_those_of_loops),
        cmocka_unit_test(short_batches_have_the_weight_of_their_samples),
        cmocka_unit_test(workspaces_of_evaluation_measure_too),
        cmocka_unit_test(extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
