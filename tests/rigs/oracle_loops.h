/* What every operator should compute, as plain loops in double over PyTorch's layouts: activations (N, C, H,
 * W), weights (O, I, KH, KW) or (O, I). Shares nothing with models/ops/. */
#ifndef TESTS_RIGS_ORACLE_LOOPS_H
#define TESTS_RIGS_ORACLE_LOOPS_H

struct oracle {
    int n, c, h, w; /* input */
    int oc, oh, ow; /* output */
    int kernel, stride, pad;
    double *running; /* BatchNorm: means, variances; training moves them */
    int training;
    const double *mask; /* dropout: one factor an element or, with `channels`, one a channel */
    int channels;
};

/* Parameters are tensor after tensor. Gradients are overwritten. */
typedef void oracle_forward(double *y, const double *x, const double *p, const struct oracle *o);
typedef void oracle_backward(double *dx, double *dp, const double *dy, const double *x, const double *p,
                             const struct oracle *o);

oracle_forward loops_conv, loops_conv_bias, loops_linear, loops_batchnorm, loops_relu, loops_maxpool,
    loops_avgpool, loops_dropout;
oracle_backward loops_conv_back, loops_conv_bias_back, loops_linear_back, loops_batchnorm_back,
    loops_relu_back, loops_maxpool_back, loops_avgpool_back, loops_dropout_back;

#endif
