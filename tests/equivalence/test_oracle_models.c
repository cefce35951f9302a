/* Whole models against PyTorch, without dropout: some steps of plain SGD from the same parameters, with the
 * same samples. PyTorch's float64 is what all is compared with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "tests/rigs/oracle_fixture.h"

static const double TOLERANCE = 1e-4; /* losses, gradients, statistics; relative to the largest of a tensor */
static const double MOVED = 1e-3;     /* displacement of all parameters together */
/* Where PyTorch's float32 is further than that from its float64, ours may be this many times as far. */
static const double SINGLE = 3;

enum { IMAGES = 96, ROWS = 128 };

struct bench {
    struct fixture *f;
    const struct fixture_case *c;
    struct layer_row rows[ROWS];
    struct model_def def;
    struct model *model;
    struct workspace *ws;
    struct dataset ds;
    float *first, *params, *grad, *stats, *logical;
    float *loss;
};

/* Squared length of a difference and of what it is a difference from, over many tensors. */
struct distance {
    double apart, whole, worst;
    char name[64]; /* of the tensor with the worst element */
};

static const struct expected *find(const struct bench *b, const char *prefix, const char *name)
{
    char full[160];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const struct expected *e = fixture_find(b->c, full);
    if (!e)
        fail_msg("%s: has no %s", b->c->name, full);
    return e;
}

/* The table of the zoo without its dropout rows. */
static void copy_without_dropout(struct bench *b)
{
    const struct model_def *const *def = model_list;
    while (*def && strcmp((*def)->name, b->c->kind) != 0)
        def++;
    if (!*def)
        fail_msg("no model %s", b->c->kind);
    int n = 0;
    for (const struct layer_row *row = (*def)->layers; row->op; row++)
        if (row->op != &op_dropout) {
            assert_true(n + 1 < ROWS);
            b->rows[n++] = *row;
        }
    b->rows[n] = (struct layer_row)END_OF_LAYERS;
    b->def = **def;
    b->def.layers = b->rows;
}

/* Noise, made brighter by 128 in one of ten parts of the image that says its class. */
static void make_dataset(struct bench *b)
{
    const struct fixture_case *c = b->c;
    size_t size = (size_t)(c->c * c->h * c->w), part = size / 10;
    uint64_t pixel = oracle_key(b->f, c, "pixels"), label = oracle_key(b->f, c, "labels");
    uint8_t *pixels = need(IMAGES * size), *labels = need(IMAGES);
    for (size_t i = 0; i < IMAGES * size; i++)
        pixels[i] = (uint8_t)(oracle_draw(pixel, i) >> 57);
    for (size_t i = 0; i < IMAGES; i++) {
        labels[i] = (uint8_t)(oracle_draw(label, i) % 10);
        for (size_t j = 0; j < part; j++)
            pixels[i * size + labels[i] * part + j] |= 128;
    }
    b->ds = (struct dataset){.channels = c->c, .height = c->h, .width = c->w, .classes = 10};
    b->ds.train = (struct split){.n = IMAGES, .pixels = pixels, .labels = labels};
    const struct expected *norm = find(b, "", "norm");
    for (int i = 0; i < c->c; i++) {
        b->ds.mean[i] = norm->value[0];
        b->ds.std[i] = norm->value[1];
    }
}

/* base + scale * draw, with the draw's sign where the fixture says so. */
static void set_tensor(struct bench *b, const struct layer *l, int i)
{
    const struct tensor *t = &l->own[i].tensor;
    const float *start = find(b, "start ", t->name)->value;
    uint64_t key = oracle_key(b->f, b->c, t->name);
    for (size_t j = 0; j < t->n; j++) {
        float v = oracle_value(key, j), x = start[0] + start[1] * v;
        b->logical[j] = start[2] != 0 && v < 0 ? -x : x;
    }
    if (l->row->op->from_pytorch)
        l->row->op->from_pytorch(l, i, b->first + t->offset, b->logical);
    else
        vec_copy(b->first + t->offset, b->logical, t->n);
}

static void set_params(struct bench *b)
{
    size_t d = model_params(b->model);
    b->first = need(d * sizeof(float));
    b->params = need(d * sizeof(float));
    b->grad = need(d * sizeof(float));
    b->logical = need(d * sizeof(float));
    b->stats = need(model_stats(b->model) * sizeof(float));
    model_init(b->model, 1, b->params, b->stats); /* for the statistics */
    for (int i = 0; i < b->model->layers; i++)
        for (int j = 0; j < b->model->layer[i].tensors; j++)
            set_tensor(b, &b->model->layer[i], j);
    vec_copy(b->params, b->first, d);
}

static void bench_open(struct bench *b, const char *name)
{
    char error[200] = "";
    *b = (struct bench){.f = fixture_read(name)};
    b->c = &b->f->at[0];
    copy_without_dropout(b);
    b->model = model_build(&b->def, b->c->c, b->c->h, b->c->w, 10, error, sizeof error);
    if (!b->model)
        fail_msg("%s", error);
    b->ws = workspace_create(b->model, b->c->n, 1);
    b->loss = need((size_t)b->c->steps * sizeof *b->loss);
    make_dataset(b);
    set_params(b);
}

static void bench_close(struct bench *b)
{
    float *all[] = {b->first, b->params, b->grad, b->logical, b->stats, b->loss};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free((void *)b->ds.train.pixels);
    free((void *)b->ds.train.labels);
    workspace_destroy(b->ws);
    model_destroy(b->model);
    fixture_free(b->f);
}

static double root_ratio(const struct distance *d)
{
    return sqrt(d->apart / d->whole);
}

/* Adds a tensor that is known at some places: each stands for many. */
static void add_tensor(struct bench *b, const struct expected *e, const float *got, struct distance *d)
{
    double share = (double)e->count / (double)e->stored, error = fixture_error(b->f, b->c, e, got);
    for (uint32_t j = 0; j < e->stored; j++) {
        double apart = (double)got[fixture_index(b->f, b->c, e, j)] - (double)e->value[j];
        d->apart += share * apart * apart;
        d->whole += share * (double)e->value[j] * (double)e->value[j];
    }
    if (!(error <= d->worst)) {
        d->worst = error;
        snprintf(d->name, sizeof d->name, "%s", e->name);
    }
}

static void require(const struct bench *b, const struct expected *e, double error, double tolerance)
{
    tolerance = fmax(tolerance, SINGLE * e->single);
    if (!(error <= tolerance))
        fail_msg("%s: %s: error %g, allowed are %g", b->c->name, e->name, error, tolerance);
}

/* Every tensor of a vector that has the layout of the parameters: alone, when asked for, and all together. */
static void check_vector(struct bench *b, const char *prefix, const float *vector, bool alone,
                         double tolerance)
{
    struct distance d = {0};
    for (int i = 0; i < model_tensors(b->model); i++) {
        const struct tensor *t = model_tensor(b->model, i);
        const struct expected *e = find(b, prefix, t->name);
        assert_int_equal(e->count, t->n);
        model_export(b->model, i, vector, b->logical);
        add_tensor(b, e, b->logical, &d);
        if (alone)
            require(b, e, fixture_error(b->f, b->c, e, b->logical), tolerance);
    }
    printf("%-14s %s: %.1e over all, worst %.1e (%s)\n", b->c->name, prefix, root_ratio(&d), d.worst, d.name);
    assert_true(root_ratio(&d) <= tolerance);
}

/* Whether the fixture says something of the kind, by the first tensor. */
static bool knows(const struct bench *b, const char *prefix)
{
    char full[160];
    snprintf(full, sizeof full, "%s%s", prefix, model_tensor(b->model, 0)->name);
    return fixture_find(b->c, full) != NULL;
}

static void check_moved(struct bench *b)
{
    vec_step_from(b->grad, b->params, 1, b->first, model_params(b->model));
    check_vector(b, "moved ", b->grad, false, MOVED);
}

static void train(struct bench *b)
{
    uint64_t order = oracle_key(b->f, b->c, "order");
    uint32_t sample[b->c->n];
    struct draw_at at = {.seed = 1};
    for (int step = 0; step < b->c->steps; step++) {
        for (int i = 0; i < b->c->n; i++)
            sample[i] = (uint32_t)(oracle_draw(order, (uint64_t)(step * b->c->n + i)) % IMAGES);
        at.iteration = step;
        b->loss[step] = (float)model_gradient(b->model, b->ws, b->params, b->stats, &b->ds, sample, b->c->n,
                                              &at, b->grad);
        if (step == 0 && knows(b, "grad "))
            check_vector(b, "grad ", b->grad, true, TOLERANCE);
        vec_step(b->params, (float)b->c->rate, b->grad, model_params(b->model));
    }
}

static void check_stats(struct bench *b)
{
    double worst = 0;
    for (int i = 0; i < b->model->layers; i++) {
        const struct layer *l = &b->model->layer[i];
        for (size_t half = 0; l->stats && half < 2; half++) {
            char name[80];
            snprintf(name, sizeof name, "%s.%s", l->row->name, half ? "running_var" : "running_mean");
            const struct expected *e = find(b, "", name);
            double error = fixture_error(b->f, b->c, e, b->stats + l->stats_offset + half * l->stats / 2);
            require(b, e, error, TOLERANCE);
            worst = fmax(worst, error);
        }
    }
    printf("%-14s running statistics: %.1e\n", b->c->name, worst);
}

/* Every loss within TOLERANCE of PyTorch's float64, or within SINGLE times the largest distance that PyTorch's
 * float32 had from it in that run: how early the two part is chance. */
static void check_losses(const struct bench *b)
{
    const struct expected *loss = find(b, "", "loss"), *drift = find(b, "", "drift");
    double worst = 0, single = drift->largest, tolerance = fmax(TOLERANCE, SINGLE * single);
    for (int i = 0; i < b->c->steps; i++) {
        double expected = loss->value[i], error = fabs((double)b->loss[i] - expected) / expected;
        if (!(error <= tolerance))
            fail_msg("%s: loss of step %d: %.9g instead of %.9g: error %g, allowed are %g", b->c->name, i + 1,
                     (double)b->loss[i], expected, error, tolerance);
        worst = fmax(worst, error);
    }
    printf("%-14s losses of %d steps: %.1e; PyTorch's float32: %.1e\n", b->c->name, b->c->steps, worst,
           single);
}

static void check_model(void **state)
{
    struct bench b;
    bench_open(&b, *state);
    train(&b);
    check_losses(&b);
    if (knows(&b, "moved "))
        check_moved(&b);
    if (knows(&b, "grad ") && model_stats(b.model))
        check_stats(&b);
    bench_close(&b);
}

#define MODEL(test, fixture)                                                          \
    {                                                                                 \
        .name = test, .test_func = check_model, .initial_state = (void *)(fixture "") \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        MODEL("cnn_trains_as_in_pytorch", "cnn"),
        MODEL("alexnet_trains_as_in_pytorch", "alexnet"),
        MODEL("resnet14_steps_as_in_pytorch", "resnet14"),
        MODEL("resnet18_steps_as_in_pytorch", "resnet18"),
        MODEL("resnet14_drifts_no_further_than_pytorch", "resnet14-drift"),
        MODEL("resnet18_drifts_no_further_than_pytorch", "resnet18-drift"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
