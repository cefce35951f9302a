/* Where a loss stopped being finite: repeats the forward pass and looks at every number on the way. A layer's
 * output is looked at right after its forward: a later layer that works in place, or that shares its memory
 * (plan.h), overwrites it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/graph.h"
#include "sim/base/vec.h"

static bool all_finite(const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

/* Each of these returns true, and describes the place in text, if it finds a NaN or an infinity. */

static bool bad_image(const struct workspace *ws, const uint32_t *sample, int n, char *text, size_t size)
{
    size_t pixels = shape_size(ws->model->image);
    for (int i = 0; i < n; i++)
        if (!all_finite(ws->input + (size_t)i * pixels, pixels)) {
            snprintf(text, size, "training image %u", (unsigned)sample[i]);
            return true;
        }
    return false;
}

static bool bad_parameters(const struct layer *l, const float *params, char *text, size_t size)
{
    for (int i = 0; i < l->tensors; i++) {
        const struct tensor *t = &l->own[i].tensor;
        if (!all_finite(params + t->offset, t->n)) {
            snprintf(text, size, "the parameters of layer %d (%s)", l->index + 1, t->name);
            return true;
        }
    }
    return false;
}

static bool bad_output(const struct layer_call *c, char *text, size_t size)
{
    const struct layer *l = c->layer;
    if (all_finite(c->y, (size_t)c->n * shape_size(l->out)))
        return false;
    snprintf(text, size, "the output of layer %d (%s)", l->index + 1,
             l->row->name ? l->row->name : l->row->op->name);
    return true;
}

static bool bad_layer(const struct workspace *ws, const float *params, char *text, size_t size)
{
    for (int i = 0; i < ws->model->layers; i++) {
        const struct layer *l = &ws->model->layer[i];
        const struct layer_call *c = &ws->step[i].call;
        if (!layer_works(l))
            continue;
        if (bad_parameters(l, params, text, size))
            return true;
        l->row->op->forward(c);
        if (bad_output(c, text, size))
            return true;
    }
    return false;
}

void model_diagnose(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                    const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                    char *text, size_t size)
{
    float *moved = vec_create(m->stats, stats); /* a copy for BatchNorm to update */
    const struct layer_call run = {
        .n = n, .training = true, .at = at, .w = params, .stats = moved, .new_stats = moved};
    workspace_gather(ws, ds, sample, n, at);
    workspace_aim(ws, &run);
    if (!bad_image(ws, sample, n, text, size) && !bad_layer(ws, params, text, size))
        snprintf(text, size, "the loss itself");
    free(moved);
}
