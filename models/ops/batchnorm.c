/* Batch normalisation, channel by channel over all pixels of the batch: y = gamma (x - mean) / sqrt(var +
 * eps) + beta. Training normalises with the batch's mean and biased variance and moves the running statistics
 * a tenth of the way, the variance unbiased; evaluation normalises with the running statistics (PyTorch's
 * BatchNorm2d with its defaults). Parameters: gamma, beta. Statistics: means, then variances. Forward keeps
 * mean and 1 / sqrt(var + eps). */
#include <math.h>

#include "models/layers.h"
#include "models/ops/columns.h"

static const double EPSILON = 1e-5, MOMENTUM = 0.1; /* PyTorch's defaults */

static const char *batchnorm_shape(struct layer *l)
{
    int c = l->in.c;
    layer_tensor(l, "weight", (struct parameter){.tensor = {.dims = 1, .dim = {c}}, .constant = 1});
    layer_tensor(l, "bias", (struct parameter){.tensor = {.dims = 1, .dim = {c}}, .constant = 0});
    l->stats = 2 * (size_t)c;
    return NULL;
}

static size_t batchnorm_keep(const struct layer *l, int n)
{
    (void)n;
    return 2 * (size_t)l->in.c;
}

/* Two sums a channel, in double. */
static size_t batchnorm_scratch(const struct layer *l, int n)
{
    (void)n;
    return 4 * (size_t)l->in.c;
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

/* Fills keep from the batch, and moves the running statistics. */
static void measure_batch(const struct layer_call *c)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    float *mean = c->keep, *inverse = c->keep + channels;
    double *square = (double *)(void *)c->scratch;
    columns_sum(mean, square, c->x, rows, channels);
    for (size_t j = 0; j < channels; j++) {
        mean[j] = (float)(square[j] / (double)rows);
        square[j] = 0;
    }
    add_squares(square, c->x, mean, rows, channels);
    double freedom = rows > 1 ? (double)(rows - 1) : 1;
    for (size_t j = 0; j < channels; j++) {
        inverse[j] = (float)(1 / sqrt(square[j] / (double)rows + EPSILON));
        c->new_stats[j] = (float)((1 - MOMENTUM) * c->stats[j] + MOMENTUM * mean[j]);
        c->new_stats[channels + j] =
            (float)((1 - MOMENTUM) * c->stats[channels + j] + MOMENTUM * square[j] / freedom);
    }
}

static void take_running(const struct layer_call *c)
{
    size_t channels = (size_t)c->layer->in.c;
    for (size_t j = 0; j < channels; j++) {
        c->keep[j] = c->stats[j];
        c->keep[channels + j] = (float)(1 / sqrt(c->stats[channels + j] + EPSILON));
    }
}

/* y = (x - mean) scale + beta */
static void normalise(float *restrict y, const float *restrict x, const float *restrict coefficient,
                      size_t rows, size_t channels)
{
    const float *mean = coefficient, *scale = coefficient + channels, *beta = coefficient + 2 * channels;
    for (size_t i = 0; i < rows; i++, x += channels, y += channels)
        for (size_t j = 0; j < channels; j++)
            y[j] = (x[j] - mean[j]) * scale[j] + beta[j];
}

static void batchnorm_forward(const struct layer_call *c)
{
    size_t channels = (size_t)c->layer->in.c;
    if (c->training)
        measure_batch(c);
    else
        take_running(c);
    float *coefficient = c->scratch;
    for (size_t j = 0; j < channels; j++) {
        coefficient[j] = c->keep[j];
        coefficient[channels + j] = c->w[j] * c->keep[channels + j];
        coefficient[2 * channels + j] = c->w[channels + j];
    }
    normalise(c->y, c->x, coefficient, rows_of(c), channels);
}

/* sum[j] += dy, product[j] += dy (x - mean), column by column */
static void add_products(double *restrict product, const float *restrict dy, const float *restrict x,
                         const float *restrict mean, size_t rows, size_t channels)
{
    size_t i = 0;
    double *sum = product + channels;
    for (; i + 4 <= rows; i += 4, x += 4 * channels, dy += 4 * channels)
        for (size_t j = 0; j < channels; j++) {
            float a = dy[j], b = dy[channels + j], d = dy[2 * channels + j], e = dy[3 * channels + j];
            sum[j] += (double)((a + b) + (d + e));
            product[j] +=
                (double)((a * (x[j] - mean[j]) + b * (x[channels + j] - mean[j])) +
                         (d * (x[2 * channels + j] - mean[j]) + e * (x[3 * channels + j] - mean[j])));
        }
    for (; i < rows; i++, x += channels, dy += channels)
        for (size_t j = 0; j < channels; j++) {
            sum[j] += (double)dy[j];
            product[j] += (double)(dy[j] * (x[j] - mean[j]));
        }
}

/* dx = scale dy - slope (x - mean) - shift */
static void spread(float *restrict dx, const float *restrict dy, const float *restrict x,
                   const float *restrict coefficient, size_t rows, size_t channels)
{
    const float *mean = coefficient, *scale = coefficient + channels;
    const float *slope = coefficient + 2 * channels, *shift = coefficient + 3 * channels;
    for (size_t i = 0; i < rows; i++, x += channels, dx += channels, dy += channels)
        for (size_t j = 0; j < channels; j++)
            dx[j] = scale[j] * dy[j] - slope[j] * (x[j] - mean[j]) - shift[j];
}

/* With xhat = (x - mean) inverse, averages over the pixels of the batch:
 *   dgamma = sum dy xhat, dbeta = sum dy, dx = gamma inverse (dy - average(dy) - xhat average(dy xhat)) */
static void batchnorm_backward(const struct layer_call *c)
{
    size_t rows = rows_of(c), channels = (size_t)c->layer->in.c;
    const float *mean = c->keep, *inverse = c->keep + channels;
    double *product = (double *)(void *)c->scratch;
    for (size_t j = 0; j < 2 * channels; j++)
        product[j] = 0;
    add_products(product, c->dy, c->x, mean, rows, channels);
    for (size_t j = 0; j < channels; j++) {
        c->dw[j] = (float)(product[j] * inverse[j]);
        c->dw[channels + j] = (float)product[channels + j];
    }
    if (!c->dx)
        return;
    float *coefficient = c->scratch; /* the sums are spent */
    for (size_t j = 0; j < channels; j++) {
        float scale = c->w[j] * inverse[j];
        coefficient[j] = mean[j];
        coefficient[channels + j] = scale;
        coefficient[2 * channels + j] = scale * inverse[j] * c->dw[j] / (float)rows;
        coefficient[3 * channels + j] = scale * c->dw[channels + j] / (float)rows;
    }
    spread(c->dx, c->dy, c->x, coefficient, rows, channels);
}

const struct layer_op op_batchnorm = {.name = "batchnorm",
                                      .shape = batchnorm_shape,
                                      .keep = batchnorm_keep,
                                      .scratch = batchnorm_scratch,
                                      .init_stats = batchnorm_init_stats,
                                      .forward = batchnorm_forward,
                                      .backward = batchnorm_backward};
