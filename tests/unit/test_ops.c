/* Every operator against plain loops in double; the loops' gradients against finite differences. */
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
#include "models/kernels.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "tests/rigs/oracle_loops.h"

static const double TOLERANCE = 1e-5;  /* float against double, relative to the largest */
static const double DIFFERENCE = 1e-6; /* double against finite differences, likewise */

/* Fails for a NaN, too. */
#define assert_near(a, b, tolerance) assert_true(fabs((double)(a) - (double)(b)) <= (tolerance))

/* One operator on one shape, all of it in PyTorch's layout and in double. */
struct trial {
    struct layer_row row;
    struct shape in;
    int n;
    oracle_forward *forward;
    oracle_backward *backward;
};

struct bench {
    const struct trial *trial;
    struct model *model;
    const struct layer *layer;
    struct oracle oracle;
    size_t in, out, params; /* numbers in all */
    double *x, *y, *p, *dx, *dy, *dp, *running, *mask;
};

static const struct draw_at AT = {.seed = 5, .worker = 3, .iteration = 77};

static double *numbers(size_t n, int rank)
{
    struct draw_key key = {.seed = 1, .purpose = DRAW_SYNTHETIC, .rank = rank};
    double *x = need(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2 * draw_uniform(&key, i) - 1);
    return x;
}

/* A table of one row; its output is taken for logits. */
static struct model *lay_row(const struct trial *t, const struct layer_row *rows, struct model_def *def)
{
    *def = (struct model_def){.name = "trial", .layers = rows};
    char error[200] = "";
    for (int classes = 1; classes <= 1 << 16; classes++) {
        struct model *m = model_build(def, t->in.c, t->in.h, t->in.w, classes, error, sizeof error);
        if (m)
            return m;
    }
    fail_msg("%s", error);
    return NULL;
}

static void make_mask(struct bench *b)
{
    const struct trial *t = b->trial;
    size_t n = t->row.channels ? (size_t)(t->n * t->in.c) : b->in;
    struct draw_key key = {
        .seed = AT.seed, .purpose = DRAW_DROPOUT, .rank = AT.worker, .iteration = (uint64_t)AT.iteration};
    float *drawn = need(n * sizeof *drawn);
    b->mask = need(n * sizeof *b->mask);
    draw_uniform_fill(&key, drawn, n);
    for (size_t i = 0; i < n; i++)
        b->mask[i] = drawn[i] < t->row.p ? 0 : 1 / (1 - (double)t->row.p);
    free(drawn);
}

static void bench_open(struct bench *b, const struct trial *t, struct layer_row rows[2],
                       struct model_def *def)
{
    rows[0] = t->row;
    rows[1] = (struct layer_row)END_OF_LAYERS;
    *b = (struct bench){.trial = t, .model = lay_row(t, rows, def)};
    b->layer = &b->model->layer[0];
    const struct layer *l = b->layer;
    b->in = (size_t)t->n * shape_size(l->in);
    b->out = (size_t)t->n * shape_size(l->out);
    b->params = model_params(b->model);
    b->x = numbers(b->in, 1);
    b->dy = numbers(b->out, 2);
    b->p = numbers(b->params, 3);
    b->y = need(b->out * sizeof *b->y);
    b->dx = need(b->in * sizeof *b->dx);
    b->dp = need(b->params * sizeof *b->dp);
    b->running = numbers(model_stats(b->model), 4);
    for (int c = 0; c < t->in.c && model_stats(b->model); c++)
        b->running[t->in.c + c] = 1 + 0.5 * b->running[t->in.c + c]; /* variances are positive */
    make_mask(b);
    b->oracle = (struct oracle){.n = t->n,
                                .c = l->in.c,
                                .h = l->in.h,
                                .w = l->in.w,
                                .oc = l->out.c,
                                .oh = l->out.h,
                                .ow = l->out.w,
                                .kernel = t->row.kernel,
                                .stride = t->row.stride,
                                .pad = t->row.pad,
                                .running = b->running,
                                .training = 1,
                                .mask = b->mask,
                                .channels = t->row.channels};
}

static void bench_close(struct bench *b)
{
    double *all[] = {b->x, b->y, b->p, b->dx, b->dy, b->dp, b->running, b->mask};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    model_destroy(b->model);
}

/* Where element (n, c, y, x) lies in the operators' layout: channels innermost. */
static size_t own_index(size_t i, struct shape s)
{
    size_t area = (size_t)(s.h * s.w), image = i / shape_size(s), c = i / area % (size_t)s.c,
           pixel = i % area;
    return (image * area + pixel) * (size_t)s.c + c;
}

static float *to_own(const double *x, size_t n, struct shape s)
{
    float *own = need(n * sizeof *own);
    for (size_t i = 0; i < n; i++)
        own[own_index(i, s)] = (float)x[i];
    return own;
}

static float *garbage(size_t n)
{
    float *x = need(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = NAN;
    return x;
}

static float *own_params(const struct bench *b, const double *p)
{
    float *own = garbage(b->params), *logical = need(b->params * sizeof *logical);
    for (size_t i = 0; i < b->params; i++)
        logical[i] = (float)p[i];
    for (int i = 0; i < b->layer->tensors; i++) {
        const struct tensor *t = &b->layer->own[i].tensor;
        if (b->layer->row->op->from_pytorch)
            b->layer->row->op->from_pytorch(b->layer, i, own + t->offset, logical + t->offset);
        else
            memcpy(own + t->offset, logical + t->offset, t->n * sizeof *own);
    }
    free(logical);
    return own;
}

static void assert_close(const char *what, const float *got, const float *expected, size_t n)
{
    double worst = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        double error = fabs((double)got[i] - (double)expected[i]);
        worst = isnan(worst) || worst >= error ? worst : error; /* a NaN becomes the worst */
        largest = fmax(largest, fabs((double)expected[i]));
    }
    if (!(worst <= TOLERANCE * largest))
        fail_msg("%s: error %g of %g", what, worst, largest);
}

static void assert_close_own(const char *what, const float *got, const double *expected, size_t n,
                             struct shape s)
{
    float *own = to_own(expected, n, s);
    assert_close(what, got, own, n);
    free(own);
}

/* A call with buffers full of NaN. */
static struct layer_call call_of(const struct bench *b, bool over)
{
    const struct layer *l = b->layer;
    const struct layer_op *op = l->row->op;
    struct layer_call c = {.layer = l, .n = b->trial->n, .training = b->oracle.training, .at = &AT};
    float *x = to_own(b->x, b->in, l->in), *dy = to_own(b->dy, b->out, l->out);
    c.w = own_params(b, b->p);
    c.dw = garbage(b->params);
    c.x = x;
    c.y = over ? x : garbage(b->out);
    c.dy = dy;
    c.dx = over ? dy : garbage(b->in);
    c.saved = garbage(op->saved ? op->saved(l, c.n) : 0);
    c.scratch = garbage(op->scratch ? op->scratch(l, c.n) : 0);
    c.new_stats = garbage(model_stats(b->model));
    for (size_t i = 0; i < model_stats(b->model); i++)
        c.new_stats[i] = (float)b->running[i];
    c.stats = c.new_stats;
    return c;
}

static void call_free(struct layer_call *c)
{
    if (c->y != c->x)
        free(c->y);
    if (c->dx != c->dy)
        free(c->dx);
    free((float *)c->x);
    free((float *)c->dy);
    free((float *)c->w);
    free(c->dw);
    free(c->saved);
    free(c->scratch);
    free(c->new_stats);
}

static void compare(struct bench *b, bool over)
{
    struct layer_call c = call_of(b, over);
    const struct layer *l = b->layer;
    b->trial->forward(b->y, b->x, b->p, &b->oracle);
    l->row->op->forward(&c);
    assert_close_own("forward", c.y, b->y, b->out, l->out);
    for (size_t i = 0; i < model_stats(b->model); i++)
        assert_near(c.stats[i], b->running[i], 1e-5);
    b->trial->backward(b->dx, b->dp, b->dy, b->x, b->p, &b->oracle);
    l->row->op->backward(&c);
    assert_close_own("input gradient", c.dx, b->dx, b->in, l->in);
    float *dp = own_params(b, b->dp);
    assert_close("parameter gradient", c.dw, dp, b->params);
    free(dp);
    call_free(&c);
}

/* The first layer is asked for no input gradient and must give the same parameter gradient. */
static void compare_first(struct bench *b)
{
    struct layer_call c = call_of(b, false);
    float *dx = c.dx, *dp = own_params(b, b->dp);
    b->layer->row->op->forward(&c);
    c.dx = NULL;
    b->layer->row->op->backward(&c);
    assert_close("parameter gradient of the first layer", c.dw, dp, b->params);
    c.dx = dx;
    free(dp);
    call_free(&c);
}

static void run_trial(const struct trial *t)
{
    struct bench b;
    struct layer_row rows[2];
    struct model_def def;
    bench_open(&b, t, rows, &def);
    compare(&b, false);
    compare_first(&b);
    if (t->row.op->in_place)
        compare(&b, true);
    bench_close(&b);
}

static double weighted(const struct bench *b)
{
    double sum = 0;
    b->trial->forward(b->y, b->x, b->p, &b->oracle);
    for (size_t i = 0; i < b->out; i++)
        sum += b->y[i] * b->dy[i];
    return sum;
}

static void check_slopes(const struct bench *b, double *at, const double *slope, size_t n)
{
    const double h = 1e-5;
    double largest = 1e-3;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(slope[i]));
    for (size_t i = 0; i < n; i++) {
        double kept = at[i];
        at[i] = kept + h;
        double up = weighted(b);
        at[i] = kept - h;
        double down = weighted(b);
        at[i] = kept;
        assert_true(fabs((up - down) / (2 * h) - slope[i]) <= DIFFERENCE * largest);
    }
}

static void differentiate_trial(const struct trial *t)
{
    struct bench b;
    struct layer_row rows[2];
    struct model_def def;
    bench_open(&b, t, rows, &def);
    for (size_t i = 0; i < b.in; i++) /* away from ReLU's kink */
        b.x[i] += b.x[i] < 0 ? -0.01 : 0.01;
    t->backward(b.dx, b.dp, b.dy, b.x, b.p, &b.oracle);
    check_slopes(&b, b.x, b.dx, b.in);
    check_slopes(&b, b.p, b.dp, b.params);
    bench_close(&b);
}

#define LOOPS(name)                 .forward = loops_##name, .backward = loops_##name##_back
#define IN(channels, height, width) .in = {.c = channels, .h = height, .w = width}

static const struct trial trials[] = {
    {CONV("c", 5, 3, 1, 1), IN(3, 7, 9), .n = 1, LOOPS(conv)},
    {CONV("c", 5, 3, 1, 1), IN(3, 7, 9), .n = 31, LOOPS(conv)},
    {CONV("c", 32, 3, 2, 1), IN(16, 8, 8), .n = 32, LOOPS(conv)},
    {CONV("c", 7, 3, 2, 1), IN(17, 7, 5), .n = 3, LOOPS(conv)},
    {CONV("c", 16, 3, 1, 1), IN(3, 37, 33), .n = 3, LOOPS(conv)}, /* several blocks, the last one shorter */
    {CONV("c", 4, 1, 1, 0), IN(20, 5, 6), .n = 31, LOOPS(conv)},
    {CONV("c", 9, 1, 2, 0), IN(6, 7, 8), .n = 4, LOOPS(conv)},
    {CONV_BIAS("c", 8, 3, 1, 0), IN(1, 12, 12), .n = 31, LOOPS(conv_bias)},
    {CONV_BIAS("c", 10, 5, 1, 2), IN(8, 4, 4), .n = 32, LOOPS(conv_bias)},
    {CONV_BIAS("c", 12, 3, 1, 1), IN(20, 2, 2), .n = 32, LOOPS(conv_bias)},
    {CONV_BIAS("c", 6, 3, 1, 1), IN(4, 1, 1), .n = 2, LOOPS(conv_bias)}, /* mostly padding */
    {CONV_BIAS("c", 16, 11, 4, 5), IN(3, 32, 32), .n = 2, LOOPS(conv_bias)},
    {CONV_BIAS("c", 3, 2, 3, 0), IN(2, 9, 8), .n = 2, LOOPS(conv_bias)}, /* stride beyond kernel */
    {CONV("c", 16, 3, 1, 1), IN(32, 4, 4), .n = 1, LOOPS(conv)},         /* tiles: one */
    {CONV("c", 48, 3, 1, 1), IN(16, 15, 18), .n = 31, LOOPS(conv)}, /* tiles over the edge, several blocks */
    {CONV("c", 16, 3, 1, 2), IN(16, 6, 10), .n = 5, LOOPS(conv)},
    {CONV("c", 192, 3, 1, 1), IN(96, 8, 4), .n = 3, LOOPS(conv)}, /* weights larger than a block */
    {CONV_BIAS("c", 32, 3, 1, 0), IN(16, 9, 17), .n = 32, LOOPS(conv_bias)},
    {CONV_BIAS("c", 48, 3, 1, 1), IN(32, 2, 2), .n = 1, LOOPS(conv_bias)}, /* tiles: whole images */
    {CONV("c", 16, 3, 1, 1), IN(16, 2, 2), .n = 800, LOOPS(conv)},         /* several blocks of them */
    {CONV_BIAS("c", 32, 3, 1, 1), IN(64, 2, 2), .n = 31, LOOPS(conv_bias)},
    {CONV_BIAS("c", 16, 5, 1, 2), IN(32, 4, 4), .n = 1, LOOPS(conv_bias)},
    {CONV_BIAS("c", 64, 5, 1, 2), IN(16, 4, 4), .n = 32, LOOPS(conv_bias)},
    {CONV_BIAS("c", 32, 11, 4, 5), IN(3, 32, 35), .n = 31, LOOPS(conv_bias)}, /* phases */
    {CONV("c", 16, 5, 2, 2), IN(4, 20, 18), .n = 2, LOOPS(conv)},
    {CONV_BIAS("c", 16, 6, 2, 0), IN(8, 27, 24), .n = 1,
     LOOPS(conv_bias)},                                          /* with a line that no tap meets */
    {CONV("c", 16, 3, 2, 1), IN(32, 7, 8), .n = 1, LOOPS(conv)}, /* stride 2: tiles over the edge */
    {CONV("c", 48, 3, 2, 1), IN(16, 32, 31), .n = 31, LOOPS(conv)},
    {CONV_BIAS("c", 32, 3, 2, 0), IN(16, 12, 18), .n = 3,
     LOOPS(conv_bias)},                                           /* a last column that no tap meets */
    {CONV("c", 160, 3, 2, 1), IN(64, 4, 4), .n = 2, LOOPS(conv)}, /* weights larger than a block */
    {LINEAR("l", 10), IN(64, 1, 1), .n = 1, LOOPS(linear)},
    {LINEAR("l", 13), IN(5, 3, 7), .n = 31, LOOPS(linear)},
    {LINEAR("l", 128), IN(16, 4, 4), .n = 32, LOOPS(linear)},
    {BATCHNORM("b"), IN(3, 5, 7), .n = 31, LOOPS(batchnorm)},
    {BATCHNORM("b"), IN(20, 3, 3), .n = 1, LOOPS(batchnorm)},
    {BATCHNORM("b"), IN(16, 1, 1), .n = 32, LOOPS(batchnorm)},
    {RELU, IN(5, 3, 3), .n = 31, LOOPS(relu)},
    {MAXPOOL(2), IN(5, 6, 8), .n = 31, LOOPS(maxpool)},
    {MAXPOOL(2), IN(17, 7, 5), .n = 32, LOOPS(maxpool)},
    {MAXPOOL(3), IN(2, 9, 10), .n = 1, LOOPS(maxpool)},
    {AVGPOOL, IN(19, 4, 5), .n = 31, LOOPS(avgpool)},
    {DROPOUT(0.5f), IN(3, 4, 5), .n = 31, LOOPS(dropout)},
    {DROPOUT(0.3f), IN(40, 1, 1), .n = 2, LOOPS(dropout)},
    {DROPOUT2D(0.25f), IN(6, 4, 5), .n = 32, LOOPS(dropout)},
};

static const struct trial small[] = {
    {CONV("c", 2, 3, 2, 1), IN(2, 4, 5), .n = 2, LOOPS(conv)},
    {CONV_BIAS("c", 2, 2, 1, 0), IN(2, 4, 3), .n = 2, LOOPS(conv_bias)},
    {LINEAR("l", 3), IN(2, 2, 2), .n = 3, LOOPS(linear)},
    {BATCHNORM("b"), IN(2, 3, 2), .n = 3, LOOPS(batchnorm)},
    {RELU, IN(2, 3, 3), .n = 2, LOOPS(relu)},
    {MAXPOOL(2), IN(2, 5, 4), .n = 2, LOOPS(maxpool)},
    {AVGPOOL, IN(3, 2, 3), .n = 2, LOOPS(avgpool)},
    {DROPOUT(0.5f), IN(2, 3, 2), .n = 2, LOOPS(dropout)},
    {DROPOUT2D(0.5f), IN(2, 3, 2), .n = 2, LOOPS(dropout)},
};

static void ops_match_loops(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        run_trial(&trials[i]);
}

static void portable_ops_match_loops(void **state)
{
    kernels_choose(KERNELS_PORTABLE);
    assert_string_equal(kernels_name(), "openblas");
    ops_match_loops(state);
    kernels_choose(KERNELS_AUTO);
}

static void loops_match_differences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        differentiate_trial(&small[i]);
}

static void batchnorm_evaluates_with_running_statistics(void **state)
{
    (void)state;
    struct trial t = {BATCHNORM("b"), IN(5, 4, 3), .n = 7, LOOPS(batchnorm)};
    struct bench b;
    struct layer_row rows[2];
    struct model_def def;
    bench_open(&b, &t, rows, &def);
    b.oracle.training = 0;
    struct layer_call c = call_of(&b, false);
    loops_batchnorm(b.y, b.x, b.p, &b.oracle);
    op_batchnorm.forward(&c);
    assert_close_own("forward", c.y, b.y, b.out, b.layer->out);
    call_free(&c);
    bench_close(&b);
}

/* A mean a thousand times the spread costs digits of x, not of the variance. */
static void batchnorm_survives_a_large_mean(void **state)
{
    (void)state;
    struct trial t = {BATCHNORM("b"), IN(3, 8, 8), .n = 32, LOOPS(batchnorm)};
    struct bench b;
    struct layer_row rows[2];
    struct model_def def;
    bench_open(&b, &t, rows, &def);
    for (size_t i = 0; i < b.in; i++)
        b.x[i] = (float)(1000 + b.x[i]);
    struct layer_call c = call_of(&b, false);
    loops_batchnorm(b.y, b.x, b.p, &b.oracle);
    op_batchnorm.forward(&c);
    for (size_t i = 0; i < b.out; i++)
        assert_near(c.y[own_index(i, t.in)], b.y[i], 1e-3);
    call_free(&c);
    bench_close(&b);
}

static void relu_passes_nan(void **state)
{
    (void)state;
    struct layer l = {.in = {1, 1, 3}};
    float x[3] = {NAN, -1, 2};
    op_relu.forward(&(struct layer_call){.layer = &l, .n = 1, .x = x, .y = x});
    assert_true(isnan(x[0]) && x[1] == 0 && x[2] == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ops_match_loops),
        cmocka_unit_test(portable_ops_match_loops),
        cmocka_unit_test(loops_match_differences),
        cmocka_unit_test(batchnorm_evaluates_with_running_statistics),
        cmocka_unit_test(batchnorm_survives_a_large_mean),
        cmocka_unit_test(relu_passes_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
