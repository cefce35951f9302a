/* The table that a model is, and the contract of an operator.
 *
 * A model is an array of rows, one row for each layer, from the input to the logits. Each layer reads what
 * the row above wrote. RESIDUAL marks the start of a residual block; SHORTCUT, if there is one, starts a side
 * branch from there; RESIDUAL_END adds the start of the block, or the end of the side branch, to the main
 * branch:
 *
 *     RESIDUAL --> conv --> relu --> conv ---> RESIDUAL_END       the rows between SHORTCUT and RESIDUAL_END,
 *         |                                         ^             if there is a SHORTCUT, are the side branch
 *         +----------------- side ------------------+
 *
 * LINEAR flattens its input, so no row does that.
 *
 * An operator is one file in models/ops/ that exports one `struct layer_op`. Only those files know how the
 * numbers of an activation or a tensor lie in memory; the rest of models/ gives them buffers and calls.
 *
 * Layouts: activations are (image, y, x, channel), channels innermost (NHWC). The layout of a tensor's
 * elements is the operator's choice (from_pytorch). Vectors are floats. */
#ifndef MODELS_LAYERS_H
#define MODELS_LAYERS_H

#include <stdbool.h>

#include "models/model.h"

struct layer_op;

struct layer_row {
    const struct layer_op *op;
    const char *name; /* PyTorch's name of the module; NULL: it has no parameters */
    int outputs;      /* channels or features; CLASSES: one for each class of the data set */
    /* Pixels. Kernels are square, and all four sides have the same padding. */
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

/* An activation has a number: 0 is the input image. */
struct shape {
    int h, w, c; /* of one image */
};

/* A trainable tensor and its initial values: uniform in +-bound or, when bound is 0, constant. */
struct parameter {
    struct tensor tensor;
    float bound, constant;
};

enum { LAYER_TENSORS = 2 };

/* One row laid over images of a given size. model_build fills it before fork; from then on it is constant and
 * shared by all processes. */
struct layer {
    const struct layer_row *row;
    int index;
    int outputs; /* the row's, with CLASSES replaced by their number */
    /* Operator fusion: a ReLU that follows an operator which fuses_relu is computed in that operator's own
     * pass. */
    bool fused_relu; /* the row below is such a ReLU, and this layer computes it too */
    bool fused;      /* this row is such a ReLU: it does nothing itself */
    struct shape in, out;
    int x, side, y; /* numbers of the activations read and written; side: the second one read, or -1 */
    int tensors;
    struct parameter own[LAYER_TENSORS]; /* weight, bias */
    int buffers;
    struct tensor buffer[LAYER_TENSORS]; /* running statistics; offsets within the model's stats */
    size_t stats_offset, stats;          /* their start in the model's stats, and their floats */
    uint64_t macs;                       /* multiply-accumulates for one image, forward */
};

/* How far the rows above are wired, while model_build goes through the table. */
struct wiring {
    int at;      /* the activation that the next row reads */
    int start;   /* the activation that entered the open residual block; -1: none is open */
    int branch;  /* the end of the block's main branch, once a side branch has begun; -1: none has */
    int fresh;   /* the number of a new activation */
    bool *fixed; /* [activations] must not be overwritten: a later row or backward reads it */
};

/* Takes the gradient of the parameters part by part (workspace_on_ready). */
struct receiver {
    void (*ready)(void *context, float *gradient, size_t first, size_t n);
    void *context;
    bool stores; /* the whole gradient must be in dw at the end */
};

/* One call of an operator on n images. A pointer that has no meaning for the operator is NULL. Buffers do not
 * overlap, but y = x and dx = dy where the layer works in place. Output buffers hold garbage before the call.
 * All pointers belong to the caller, and none may be kept after the call. */
struct layer_call {
    const struct layer *layer;
    int n;
    bool training;
    const struct draw_at *at;        /* where random draws come from; training only */
    const float *w;                  /* the layer's parameters, tensor after tensor */
    float *dw;                       /* their gradient: overwritten, not added to */
    const struct receiver *receiver; /* of the gradient, in backward with `gives`; NULL: dw is all */
    const float *stats;              /* running statistics */
    float *new_stats;                /* where the operator writes them; may be stats; training only */
    /* Not NULL, and training is false: BatchNorm takes the batch's mean and variance as in training, and adds
     * to moments what layer_op.settle wants; every other operator evaluates. */
    double *moments;
    const float *x, *side; /* (n, in) */
    float *y;              /* (n, out) */
    const float *dy;       /* (n, out) */
    float *dx, *dside; /* (n, in): overwritten; dx is NULL where no layer needs it, as at the input image */
    float *saved;      /* what forward saves for backward; a layer's own, untouched between the two */
    float *scratch;    /* free memory during this call; shared by all layers; starts on a cache line */
};

/* The contract. model_build calls wire and shape, once, before fork; what they refuse, model_build reports
 * with the number and the name of the row. The other callbacks run in workers, evaluator and tests; they
 * allocate nothing and cannot fail. They do not look for NaN or infinity: the loss shows those, and
 * model_diagnose finds where they began. forward and backward give equal bits for equal arguments in every
 * process. */
struct layer_op {
    const char *name;
    bool in_place; /* may write over its input */
    bool reads_y;  /* backward reads y, so the next layer must not write over y */

    /* Optional. Advances the wiring and sets layer->x, side and y; false: the row makes no sense at this
     * place. Without it the layer reads wiring->at and writes a new activation (or the same one, if
     * in_place). An operator without forward only wires. */
    bool (*wire)(struct layer *layer, struct wiring *wiring);
    /* Optional. From row and in: sets out and macs, and declares tensors and statistics (layer_tensor,
     * layer_buffer). Returns NULL, or what does not fit, as words that follow "layer 3 (conv)". Without it
     * out = in. */
    const char *(*shape)(struct layer *layer);
    /* Optional. true: the operator can compute a ReLU below it in its own passes, forward and backward
     * (layer->fused_relu). */
    bool (*fuses_relu)(const struct layer *layer);
    /* Optional. How many floats forward saves for backward, and how many floats of scratch a call needs, for
     * n images. */
    size_t (*saved)(const struct layer *layer, int n);
    size_t (*scratch)(const struct layer *layer, int n);
    /* Optional. Puts the elements of tensor i, given in PyTorch's order, into the operator's own order: a
     * permutation that depends on the layer alone. Without it the two orders are the same. */
    void (*from_pytorch)(const struct layer *layer, int i, float *own, const float *pytorch);
    /* Optional. Writes the first values of the running statistics. */
    void (*init_stats)(const struct layer *layer, float *stats);
    /* With init_stats. r of the update that one training batch makes: stats = r stats + (1 - r) the batch's.
     * All operators with statistics have the same r, since the server combines statistics of many batches
     * with it. */
    double stats_memory;
    /* With init_stats. Turns what calls with moments have summed over `samples` samples into statistics. */
    void (*settle)(const struct layer *layer, const double *moments, double samples, float *stats);

    /* Optional. true: with n images backward gives each part of the gradient of all parameters to the receiver as
     * soon as it is final (layer_give), while the part and its parameters are in the cache. Such a part may take its
     * step at once, so backward reads the part's parameters no more. If the receiver stores nothing, backward may
     * make any part anywhere in dw. */
    bool (*gives)(const struct layer *layer, int n);
    void (*forward)(const struct layer_call *call); /* y from x, side and w */
    void (*backward)(
        const struct layer_call *call); /* dx, dside and dw from dy; the arguments of forward stand */
};

/* For layer_op.shape: declares the next tensor of the layer, named ROW.suffix. values: all but name, offset
 * and n. */
void layer_tensor(struct layer *layer, const char *suffix, struct parameter values);
/* The same for its next running statistic, of n floats. */
void layer_buffer(struct layer *layer, const char *suffix, int n);
/* In backward: floats first .. first + n - 1 of the gradient of the layer's parameters are final. */
void layer_give(const struct layer_call *call, float *gradient, size_t first, size_t n);
/* Whether dw must hold the whole gradient at the end of backward. */
bool layer_stores(const struct layer_call *call);
/* Has the layer something to compute? No for rows that only wire, and for a ReLU fused into the row above. */
bool layer_works(const struct layer *layer);
/* Floats of the layer's tensors. */
size_t layer_params(const struct layer *layer);
/* Floats of one image of this shape. */
size_t shape_size(struct shape s);

#endif
