/* Runs a model: gather, forward, loss, backward. Allocates nothing.
 *
 *     images --gather--> x0 --layer 1--> x1 -- ... --layer L--> logits --> loss
 *                            dw1  <--  dx1 <-- ... <-- dwL  <--  dlogits <--+
 *
 * Each layer's pointers were set when the workspace was made (workspace.c); a pass only sets what differs
 * from call to call. */
#include <assert.h>
#include <math.h>

#include "models/graph.h"
#include "models/ops/ends.h"
#include "sim/base/vec.h"

void workspace_gather(struct workspace *ws, const struct dataset *ds, const uint32_t *sample, int n,
                      const struct draw_at *at)
{
    size_t pixels = shape_size(ws->model->image);
    for (int i = 0; i < n; i++) {
        float *x = ws->input + (size_t)i * pixels;
        const uint8_t *image = ds->train.pixels + sample[i] * pixels;
        if (at->augment == AUGMENT_NONE)
            gather_image(x, ds, image);
        else
            gather_view(x, ds, image, view_draw(at, i));
    }
}

void workspace_aim(struct workspace *ws, const struct layer_call *call)
{
    for (int i = 0; i < ws->model->layers; i++) {
        const struct layer *l = &ws->model->layer[i];
        struct layer_call *c = &ws->step[i].call;
        size_t first = l->tensors ? l->own[0].tensor.offset : 0;
        c->n = call->n;
        c->training = call->training;
        c->at = call->at;
        c->w = call->w + first;
        c->dw = call->dw ? call->dw + first : ws->layer_gradient;
        c->receiver = ws->receiver.ready ? &ws->receiver : NULL;
        c->stats = call->stats ? call->stats + l->stats_offset : NULL;
        c->new_stats = call->new_stats ? call->new_stats + l->stats_offset : NULL;
        c->moments = call->moments ? call->moments + l->stats_offset : NULL;
    }
}

static void forward(struct workspace *ws)
{
    for (int i = 0; i < ws->model->layers; i++) {
        const struct layer *l = &ws->model->layer[i];
        if (layer_works(l))
            l->row->op->forward(&ws->step[i].call);
    }
}

void layer_give(const struct layer_call *c, float *gradient, size_t first, size_t n)
{
    if (c->receiver)
        c->receiver->ready(c->receiver->context, gradient, c->layer->own[0].tensor.offset + first, n);
}

bool layer_stores(const struct layer_call *c)
{
    return !c->receiver || c->receiver->stores;
}

/* From the last layer to the first. Where a layer does not give its gradient itself, the gradient is final when
 * backward returns: only then may `ready` change the layer's parameters. */
static void backward(struct workspace *ws)
{
    for (int i = ws->model->layers - 1; i >= 0; i--) {
        const struct layer *l = &ws->model->layer[i];
        const struct step *s = &ws->step[i];
        if (layer_works(l))
            l->row->op->backward(&s->call);
        if (s->sum)
            vec_add(s->sum, s->call.dx, (size_t)s->call.n * shape_size(s->call.layer->in));
        if (l->tensors && !(l->row->op->gives && l->row->op->gives(l, s->call.n)))
            layer_give(&s->call, s->call.dw, 0, layer_params(l));
    }
}

/* The caller's duties (model.h), as far as they can be seen. */
static void check(const struct model *m, const struct workspace *ws, const struct dataset *ds, int n)
{
    assert(ws->model == m && n > 0 && n <= ws->batch);
    assert(ds->channels == m->image.c && ds->height == m->image.h && ds->width == m->image.w);
    (void)m, (void)ws, (void)ds, (void)n;
}

double model_gradient(const struct model *m, struct workspace *ws, const float *params, float *stats,
                      const struct dataset *ds, const uint32_t *sample, int n, const struct draw_at *at,
                      float *grad)
{
    check(m, ws, ds, n);
    assert(ws->training && !grad == !!ws->layer_gradient);
    size_t classes = shape_size(m->value[m->output]);
    workspace_gather(ws, ds, sample, n, at);
    const struct layer_call call = {
        .n = n, .training = true, .at = at, .w = params, .dw = grad, .stats = stats, .new_stats = stats};
    workspace_aim(ws, &call);
    forward(ws);
    double loss = 0;
    for (int i = 0; i < n; i++) {
        size_t row = (size_t)i * classes;
        int label = ds->train.labels[sample[i]];
        loss += loss_sample(ws->logits + row, classes, label);
        loss_sample_gradient(ws->dlogits + row, ws->logits + row, classes, label, 1.0 / n);
    }
    if (isfinite(loss)) /* the run ends at such a loss: it must not spoil the parameters first */
        backward(ws);
    return loss / n;
}

void model_measure(const struct model *m, struct workspace *ws, const float *params, const struct dataset *ds,
                   const uint32_t *sample, int n, double *moments)
{
    check(m, ws, ds, n);
    workspace_gather(ws, ds, sample, n, &(struct draw_at){.augment = AUGMENT_NONE});
    workspace_aim(ws, &(struct layer_call){.n = n, .w = params, .moments = moments});
    forward(ws);
}

void model_settle(const struct model *m, const double *moments, double samples, float *stats)
{
    for (int i = 0; i < m->layers; i++) {
        const struct layer *l = &m->layer[i];
        if (l->row->op->settle)
            l->row->op->settle(l, moments + l->stats_offset, samples, stats + l->stats_offset);
    }
}

static void count(struct tally *tally, int rank, int label)
{
    tally->samples[label]++;
    tally->right[label] += rank == 0;
    tally->top5 += rank < 5;
}

void model_evaluate(const struct model *m, struct workspace *ws, const float *params, const float *stats,
                    const struct dataset *ds, const struct split *split, uint32_t first, int n,
                    struct score *score)
{
    check(m, ws, ds, n);
    size_t pixels = shape_size(m->image), classes = shape_size(m->value[m->output]);
    for (int i = 0; i < n; i++)
        gather_image(ws->input + (size_t)i * pixels, ds, split->pixels + (first + (size_t)i) * pixels);
    workspace_aim(ws, &(struct layer_call){.n = n, .w = params, .stats = stats});
    forward(ws);
    for (int i = 0; i < n; i++) {
        const float *logits = ws->logits + (size_t)i * classes;
        int label = split->labels[first + (uint32_t)i];
        score->loss += loss_sample(logits, classes, label);
        score->right += loss_answer(logits, classes) == label;
        if (score->tally)
            count(score->tally, loss_rank(logits, classes, label), label);
    }
}
