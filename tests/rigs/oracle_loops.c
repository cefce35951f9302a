#include "tests/rigs/oracle_loops.h"

#include <math.h>
#include <string.h>

static int in_at(const struct oracle *o, int n, int c, int y, int x)
{
    return ((n * o->c + c) * o->h + y) * o->w + x;
}

static int out_at(const struct oracle *o, int n, int c, int y, int x)
{
    return ((n * o->oc + c) * o->oh + y) * o->ow + x;
}

static int inputs(const struct oracle *o)
{
    return o->n * o->c * o->h * o->w;
}

static void clear(double *x, int n)
{
    memset(x, 0, (size_t)n * sizeof *x);
}

/* Calls visit for every product of a convolution: output, input, weight (all as indices). */
typedef void visit(int out, int in, int weight, void *context);

static void each_product(const struct oracle *o, visit *f, void *context)
{
    int k = o->kernel;
    for (int n = 0; n < o->n; n++)
        for (int oc = 0; oc < o->oc; oc++)
            for (int oy = 0; oy < o->oh; oy++)
                for (int ox = 0; ox < o->ow; ox++)
                    for (int c = 0; c < o->c; c++)
                        for (int t = 0; t < k * k; t++) {
                            int y = oy * o->stride - o->pad + t / k, x = ox * o->stride - o->pad + t % k;
                            if (y >= 0 && y < o->h && x >= 0 && x < o->w)
                                f(out_at(o, n, oc, oy, ox), in_at(o, n, c, y, x), (oc * o->c + c) * k * k + t,
                                  context);
                        }
}

struct product {
    double *y, *dx, *dp;
    const double *x, *p, *dy;
};

static void product_forward(int out, int in, int weight, void *context)
{
    struct product *v = context;
    v->y[out] += v->x[in] * v->p[weight];
}

static void product_backward(int out, int in, int weight, void *context)
{
    struct product *v = context;
    v->dx[in] += v->dy[out] * v->p[weight];
    v->dp[weight] += v->dy[out] * v->x[in];
}

static int conv_weights(const struct oracle *o)
{
    return o->oc * o->c * o->kernel * o->kernel;
}

void loops_conv(double *y, const double *x, const double *p, const struct oracle *o)
{
    clear(y, o->n * o->oc * o->oh * o->ow);
    each_product(o, product_forward, &(struct product){.y = y, .x = x, .p = p});
}

void loops_conv_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                     const struct oracle *o)
{
    clear(dx, inputs(o));
    clear(dp, conv_weights(o));
    each_product(o, product_backward, &(struct product){.dx = dx, .dp = dp, .dy = dy, .x = x, .p = p});
}

static int channel_of(const struct oracle *o, int out)
{
    return out / (o->oh * o->ow) % o->oc;
}

void loops_conv_bias(double *y, const double *x, const double *p, const struct oracle *o)
{
    loops_conv(y, x, p, o);
    for (int i = 0; i < o->n * o->oc * o->oh * o->ow; i++)
        y[i] += p[conv_weights(o) + channel_of(o, i)];
}

void loops_conv_bias_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                          const struct oracle *o)
{
    loops_conv_back(dx, dp, dy, x, p, o);
    clear(dp + conv_weights(o), o->oc);
    for (int i = 0; i < o->n * o->oc * o->oh * o->ow; i++)
        dp[conv_weights(o) + channel_of(o, i)] += dy[i];
}

void loops_linear(double *y, const double *x, const double *p, const struct oracle *o)
{
    int in = o->c * o->h * o->w;
    for (int n = 0; n < o->n; n++)
        for (int j = 0; j < o->oc; j++) {
            y[n * o->oc + j] = p[o->oc * in + j];
            for (int i = 0; i < in; i++)
                y[n * o->oc + j] += x[n * in + i] * p[j * in + i];
        }
}

void loops_linear_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                       const struct oracle *o)
{
    int in = o->c * o->h * o->w;
    clear(dx, inputs(o));
    clear(dp, o->oc * in + o->oc);
    for (int n = 0; n < o->n; n++)
        for (int j = 0; j < o->oc; j++) {
            double d = dy[n * o->oc + j];
            dp[o->oc * in + j] += d;
            for (int i = 0; i < in; i++) {
                dx[n * in + i] += d * p[j * in + i];
                dp[j * in + i] += d * x[n * in + i];
            }
        }
}

struct moments {
    double mean, variance; /* variance: biased */
};

static struct moments moments_of(const double *x, int c, const struct oracle *o)
{
    struct moments m = {0, 0};
    int count = o->n * o->h * o->w;
    for (int i = 0; i < inputs(o); i++)
        m.mean += channel_of(o, i) == c ? x[i] / count : 0;
    for (int i = 0; i < inputs(o); i++)
        m.variance += channel_of(o, i) == c ? (x[i] - m.mean) * (x[i] - m.mean) / count : 0;
    return m;
}

void loops_batchnorm(double *y, const double *x, const double *p, const struct oracle *o)
{
    int count = o->n * o->h * o->w;
    for (int c = 0; c < o->c; c++) {
        struct moments m = {o->running[c], o->running[o->c + c]};
        if (o->training) {
            m = moments_of(x, c, o);
            o->running[c] += 0.1 * (m.mean - o->running[c]);
            o->running[o->c + c] += 0.1 * (m.variance * count / (count - 1) - o->running[o->c + c]);
        }
        for (int i = 0; i < inputs(o); i++)
            if (channel_of(o, i) == c)
                y[i] = p[c] * (x[i] - m.mean) / sqrt(m.variance + 1e-5) + p[o->c + c];
    }
}

/* Written as the derivative of each step, not as the closed form that the operator uses. */
void loops_batchnorm_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                          const struct oracle *o)
{
    int count = o->n * o->h * o->w;
    for (int c = 0; c < o->c; c++) {
        struct moments m = moments_of(x, c, o);
        double s = sqrt(m.variance + 1e-5), dvariance = 0, dmean = 0;
        dp[c] = dp[o->c + c] = 0;
        for (int i = 0; i < inputs(o); i++)
            if (channel_of(o, i) == c) {
                dp[c] += dy[i] * (x[i] - m.mean) / s;
                dp[o->c + c] += dy[i];
                dvariance -= dy[i] * p[c] * (x[i] - m.mean) / (2 * s * s * s);
                dmean -= dy[i] * p[c] / s;
            }
        for (int i = 0; i < inputs(o); i++)
            if (channel_of(o, i) == c)
                dx[i] = dy[i] * p[c] / s + dvariance * 2 * (x[i] - m.mean) / count + dmean / count;
    }
}

void loops_relu(double *y, const double *x, const double *p, const struct oracle *o)
{
    (void)p;
    for (int i = 0; i < inputs(o); i++)
        y[i] = fmax(x[i], 0);
}

void loops_relu_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                     const struct oracle *o)
{
    (void)dp, (void)p;
    for (int i = 0; i < inputs(o); i++)
        dx[i] = x[i] > 0 ? dy[i] : 0;
}

/* Input index of the largest in the window of one output. */
static int largest(const double *x, int n, int c, int oy, int ox, const struct oracle *o)
{
    int best = in_at(o, n, c, oy * o->kernel, ox * o->kernel);
    for (int t = 0; t < o->kernel * o->kernel; t++) {
        int i = in_at(o, n, c, oy * o->kernel + t / o->kernel, ox * o->kernel + t % o->kernel);
        best = x[i] > x[best] ? i : best;
    }
    return best;
}

void loops_maxpool(double *y, const double *x, const double *p, const struct oracle *o)
{
    (void)p;
    for (int n = 0; n < o->n; n++)
        for (int c = 0; c < o->c; c++)
            for (int i = 0; i < o->oh * o->ow; i++)
                y[out_at(o, n, c, 0, i)] = x[largest(x, n, c, i / o->ow, i % o->ow, o)];
}

void loops_maxpool_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                        const struct oracle *o)
{
    (void)dp, (void)p;
    clear(dx, inputs(o));
    for (int n = 0; n < o->n; n++)
        for (int c = 0; c < o->c; c++)
            for (int i = 0; i < o->oh * o->ow; i++)
                dx[largest(x, n, c, i / o->ow, i % o->ow, o)] += dy[out_at(o, n, c, 0, i)];
}

void loops_avgpool(double *y, const double *x, const double *p, const struct oracle *o)
{
    (void)p;
    int area = o->h * o->w;
    clear(y, o->n * o->c);
    for (int i = 0; i < inputs(o); i++)
        y[i / area] += x[i] / area;
}

void loops_avgpool_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                        const struct oracle *o)
{
    (void)dp, (void)x, (void)p;
    int area = o->h * o->w;
    for (int i = 0; i < inputs(o); i++)
        dx[i] = dy[i / area] / area;
}

static double factor(const struct oracle *o, int i)
{
    return o->mask[o->channels ? i / (o->h * o->w) : i];
}

void loops_dropout(double *y, const double *x, const double *p, const struct oracle *o)
{
    (void)p;
    for (int i = 0; i < inputs(o); i++)
        y[i] = x[i] * factor(o, i);
}

void loops_dropout_back(double *dx, double *dp, const double *dy, const double *x, const double *p,
                        const struct oracle *o)
{
    (void)dp, (void)x, (void)p;
    for (int i = 0; i < inputs(o); i++)
        dx[i] = dy[i] * factor(o, i);
}
