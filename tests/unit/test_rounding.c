/* How a convolution rounds: its forward error against plain loops in double, on every shape of the model zoo, is held
 * against that of PyTorch's float32. Where the sign of a pre-activation is decided by rounding, the ReLU behind it
 * passes another gradient, so a larger error forward makes gradients differ at more places. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/graph.h"
#include "models/kernels.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

/* Ours comes up to 1.5 times PyTorch's in training, and up to 3.5 times in evaluation, which no gradient
 * follows: there a convolution takes fewer products. */
static const double TIMES[] = {[false] = 5, [true] = 2};

enum { PIXELS = 64 }; /* of the output, at least: enough for a mean */

enum draw { UNIFORM, RECTIFIED, DRAWS };

static const struct shape_row {
    const char *model;
    int c, o, kernel, stride, pad, size;
    double pytorch[DRAWS]; /* root mean square of its error / that of the output */
} shapes[] = {
#include "tests/oracle/rounding.inc"
};

/* One layer, its input and weights (O, C, K, K), in the order of PyTorch and in that of the operator. */
struct bench {
    struct layer_row row;
    struct layer layer;
    int n;
    size_t in, out, weights;
    float *x, *w, *own;
    float *y, *scratch;
};

static float *numbers(size_t n, int stream)
{
    struct draw_key key = {.seed = 1, .purpose = DRAW_SYNTHETIC, .rank = stream};
    float *x = need(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2 * draw_uniform(&key, i) - 1);
    return x;
}

static void bench_open(struct bench *b, const struct shape_row *s, enum draw draw)
{
    *b = (struct bench){.row = CONV("c", s->o, s->kernel, s->stride, s->pad)};
    b->layer = (struct layer){.row = &b->row, .outputs = s->o, .in = {.h = s->size, .w = s->size, .c = s->c}};
    assert_null(op_conv.shape(&b->layer));
    int area = b->layer.out.h * b->layer.out.w;
    b->n = (PIXELS + area - 1) / area;
    b->in = (size_t)b->n * shape_size(b->layer.in);
    b->out = (size_t)b->n * shape_size(b->layer.out);
    b->weights = b->layer.own[0].tensor.n;
    b->x = numbers(b->in, 1);
    b->w = numbers(b->weights, 2);
    for (size_t i = 0; draw == RECTIFIED && i < b->in; i++)
        b->x[i] = b->x[i] > 0 ? b->x[i] : 0;
    b->own = need(b->weights * sizeof *b->own);
    op_conv.from_pytorch(&b->layer, 0, b->own, b->w);
    b->y = need(b->out * sizeof *b->y);
    b->scratch = need(op_conv.scratch(&b->layer, b->n) * sizeof *b->scratch);
}

static void bench_close(struct bench *b)
{
    float *all[] = {b->x, b->w, b->own, b->y, b->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* Weights as (K K C, O) doubles, so that the innermost loop below runs over outputs. */
static double *turned_weights(const struct bench *b)
{
    size_t outputs = (size_t)b->layer.outputs, c = (size_t)b->layer.in.c, taps = b->weights / outputs / c;
    double *turned = need(b->weights * sizeof *turned);
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < c; i++)
            for (size_t tap = 0; tap < taps; tap++)
                turned[(tap * c + i) * outputs + o] = (double)b->w[(o * c + i) * taps + tap];
    return turned;
}

/* Adds what one tap sees to the outputs of one pixel. */
static void add_tap(double *sum, const struct bench *b, const float *pixel, const double *w)
{
    int outputs = b->layer.outputs;
    for (int c = 0; c < b->layer.in.c; c++)
        for (int o = 0; o < outputs; o++)
            sum[o] += (double)pixel[c] * w[c * outputs + o];
}

/* Output pixel number `at` of the batch. */
static void exact_pixel(double *sum, const struct bench *b, const double *w, int at)
{
    const struct layer *l = &b->layer;
    int image = at / l->out.w / l->out.h, top = at / l->out.w % l->out.h * b->row.stride - b->row.pad,
        left = at % l->out.w * b->row.stride - b->row.pad, k = b->row.kernel;
    for (int o = 0; o < l->outputs; o++)
        sum[o] = 0;
    for (int tap = 0; tap < k * k; tap++) {
        int y = top + tap / k, x = left + tap % k;
        if (y >= 0 && y < l->in.h && x >= 0 && x < l->in.w)
            add_tap(sum, b, b->x + (size_t)(((image * l->in.h + y) * l->in.w + x) * l->in.c),
                    w + (size_t)(tap * l->in.c * l->outputs));
    }
}

static double error_of(struct bench *b, bool training)
{
    struct layer_call c = {.layer = &b->layer,
                           .n = b->n,
                           .training = training,
                           .w = b->own,
                           .x = b->x,
                           .y = b->y,
                           .scratch = b->scratch};
    op_conv.forward(&c);
    size_t outputs = (size_t)b->layer.outputs;
    double apart = 0, whole = 0, *w = turned_weights(b), *sum = need(outputs * sizeof *sum);
    for (size_t at = 0; at < b->out / outputs; at++) {
        exact_pixel(sum, b, w, (int)at);
        for (size_t o = 0; o < outputs; o++) {
            double error = (double)b->y[at * outputs + o] - sum[o];
            apart += error * error;
            whole += sum[o] * sum[o];
        }
    }
    free(w);
    free(sum);
    return sqrt(apart / whole);
}

static void check(const struct shape_row *s, enum draw draw, bool training, double *worst)
{
    static const char *const names[] = {"uniform", "rectified"};
    struct bench b;
    bench_open(&b, s, draw);
    double error = error_of(&b, training), times = error / s->pytorch[draw];
    if (!(times <= TIMES[training]))
        fail_msg("%s, %d x %d x %d to %d, kernel %d, %s: error %.2e, %.2f times PyTorch's", s->model, s->c,
                 s->size, s->size, s->o, s->kernel, names[draw], error, times);
    *worst = fmax(*worst, times);
    bench_close(&b);
}

static void check_all(bool training)
{
    double worst = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (enum draw draw = UNIFORM; draw < DRAWS; draw++)
            check(&shapes[i], draw, training, &worst);
    printf("%s, %s: at most %.2f times PyTorch's error\n", kernels_name(),
           training ? "training" : "evaluation", worst);
}

static void convolutions_round_as_pytorch(void **state)
{
    (void)state;
    check_all(true);
}

static void portable_convolutions_round_as_pytorch(void **state)
{
    (void)state;
    kernels_choose(KERNELS_PORTABLE);
    check_all(true);
    kernels_choose(KERNELS_AUTO);
}

static void evaluations_round_well(void **state)
{
    (void)state;
    check_all(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_round_as_pytorch),
        cmocka_unit_test(portable_convolutions_round_as_pytorch),
        cmocka_unit_test(evaluations_round_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
