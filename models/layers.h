/* The table that a model is, and the contract of an operator.
 *
 * A model is an array of rows, one a layer, read from top to bottom: each reads what the one above wrote.
 * RESIDUAL remembers the place; SHORTCUT, if there is one, starts a side branch from there; RESIDUAL_END adds
 * the remembered activation, or the end of the side branch, to the main branch. LINEAR takes its input as
 * flattened, so that no row is needed for it.
 *
 * An operator is one file in models/ops/ that exports one `struct layer_op`. Only the files there know how
 * the numbers lie in memory (NHWC: channels innermost); the rest of models/ hands out buffers and calls. */
#ifndef MODELS_LAYERS_H
#define MODELS_LAYERS_H

#include <stdbool.h>

#include "models/model.h"

struct layer_op;

struct layer_row {
    const struct layer_op *op;
    const char *name; /* PyTorch's name of the module; NULL: it has no parameters */
    int outputs;      /* channels or features; CLASSES: as many as the data set has classes */
    int kernel, stride, pad;
    bool bias;
    bool channels; /* dropout: whole channels */
    float p;       /* dropout: probability of a zero */
};

enum { CLASSES = -1 };

#define CONV(module, out, k, s, p_)                                                         \
    {                                                                                       \
        .op = &op_conv, .name = module, .outputs = out, .kernel = k, .stride = s, .pad = p_ \
    }
#define CONV_BIAS(module, out, k, s, p_)                                                                  \
    {                                                                                                     \
        .op = &op_conv, .name = module, .outputs = out, .kernel = k, .stride = s, .pad = p_, .bias = true \
    }
#define LINEAR(module, out)                                            \
    {                                                                  \
        .op = &op_linear, .name = module, .outputs = out, .bias = true \
    }
#define BATCHNORM(module)                   \
    {                                       \
        .op = &op_batchnorm, .name = module \
    }
#define RELU           \
    {                  \
        .op = &op_relu \
    }
#define MAXPOOL(k)                     \
    {                                  \
        .op = &op_maxpool, .kernel = k \
    } /* stride k */
#define AVGPOOL           \
    {                     \
        .op = &op_avgpool \
    } /* over the whole image */
#define DROPOUT(zeros)                \
    {                                 \
        .op = &op_dropout, .p = zeros \
    }
#define DROPOUT2D(zeros)                                \
    {                                                   \
        .op = &op_dropout, .p = zeros, .channels = true \
    }
#define RESIDUAL           \
    {                      \
        .op = &op_residual \
    }
#define SHORTCUT           \
    {                      \
        .op = &op_shortcut \
    }
#define RESIDUAL_END           \
    {                          \
        .op = &op_residual_end \
    }
#define END_OF_LAYERS \
    {                 \
        .op = 0       \
    }

extern const struct layer_op op_conv, op_linear, op_batchnorm, op_relu, op_maxpool, op_avgpool, op_dropout,
    op_residual, op_shortcut, op_residual_end;

/* An activation is named by a number: 0 is the input image. */
struct shape {
    int h, w, c;
};

/* A trainable tensor and its initial values: uniform in +-bound or, when bound is 0, constant. */
struct parameter {
    struct tensor tensor;
    float bound, constant;
};

enum { LAYER_TENSORS = 2 };

/* One row laid over a given image. Filled by model_build, const after it. */
struct layer {
    const struct layer_row *row;
    int index;
    int outputs; /* the row's, CLASSES resolved */
    bool relu;   /* the row below is a ReLU, and this layer does it */
    bool done;   /* this row is such a ReLU: nothing is left to do */
    struct shape in, out;
    int x, side, y; /* activations read and written; side: -1 or the second one read */
    int tensors;
    struct parameter own[LAYER_TENSORS]; /* weight, bias */
    int buffers;
    struct tensor buffer[LAYER_TENSORS]; /* running statistics; offsets within the model's */
    size_t stats_offset, stats;          /* floats of them */
    uint64_t macs;
};

/* How far the rows are wired. */
struct wiring {
    int at;            /* the activation the next row reads */
    int start, branch; /* of the residual block around it: what entered it, the main branch's end (or -1) */
    int fresh;         /* the number of a new activation */
    bool *fixed;       /* [activations] must not be overwritten: read again later */
};

/* One call of an operator on n images. Pointers that make no sense for it are NULL. Buffers do not overlap,
 * but y = x and dx = dy where the layer works in place. They hold garbage before they are written. */
struct layer_call {
    const struct layer *layer;
    int n;
    bool training;
    const struct draw_at *at; /* training only */
    const float *w;           /* the layer's parameters, tensor after tensor */
    float *dw;                /* their gradient: overwritten */
    const float *stats;       /* running statistics */
    float *new_stats;         /* the same, to be written: training only */
    /* Not NULL, and training is false: BatchNorm takes the batch's mean and variance as in training, and adds what
     * layer_op.settle wants; everything else evaluates. */
    double *moments;
    const float *x, *side; /* (n, in) */
    float *y;              /* (n, out) */
    const float *dy;       /* (n, out) */
    float *dx, *dside;     /* (n, in): overwritten; dx is NULL when nobody needs it */
    float *keep;           /* what forward leaves for backward */
    float *scratch;        /* shared by all layers */
};

struct layer_op {
    const char *name;
    bool in_place; /* may write over its input */
    bool reads_y;  /* backward reads y, so the next layer must not write over it */

    /* Optional. Moves the wiring and sets layer->x, side, y; false: the row makes no sense here. Without it
     * the layer reads wiring->at and writes a new activation (or the same, in place). Rows without forward
     * only wire. */
    bool (*wire)(struct layer *layer, struct wiring *wiring);
    /* Optional. Sets out, tensors, stats and macs from row and in; returns NULL or what does not fit. Without
     * it out = in. */
    const char *(*shape)(struct layer *layer);
    /* Optional. true: it can do a ReLU below it in its own passes (layer->relu), forward and backward. */
    bool (*takes_relu)(const struct layer *layer);
    /* Optional. Floats that forward leaves for backward, and floats of scratch, for n images. */
    size_t (*keep)(const struct layer *layer, int n);
    size_t (*scratch)(const struct layer *layer, int n);
    /* Optional. Puts tensor i, given in PyTorch's element order, where the operator wants it. Without it: the
     * same order. */
    void (*place)(const struct layer *layer, int i, float *own, const float *pytorch);
    /* Optional. First values of the running statistics. */
    void (*init_stats)(const struct layer *layer, float *stats);
    /* With init_stats: what one training batch leaves of a statistic. The update is linear: stats_memory old + (1 -
     * stats_memory) the batch's. Equal for all operators. */
    double stats_memory;
    /* With init_stats: statistics of `samples` samples, from what calls with moments have added up. */
    void (*settle)(const struct layer *layer, const double *moments, double samples, float *stats);

    void (*forward)(const struct layer_call *call);
    void (*backward)(const struct layer_call *call); /* dx, dside and dw from dy */
};

/* For operators: declares the next tensor of the layer. */
void layer_tensor(struct layer *layer, const char *suffix, struct parameter values);
/* The same for its next running statistic, of n floats. */
void layer_buffer(struct layer *layer, const char *suffix, int n);
/* false: the row only wires, or the one above does its work. */
bool layer_works(const struct layer *layer);
size_t layer_params(const struct layer *layer); /* floats of its tensors */
/* Numbers in one image of this shape. */
size_t shape_size(struct shape s);

#endif
