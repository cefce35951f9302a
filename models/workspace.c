/* One process's buffers: activations, their gradients, what forward keeps for backward, temporaries; all in
 * one block. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph.h"
#include "models/plan.h"
#include "sim/base/fail.h"

/* Time runs: 0 the input, forward of every layer, the loss, backward of every layer from last to first. */
static int forward_time(int layer)
{
    return layer + 1;
}

static int loss_time(const struct model *m)
{
    return m->layers + 1;
}

static int backward_time(const struct model *m, int layer)
{
    return 2 * m->layers + 1 - layer;
}

struct plan {
    const struct model *model;
    int batch;
    bool training;
    struct buffer *all;                                 /* the five below, one after the other */
    struct buffer *value, *grad, *keep, *sum, *scratch; /* [values], [values], [layers], [layers], [1] */
    int n;
};

static struct plan plan_create(const struct model *m, int batch, bool training)
{
    struct plan p = {
        .model = m, .batch = batch, .training = training, .n = 2 * m->values + 2 * m->layers + 1};
    p.all = need((size_t)p.n * sizeof *p.all);
    for (int i = 0; i < p.n; i++)
        p.all[i] = (struct buffer){.birth = 0, .death = -1};
    p.value = p.all;
    p.grad = p.value + m->values;
    p.keep = p.grad + m->values;
    p.sum = p.keep + m->layers;
    p.scratch = p.sum + m->layers;
    for (int v = 0; v < m->values; v++)
        p.value[v].floats = p.grad[v].floats = (size_t)batch * shape_size(m->value[v]);
    return p;
}

static void use(struct buffer *b, int time)
{
    bool first = b->death < b->birth;
    b->birth = first || time < b->birth ? time : b->birth;
    b->death = first || time > b->death ? time : b->death;
}

/* Activation v, if it is one, is used by a layer: now and, in training, in the layer's backward step. */
static void use_value(struct plan *p, int v, int layer)
{
    if (v < 0)
        return;
    use(&p->value[v], forward_time(layer));
    if (p->training)
        use(&p->value[v], backward_time(p->model, layer));
}

static void use_forward(struct plan *p, int i)
{
    const struct layer *l = &p->model->layer[i];
    const struct layer_op *op = l->row->op;
    use_value(p, l->x, i);
    use_value(p, l->side, i);
    use_value(p, l->y, i);
    if (op->keep) {
        p->keep[i].floats = op->keep(l, p->batch);
        use(&p->keep[i], forward_time(i));
        if (p->training)
            use(&p->keep[i], backward_time(p->model, i));
    }
    size_t scratch = op->scratch ? op->scratch(l, p->batch) : 0;
    if (scratch > p->scratch->floats)
        p->scratch->floats = scratch;
}

/* Called from the last layer to the first: when somebody wrote the gradient of x already, this layer's part
 * is added. */
static void use_backward(struct plan *p, int i)
{
    const struct layer *l = &p->model->layer[i];
    int now = backward_time(p->model, i);
    bool shared = l->x != 0 && l->x != l->y && p->grad[l->x].death > 0;
    use(&p->grad[l->y], now);
    if (l->x != 0)
        use(&p->grad[l->x], now);
    if (l->side > 0) {
        assert(p->grad[l->side].death < 0); /* the end of a block is the last that reads its start */
        use(&p->grad[l->side], now);
    }
    if (shared) {
        p->sum[i].floats = p->grad[l->x].floats;
        use(&p->sum[i], now);
    }
}

static void plan_uses(struct plan *p)
{
    const struct model *m = p->model;
    use(&p->value[0], 0);
    for (int i = 0; i < m->layers; i++)
        if (layer_works(&m->layer[i]))
            use_forward(p, i);
    use(&p->value[m->output], loss_time(m));
    use(p->scratch, 0);
    use(p->scratch, backward_time(m, 0));
    if (!p->training)
        return;
    use(&p->grad[m->output], loss_time(m));
    for (int i = m->layers - 1; i >= 0; i--)
        if (layer_works(&m->layer[i]))
            use_backward(p, i);
}

static float *address(const struct workspace *ws, const struct buffer *b)
{
    return b->floats > 0 && b->birth <= b->death ? ws->memory + b->offset : NULL;
}

static void fill_step(struct workspace *ws, const struct plan *p, int i)
{
    const struct layer *l = &ws->model->layer[i];
    struct layer_call *c = &ws->step[i].call;
    *c = (struct layer_call){.layer = l,
                             .x = address(ws, &p->value[l->x]),
                             .side = l->side < 0 ? NULL : address(ws, &p->value[l->side]),
                             .y = address(ws, &p->value[l->y]),
                             .dy = address(ws, &p->grad[l->y]),
                             .dx = l->x == 0 ? NULL : address(ws, &p->grad[l->x]),
                             .dside = l->side <= 0 ? NULL : address(ws, &p->grad[l->side]),
                             .keep = address(ws, &p->keep[i]),
                             .scratch = address(ws, p->scratch)};
    if (address(ws, &p->sum[i])) {
        ws->step[i].sum = c->dx;
        c->dx = address(ws, &p->sum[i]);
    }
}

struct workspace *workspace_create(const struct model *m, int batch, int training)
{
    struct plan p = plan_create(m, batch, training != 0);
    plan_uses(&p);
    struct workspace *ws = need(sizeof *ws);
    *ws = (struct workspace){.model = m, .batch = batch, .training = training != 0};
    ws->bytes = plan_memory(p.all, p.n) * sizeof(float);
    ws->memory = need(ws->bytes);
    ws->step = need((size_t)m->layers * sizeof *ws->step);
    ws->input = address(ws, &p.value[0]);
    ws->logits = address(ws, &p.value[m->output]);
    ws->dlogits = address(ws, &p.grad[m->output]);
    for (int i = 0; i < m->layers; i++)
        fill_step(ws, &p, i);
    free(p.all);
    return ws;
}

void workspace_on_ready(struct workspace *ws, bool keeps,
                        void (*ready)(void *context, float *part, size_t first, size_t n), void *context)
{
    size_t most = 0;
    for (int i = 0; i < ws->model->layers; i++) {
        size_t n = layer_params(&ws->model->layer[i]);
        most = n > most ? n : most;
    }
    ws->ready = ready;
    ws->context = context;
    free(ws->part);
    ws->part = keeps ? NULL : need(most * sizeof *ws->part);
}

void workspace_destroy(struct workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->part);
    free(ws->step);
    free(ws);
}

size_t workspace_bytes(const struct workspace *ws)
{
    return ws->bytes;
}
