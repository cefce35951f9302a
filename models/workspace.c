/* The buffers of one process, in one block of memory: activations, their gradients, what forward saves for
 * backward, and scratch. Which of them may share bytes follows from the steps of a training iteration in
 * which they are used (plan.h):
 *
 *     step     0      1 ... L              L + 1    L + 2 ... 2 L + 1
 *              input  forward, layers 1..L  loss    backward, layers L..1
 *
 *     value 1  ......[ written ---------- read in backward of the next layer ]     lives long
 *     gradient 1 .................................................[ a few steps ]  lives shortly
 *
 * In evaluation nothing lives longer than the next layer's forward. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph.h"
#include "models/plan.h"
#include "sim/base/fail.h"

static int forward_step(int layer)
{
    return layer + 1;
}

static int loss_step(const struct model *m)
{
    return m->layers + 1;
}

static int backward_step(const struct model *m, int layer)
{
    return 2 * m->layers + 1 - layer;
}

/* The usages of all buffers of a workspace. */
struct usages {
    const struct model *model;
    int batch;
    bool training;
    int n;
    struct usage *all;     /* [n]: those below, one array behind the other */
    struct usage *value;   /* [values] activations */
    struct usage *grad;    /* [values] gradients of the loss with respect to them */
    struct usage *saved;   /* [layers] what forward saves for backward */
    struct usage *sum;     /* [layers] dx of a layer, where its input has a gradient already */
    struct usage *scratch; /* [1] in use at every step */
};

static struct usages usages_create(const struct model *m, int batch, bool training)
{
    struct usages u = {
        .model = m, .batch = batch, .training = training, .n = 2 * m->values + 2 * m->layers + 1};
    u.all = need((size_t)u.n * sizeof *u.all);
    for (int i = 0; i < u.n; i++)
        u.all[i] = (struct usage){.first = 0, .last = -1};
    u.value = u.all;
    u.grad = u.value + m->values;
    u.saved = u.grad + m->values;
    u.sum = u.saved + m->layers;
    u.scratch = u.sum + m->layers;
    for (int v = 0; v < m->values; v++)
        u.value[v].floats = u.grad[v].floats = (size_t)batch * shape_size(m->value[v]);
    return u;
}

static void use(struct usage *u, int step)
{
    bool unused = u->last < u->first;
    u->first = unused || step < u->first ? step : u->first;
    u->last = unused || step > u->last ? step : u->last;
}

/* Layer `layer` uses activation v, if there is one: in forward and, in training, in backward too. */
static void use_value(struct usages *u, int v, int layer)
{
    if (v < 0)
        return;
    use(&u->value[v], forward_step(layer));
    if (u->training)
        use(&u->value[v], backward_step(u->model, layer));
}

static void use_forward(struct usages *u, int i)
{
    const struct layer *l = &u->model->layer[i];
    const struct layer_op *op = l->row->op;
    use_value(u, l->x, i);
    use_value(u, l->side, i);
    use_value(u, l->y, i);
    if (op->saved) {
        u->saved[i].floats = op->saved(l, u->batch);
        use(&u->saved[i], forward_step(i));
        if (u->training)
            use(&u->saved[i], backward_step(u->model, i));
    }
    size_t scratch = op->scratch ? op->scratch(l, u->batch) : 0;
    if (scratch > u->scratch->floats)
        u->scratch->floats = scratch;
}

/* Called from the last layer to the first. Where another layer has already written the gradient of x, this
 * layer writes its dx to a buffer of its own, which is then added (struct step). */
static void use_backward(struct usages *u, int i)
{
    const struct layer *l = &u->model->layer[i];
    int now = backward_step(u->model, i);
    bool shared = l->x != 0 && l->x != l->y && u->grad[l->x].last > 0;
    use(&u->grad[l->y], now);
    if (l->x != 0)
        use(&u->grad[l->x], now);
    if (l->side > 0) {
        assert(u->grad[l->side].last < 0); /* the end of a block is the last that reads its start */
        use(&u->grad[l->side], now);
    }
    if (shared) {
        u->sum[i].floats = u->grad[l->x].floats;
        use(&u->sum[i], now);
    }
}

static void use_all(struct usages *u)
{
    const struct model *m = u->model;
    use(&u->value[0], 0);
    for (int i = 0; i < m->layers; i++)
        if (layer_works(&m->layer[i]))
            use_forward(u, i);
    use(&u->value[m->output], loss_step(m));
    use(u->scratch, 0);
    use(u->scratch, backward_step(m, 0));
    if (!u->training)
        return;
    use(&u->grad[m->output], loss_step(m));
    for (int i = m->layers - 1; i >= 0; i--)
        if (layer_works(&m->layer[i]))
            use_backward(u, i);
}

/* NULL: the buffer is not used, as the gradients in evaluation. */
static float *address(const struct workspace *ws, const struct usage *u)
{
    return u->floats > 0 && u->first <= u->last ? ws->memory + u->offset : NULL;
}

static void fill_step(struct workspace *ws, const struct usages *u, int i)
{
    const struct layer *l = &ws->model->layer[i];
    struct layer_call *c = &ws->step[i].call;
    *c = (struct layer_call){.layer = l,
                             .x = address(ws, &u->value[l->x]),
                             .side = l->side < 0 ? NULL : address(ws, &u->value[l->side]),
                             .y = address(ws, &u->value[l->y]),
                             .dy = address(ws, &u->grad[l->y]),
                             .dx = l->x == 0 ? NULL : address(ws, &u->grad[l->x]),
                             .dside = l->side <= 0 ? NULL : address(ws, &u->grad[l->side]),
                             .saved = address(ws, &u->saved[i]),
                             .scratch = address(ws, u->scratch)};
    if (address(ws, &u->sum[i])) {
        ws->step[i].sum = c->dx;
        c->dx = address(ws, &u->sum[i]);
    }
}

struct workspace *workspace_create(const struct model *m, int batch, int training)
{
    struct usages u = usages_create(m, batch, training != 0);
    use_all(&u);
    struct workspace *ws = need(sizeof *ws);
    *ws = (struct workspace){.model = m, .batch = batch, .training = training != 0};
    ws->bytes = plan_memory(u.all, u.n) * sizeof(float);
    ws->memory = need(ws->bytes);
    ws->step = need((size_t)m->layers * sizeof *ws->step);
    ws->input = address(ws, &u.value[0]);
    ws->logits = address(ws, &u.value[m->output]);
    ws->dlogits = address(ws, &u.grad[m->output]);
    for (int i = 0; i < m->layers; i++)
        fill_step(ws, &u, i);
    free(u.all);
    return ws;
}

/* Without `stores` all layers write their gradients to one buffer, as large as the largest layer: it stays in
 * the cache from backward to the step that reads it. */
void workspace_on_ready(struct workspace *ws, bool stores,
                        void (*ready)(void *context, float *gradient, size_t first, size_t n), void *context)
{
    size_t most = 0;
    for (int i = 0; i < ws->model->layers; i++) {
        size_t n = layer_params(&ws->model->layer[i]);
        most = n > most ? n : most;
    }
    ws->receiver = (struct receiver){.ready = ready, .context = context, .stores = stores};
    free(ws->layer_gradient);
    ws->layer_gradient = stores ? NULL : need(most * sizeof *ws->layer_gradient);
}

void workspace_destroy(struct workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->layer_gradient);
    free(ws->step);
    free(ws);
}

size_t workspace_bytes(const struct workspace *ws)
{
    return ws->bytes;
}
