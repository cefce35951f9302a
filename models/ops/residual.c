/* A residual block (He et al. 2016): the main branch plus what entered the block, or plus a side branch, the
 * shortcut, that starts there. The first two operators only wire; the last adds, and writes over the end of
 * the main branch where allowed. Blocks do not nest. */
#include <string.h>

#include "models/layers.h"
#include "sim/base/vec.h"

static bool residual_wire(struct layer *l, struct wiring *w)
{
    if (w->start >= 0)
        return false;
    w->start = l->x = l->y = w->at;
    w->fixed[w->at] = true;
    l->side = -1;
    return true;
}

static bool shortcut_wire(struct layer *l, struct wiring *w)
{
    if (w->start < 0 || w->branch >= 0 || w->at == w->start)
        return false;
    w->branch = w->at; /* the main branch ends here */
    w->at = l->x = l->y = w->start;
    l->side = -1;
    return true;
}

static bool residual_end_wire(struct layer *l, struct wiring *w)
{
    if (w->start < 0 || w->at == w->start)
        return false;
    bool shortcut = w->branch >= 0;
    l->x = shortcut ? w->branch : w->at;
    l->side = shortcut ? w->at : w->start;
    l->y = w->at = w->fixed[l->x] ? w->fresh : l->x;
    w->start = w->branch = -1;
    return true;
}

/* The fused ReLU: sum = max(sum + x, 0); a NaN passes. */
static void add_clipped(float *restrict sum, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float y = sum[i] + x[i];
        sum[i] = y < 0 ? 0 : y;
    }
}

static void pass_where_positive(float *restrict d, float *restrict dside, const float *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        d[i] = y[i] > 0 ? d[i] : 0;
        if (dside)
            dside[i] = d[i];
    }
}

/* Backward of the fused ReLU writes dx, which a block that starts at the input image does not have. */
static bool add_fuses_relu(const struct layer *l)
{
    return l->x > 0;
}

static void add_forward(const struct layer_call *c)
{
    size_t total = (size_t)c->n * shape_size(c->layer->in);
    if (c->y != c->x)
        memcpy(c->y, c->x, total * sizeof(float));
    if (c->layer->fused_relu)
        add_clipped(c->y, c->side, total);
    else
        vec_add(c->y, c->side, total);
}

static void add_backward(const struct layer_call *c)
{
    size_t total = (size_t)c->n * shape_size(c->layer->in), bytes = total * sizeof(float);
    if (c->layer->fused_relu) {
        if (c->dx != c->dy)
            memcpy(c->dx, c->dy, bytes);
        pass_where_positive(c->dx, c->dside, c->y, total);
        return;
    }
    if (c->dside)
        memcpy(c->dside, c->dy, bytes);
    if (c->dx && c->dx != c->dy)
        memcpy(c->dx, c->dy, bytes);
}

const struct layer_op op_residual = {.name = "residual", .wire = residual_wire};
const struct layer_op op_shortcut = {.name = "shortcut", .wire = shortcut_wire};
const struct layer_op op_residual_end = {.name = "residual end",
                                         .fuses_relu = add_fuses_relu,
                                         .wire = residual_end_wire,
                                         .forward = add_forward,
                                         .backward = add_backward};
