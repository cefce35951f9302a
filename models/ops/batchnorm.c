/* Batch normalisation (Ioffe and Szegedy 2015), as PyTorch's BatchNorm2d with its defaults. For each channel,
 * over all pixels of the batch:
 *     y = gamma (x - mean) / sqrt(var + eps) + beta
 * Training normalises with the batch's mean and biased variance, and moves the running statistics a tenth of
 * the way towards them, there with the unbiased variance. Evaluation normalises with the running statistics.
 * Parameters: gamma, beta. Statistics: means, then variances. Forward saves mean and 1 / sqrt(var + eps).
 *
 * Precise statistics (Wu and Johnson 2021, arXiv:2105.07576, section 3): the average of mean and of var +
 * mean^2 over batches, each with the weight of its samples; var is the biased variance that normalises the
 * batch. */
#include <math.h>

#include "models/layers.h"
#include "models/ops/columns.h"
#include "models/ops/scratch.h"

/* PyTorch's defaults */
#define EPSILON  1e-5
#define MOMENTUM 0.1

static const char *batchnorm_shape(struct layer *l)
{
    int c = l->in.c;
    layer_tensor(l, "weight", (struct parameter){.tensor = {.dims = 1, .dim = {c}}, .constant = 1});
    layer_tensor(l, "bias", (struct parameter){.tensor = {.dims = 1, .dim = {c}}, .constant = 0});
    layer_buffer(l, "running_mean", c);
    layer_buffer(l, "running_var", c);
    return NULL;
}

static size_t batchnorm_saved(const struct layer *l, int n)
{
    (void)n;
    return 2 * (size_t)l->in.c;
}

/* For each channel two sums in double (4 floats) and five coefficients. */
static size_t batchnorm_scratch(const struct layer *l, int n)
{
    (void)n;
    return 9 * (size_t)l->in.c;
}

static void batchnorm_init_stats(const struct layer *l, float *stats)
{
    for (int j = 0; j < l->in.c; j++) {
        stats[j] = 0;
        stats[l->in.c + j] = 1;
    }
}

static size_t rows_of(const struct layer_call *c)
{
    return (size_t)c->n * (size_t)c->layer->in.h * (size_t)c->layer->in.w;
}

/* square[j] += the sum of (x - mean)^2 over column j, summed as in columns_add_to */
static void add_squares(double *restrict square, const float *restrict x, const float *restrict mean,
                        size_t rows, size_t channels)
{
    size_t i = 0;
    for (; i + 4 <= rows; i += 4, x += 4 * channels)
        for (size_t j = 0; j < channels; j++) {
            float a = x[j] - mean[j], b = x[channels + j] - mean[j];
            float d = x[2 * channels + j] - mean[j], e = x[3 * channels + j] - mean[j];
            square[j] += (double)((a * a + b * b) + (d * d + e * e));
        }
    for (; i < rows; i++, x += channels)
        for (size_t j = 0; j < channels; j++)
            square[j] += (double)((x[j] - mean[j]) * (x[j] - mean[j]));
}

/* Sets c->saved from the batch. Returns the sums of (x - mean)^2, which lie in the scratch. Two passes: the
 * sum of x^2 minus the square of the mean would cancel. */
static const double *measure_batch(const struct layer_call *c)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    float *mean = c->saved, *inverse = c->saved + channels;
    double *square = scratch_doubles(c->scratch);
    columns_sum(mean, square, c->x, rows, channels);
    for (size_t j = 0; j < channels; j++) {
        mean[j] = (float)(square[j] / (double)rows);
        square[j] = 0;
    }
    add_squares(square, c->x, mean, rows, channels);
    for (size_t j = 0; j < channels; j++)
        inverse[j] = (float)(1 / sqrt(square[j] / (double)rows + EPSILON));
    return square;
}

/* The unbiased variance divides by rows - 1; of a single row it is taken as 0 / 1. */
static void move_running(const struct layer_call *c, const double *square)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    const float *mean = c->saved;
    double freedom = rows > 1 ? (double)(rows - 1) : 1;
    for (size_t j = 0; j < channels; j++) {
        c->new_stats[j] = (float)((1 - MOMENTUM) * c->stats[j] + MOMENTUM * mean[j]);
        c->new_stats[channels + j] =
            (float)((1 - MOMENTUM) * c->stats[channels + j] + MOMENTUM * square[j] / freedom);
    }
}

static void add_moments(const struct layer_call *c, const double *square)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    for (size_t j = 0; j < channels; j++) {
        double mean = c->saved[j];
        c->moments[j] += c->n * mean;
        c->moments[channels + j] += c->n * (square[j] / (double)rows + mean * mean);
    }
}

static void batchnorm_settle(const struct layer *l, const double *moments, double samples, float *stats)
{
    for (int j = 0; j < l->in.c; j++) {
        double mean = moments[j] / samples, variance = moments[l->in.c + j] / samples - mean * mean;
        stats[j] = (float)mean;
        stats[l->in.c + j] = variance < 0 ? 0 : (float)variance; /* negative by rounding; a NaN stays */
    }
}

static void take_running(const struct layer_call *c)
{
    size_t channels = (size_t)c->layer->in.c;
    for (size_t j = 0; j < channels; j++) {
        c->saved[j] = c->stats[j];
        c->saved[channels + j] = (float)(1 / sqrt(c->stats[channels + j] + EPSILON));
    }
}

/* y = (x - mean) scale + beta, of one number; scale = gamma / sqrt(var + eps) */
static inline float normal(float x, float mean, float scale, float beta)
{
    return (x - mean) * scale + beta;
}

/* A fused ReLU costs no pass of its own: forward clips (a NaN passes); backward computes y from x again to
 * see what was clipped. */
static inline __attribute__((always_inline)) void normalise(float *restrict y, const float *restrict x,
                                                            const float *restrict coefficient, size_t rows,
                                                            size_t channels, bool relu)
{
    const float *mean = coefficient, *scale = mean + channels, *beta = scale + channels;
    for (size_t i = 0; i < rows; i++, x += channels, y += channels)
        for (size_t j = 0; j < channels; j++) {
            float v = normal(x[j], mean[j], scale[j], beta[j]);
            y[j] = relu && v < 0 ? 0 : v;
        }
}

/* coefficient = mean, scale, beta: one array of `channels` floats each. */
static float *write_coefficients(const struct layer_call *c, float *coefficient)
{
    size_t channels = (size_t)c->layer->in.c;
    for (size_t j = 0; j < channels; j++) {
        coefficient[j] = c->saved[j];
        coefficient[channels + j] = c->w[j] * c->saved[channels + j];
        coefficient[2 * channels + j] = c->w[channels + j];
    }
    return coefficient;
}

static void batchnorm_forward(const struct layer_call *c)
{
    size_t channels = (size_t)c->layer->in.c;
    const double *square = c->training || c->moments ? measure_batch(c) : NULL;
    if (!square)
        take_running(c);
    else if (c->training)
        move_running(c, square);
    else
        add_moments(c, square);
    const float *coefficient = write_coefficients(c, c->scratch);
    if (c->layer->fused_relu)
        normalise(c->y, c->x, coefficient, rows_of(c), channels, true);
    else
        normalise(c->y, c->x, coefficient, rows_of(c), channels, false);
}

/* dy, where the fused ReLU let y pass; else 0 */
static inline float passed(float dy, float x, float mean, float scale, float beta, bool relu)
{
    if (!relu)
        return dy;
    return normal(x, mean, scale, beta) > 0 ? dy : 0;
}

/* For each channel: sum += sum of dy, product += sum of dy (x - mean). Four rows at a time in float, the
 * total in double, as in columns_add_to. */
static inline __attribute__((always_inline)) void
add_products(double *restrict product, double *restrict sum, const float *restrict dy,
             const float *restrict x, const float *restrict coefficient, size_t rows, size_t n, bool relu)
{
    size_t i = 0;
    const float *mean = coefficient, *scale = mean + n, *beta = scale + n;
    for (; i + 4 <= rows; i += 4, x += 4 * n, dy += 4 * n)
        for (size_t j = 0; j < n; j++) {
            float m = mean[j], s = scale[j], t = beta[j];
            float a = passed(dy[j], x[j], m, s, t, relu), b = passed(dy[n + j], x[n + j], m, s, t, relu);
            float d = passed(dy[2 * n + j], x[2 * n + j], m, s, t, relu);
            float e = passed(dy[3 * n + j], x[3 * n + j], m, s, t, relu);
            sum[j] += (double)((a + b) + (d + e));
            product[j] += (double)((a * (x[j] - m) + b * (x[n + j] - m)) +
                                   (d * (x[2 * n + j] - m) + e * (x[3 * n + j] - m)));
        }
    for (; i < rows; i++, x += n, dy += n)
        for (size_t j = 0; j < n; j++) {
            float d = passed(dy[j], x[j], mean[j], scale[j], beta[j], relu);
            sum[j] += (double)d;
            product[j] += (double)(d * (x[j] - mean[j]));
        }
}

/* dx = scale dy - slope (x - mean) - shift; coefficient: mean, scale, beta, slope, shift */
static inline __attribute__((always_inline)) void input_gradient(float *restrict dx, const float *restrict dy,
                                                                 const float *restrict x,
                                                                 const float *restrict coefficient,
                                                                 size_t rows, size_t channels, bool relu)
{
    const float *mean = coefficient, *scale = mean + channels, *beta = scale + channels;
    const float *slope = beta + channels, *shift = slope + channels;
    for (size_t i = 0; i < rows; i++, x += channels, dx += channels, dy += channels)
        for (size_t j = 0; j < channels; j++) {
            float d = passed(dy[j], x[j], mean[j], scale[j], beta[j], relu);
            dx[j] = scale[j] * d - slope[j] * (x[j] - mean[j]) - shift[j];
        }
}

/* With xhat = (x - mean) inverse, averages over the pixels of the batch:
 *   dgamma = sum dy xhat, dbeta = sum dy, dx = gamma inverse (dy - average(dy) - xhat average(dy xhat)) */
static void batchnorm_backward(const struct layer_call *c)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    bool relu = c->layer->fused_relu;
    double *product = scratch_doubles(c->scratch), *sum = product + channels;
    float *coefficient = write_coefficients(c, c->scratch + 4 * channels);
    const float *inverse = c->saved + channels, *scale = coefficient + channels;
    for (size_t j = 0; j < 2 * channels; j++)
        product[j] = 0;
    if (relu)
        add_products(product, sum, c->dy, c->x, coefficient, rows, channels, true);
    else
        add_products(product, sum, c->dy, c->x, coefficient, rows, channels, false);
    for (size_t j = 0; j < channels; j++) {
        c->dw[j] = (float)(product[j] * inverse[j]);
        c->dw[channels + j] = (float)sum[j];
        coefficient[3 * channels + j] = scale[j] * inverse[j] * c->dw[j] / (float)rows;
        coefficient[4 * channels + j] = scale[j] * c->dw[channels + j] / (float)rows;
    }
    if (c->dx && relu)
        input_gradient(c->dx, c->dy, c->x, coefficient, rows, channels, true);
    else if (c->dx)
        input_gradient(c->dx, c->dy, c->x, coefficient, rows, channels, false);
}

static bool batchnorm_fuses_relu(const struct layer *l)
{
    (void)l;
    return true;
}

const struct layer_op op_batchnorm = {.name = "batchnorm",
                                      .fuses_relu = batchnorm_fuses_relu,
                                      .shape = batchnorm_shape,
                                      .saved = batchnorm_saved,
                                      .scratch = batchnorm_scratch,
                                      .init_stats = batchnorm_init_stats,
                                      .stats_memory = 1 - MOMENTUM,
                                      .settle = batchnorm_settle,
                                      .forward = batchnorm_forward,
                                      .backward = batchnorm_backward};
