/* Every operator against PyTorch, on every shape of the model zoo: forward, input gradients, parameter
 * gradients, running statistics. */
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
#include "models/ops/ends.h"
#include "sim/base/fail.h"
#include "tests/rigs/oracle_fixture.h"

/* Of our float32 from PyTorch's float64; PyTorch's own float32 comes up to 8e-6 (the weights of a first layer, summed
 * over 32,768 pixels). */
static const double TOLERANCE = 1e-5;

static const struct kind {
    const char *name;
    const struct layer_op *op;
    float base, scale; /* inputs are base + scale * draw */
} kinds[] = {
    {"conv", &op_conv, 0, 1},       {"linear", &op_linear, 0, 1},
    {"relu", &op_relu, 0, 1},       {"batchnorm", &op_batchnorm, 0.5f, 2},
    {"maxpool", &op_maxpool, 0, 1}, {"residual", &op_residual_end, 0, 1},
    {"avgpool", &op_avgpool, 0, 1}, {"loss", NULL, 0, 12},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* One case: the layer as model_build would lay it, and the call. */
struct bench {
    const struct fixture *f;
    const struct fixture_case *c;
    const struct kind *kind;
    struct layer_row row;
    struct layer layer;
    struct layer_call call;
    size_t params;
    double *worst; /* so far, of this kind */
};

static const struct kind *kind_of(const struct fixture_case *c)
{
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i].name, c->kind))
            return &kinds[i];
    fail_msg("%s: unknown", c->kind);
    return NULL;
}

static float *draw(const struct bench *b, const char *what, size_t n, float base, float scale)
{
    uint64_t key = oracle_key(b->f, b->c, what);
    float *x = need(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = base + scale * oracle_value(key, i);
    return x;
}

static void check(struct bench *b, const char *name, const float *got)
{
    const struct expected *e = fixture_find(b->c, name);
    if (!e)
        fail_msg("%s: has no %s", b->c->name, name);
    double error = fixture_error(b->f, b->c, e, got);
    if (!(error <= TOLERANCE))
        fail_msg("%s: %s: error %g of %g, PyTorch's float32 %g", b->c->name, name, error, e->largest,
                 e->single);
    *b->worst = fmax(*b->worst, error);
}

/* Where element (n, c, y, x) lies in the operators' layout: channels innermost. */
static size_t own_index(size_t i, struct shape s)
{
    size_t area = (size_t)(s.h * s.w), image = i / shape_size(s), pixel = i % area;
    return (image * area + pixel) * (size_t)s.c + i / area % (size_t)s.c;
}

/* Frees what it is given. */
static float *to_own(float *logical, int n, struct shape s)
{
    size_t all = (size_t)n * shape_size(s);
    float *own = need(all * sizeof *own);
    for (size_t i = 0; i < all; i++)
        own[own_index(i, s)] = logical[i];
    free(logical);
    return own;
}

static void check_activation(struct bench *b, const char *name, const float *own, struct shape s)
{
    size_t all = (size_t)b->c->n * shape_size(s);
    float *logical = need(all * sizeof *logical);
    for (size_t i = 0; i < all; i++)
        logical[i] = own[own_index(i, s)];
    check(b, name, logical);
    free(logical);
}

static float *garbage(size_t n)
{
    float *x = need(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = NAN;
    return x;
}

static void lay(struct bench *b)
{
    const struct fixture_case *c = b->c;
    struct layer *l = &b->layer;
    b->row = (struct layer_row){.op = b->kind->op,
                                .name = c->kind,
                                .outputs = c->outputs,
                                .kernel = c->kernel,
                                .stride = c->stride,
                                .pad = c->pad,
                                .bias = c->bias != 0};
    struct shape in = {.h = c->h, .w = c->w, .c = c->c};
    *l = (struct layer){.row = &b->row, .outputs = c->outputs, .in = in, .out = in, .side = -1};
    const char *wrong = b->row.op->shape ? b->row.op->shape(l) : NULL;
    if (wrong)
        fail_msg("%s: %s", c->name, wrong);
    for (int i = 0; i < l->tensors; i++) {
        l->own[i].tensor.offset = b->params;
        b->params += l->own[i].tensor.n;
    }
}

static const char *short_name(const struct tensor *t)
{
    return strchr(t->name, '.') + 1;
}

static void set_params(const struct bench *b, float *w)
{
    for (int i = 0; i < b->layer.tensors; i++) {
        const struct tensor *t = &b->layer.own[i].tensor;
        float *logical = draw(b, short_name(t), t->n, 0, 1);
        if (b->row.op->from_pytorch)
            b->row.op->from_pytorch(&b->layer, i, w + t->offset, logical);
        else
            memcpy(w + t->offset, logical, t->n * sizeof *w);
        free(logical);
    }
}

/* Means, then variances. */
static float *make_stats(const struct bench *b)
{
    size_t channels = b->layer.stats / 2;
    float *stats = need(b->layer.stats * sizeof *stats);
    float *mean = draw(b, "running_mean", channels, 0, 1), *var = draw(b, "running_var", channels, 1, 0.5f);
    memcpy(stats, mean, channels * sizeof *stats);
    memcpy(stats + channels, var, channels * sizeof *stats);
    free(mean);
    free(var);
    return stats;
}

/* Buffers are full of NaN. */
static void fill_call(struct bench *b)
{
    const struct layer *l = &b->layer;
    const struct layer_op *op = b->row.op;
    int n = b->c->n;
    size_t in = (size_t)n * shape_size(l->in), out = (size_t)n * shape_size(l->out);
    float *w = garbage(b->params), *stats = make_stats(b);
    set_params(b, w);
    b->call = (struct layer_call){
        .layer = l,
        .n = n,
        .training = b->kind->op != &op_batchnorm || b->c->training,
        .w = w,
        .dw = garbage(b->params),
        .stats = stats,
        .new_stats = stats,
        .x = to_own(draw(b, "x", in, b->kind->base, b->kind->scale), n, l->in),
        .side = to_own(draw(b, "side", in, 0, 1), n, l->in),
        .y = garbage(out),
        .dy = to_own(draw(b, "dy", out, 0, 1), n, l->out),
        .dx = garbage(in),
        .dside = garbage(in),
        .saved = garbage(op->saved ? op->saved(l, n) : 0),
        .scratch = garbage(op->scratch ? op->scratch(l, n) : 0),
    };
}

static void free_call(struct layer_call *c)
{
    const void *all[] = {c->w,  c->dw, c->new_stats, c->x,     c->side,   c->y,
                         c->dy, c->dx, c->dside,     c->saved, c->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free((void *)all[i]);
}

/* Tensor i of the gradient in PyTorch's order: placed numbers say where its elements went. */
static void check_gradient(struct bench *b, int i)
{
    const struct tensor *t = &b->layer.own[i].tensor;
    float *number = need(t->n * sizeof *number), *logical = need(t->n * sizeof *logical);
    float *placed = need(t->n * sizeof *placed);
    for (size_t j = 0; j < t->n; j++)
        number[j] = (float)j;
    if (b->row.op->from_pytorch)
        b->row.op->from_pytorch(&b->layer, i, placed, number);
    for (size_t j = 0; j < t->n; j++)
        logical[b->row.op->from_pytorch ? (size_t)placed[j] : j] = b->call.dw[t->offset + j];
    char name[80];
    snprintf(name, sizeof name, "d%s", short_name(t));
    check(b, name, logical);
    free(number);
    free(placed);
    free(logical);
}

/* Evaluation has no backward. */
static void check_layer(struct bench *b)
{
    lay(b);
    fill_call(b);
    b->row.op->forward(&b->call);
    check_activation(b, "y", b->call.y, b->layer.out);
    if (b->layer.stats) {
        check(b, "running_mean", b->call.new_stats);
        check(b, "running_var", b->call.new_stats + b->layer.stats / 2);
    }
    if (b->call.training) {
        b->row.op->backward(&b->call);
        check_activation(b, "dx", b->call.dx, b->layer.in);
        if (b->row.op == &op_residual_end)
            check_activation(b, "dside", b->call.dside, b->layer.in);
        for (int i = 0; i < b->layer.tensors; i++)
            check_gradient(b, i);
    }
    free_call(&b->call);
}

static void check_loss(struct bench *b)
{
    int n = b->c->n;
    size_t classes = (size_t)b->c->c;
    uint64_t labels = oracle_key(b->f, b->c, "label");
    float *logits = draw(b, "x", (size_t)n * classes, 0, b->kind->scale);
    float *y = garbage((size_t)n), *dx = garbage((size_t)n * classes);
    for (int i = 0; i < n; i++) {
        int label = (int)(oracle_draw(labels, (uint64_t)i) % classes);
        const float *row = logits + (size_t)i * classes;
        y[i] = (float)loss_sample(row, classes, label);
        loss_sample_gradient(dx + (size_t)i * classes, row, classes, label, 1.0 / n);
    }
    check(b, "y", y);
    check(b, "dx", dx);
    free(logits);
    free(y);
    free(dx);
}

static void ops_match_pytorch(void **state)
{
    const struct fixture *f = *state;
    double worst[KINDS] = {0};
    int count[KINDS] = {0};
    for (uint64_t i = 0; i < f->cases; i++) {
        struct bench b = {.f = f, .c = &f->at[i], .kind = kind_of(&f->at[i])};
        b.worst = &worst[b.kind - kinds];
        count[b.kind - kinds]++;
        if (b.kind->op)
            check_layer(&b);
        else
            check_loss(&b);
    }
    for (int k = 0; k < KINDS; k++) {
        printf("%-10s %4d cases, largest error %.1e\n", kinds[k].name, count[k], worst[k]);
        assert_true(count[k] > 0);
    }
}

static int open_fixture(void **state)
{
    *state = fixture_read("layers");
    return 0;
}

static int close_fixture(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ops_match_pytorch)};
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
