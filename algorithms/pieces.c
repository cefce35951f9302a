#include "algorithms/pieces.h"

#include "algorithms/decay.h"
#include "sim/base/vec.h"

bool protocol_pushes(const struct protocol *p, int vector)
{
    for (int i = 0; i < p->push_spans; i++)
        if (p->push[i].vector == vector)
            return true;
    return false;
}

bool protocol_sends_state(const struct protocol *p)
{
    for (int i = 0; i < p->reply_spans; i++)
        if (p->reply[i].into == THE_STATE)
            return true;
    return protocol_pushes(p, THE_STATE);
}

const struct protocol *alg_protocol(const struct algorithm *alg, const void *params)
{
    return alg->choose ? alg->choose(params) : alg->protocol;
}

void (*alg_on_worker_down(const struct algorithm *alg))(struct server_view *s, struct verdict *v)
{
    if (alg->on_worker_down)
        return alg->on_worker_down;
    if (alg->admit == alg_admit_round)
        return alg_worker_down_round;
    return alg->admit == alg_admit_alone ? alg_worker_down_ignored : NULL;
}

/* ---- control plane ---- */

enum next alg_decide_one_gradient(const struct worker_view *w)
{
    if (w->inflight)
        return WAIT;
    return w->k == 0 ? STEP : SEND;
}

void alg_answer(struct verdict *v, int worker)
{
    struct answer_list *a = v->answer;
    if (a->listed[worker])
        return;
    a->listed[worker] = true;
    a->worker[a->n++] = worker;
}

void alg_answer_waiting(const struct server_view *s, struct verdict *v)
{
    for (int i = 0; i < s->unanswered; i++)
        alg_answer(v, s->waiting[i]);
}

/* A worker that is away holds nothing up, but a round without any push is no update. */
void alg_worker_down_round(struct server_view *s, struct verdict *v)
{
    v->combine = v->answer_all = s->held > 0 && s->awaited == 0;
}

void alg_admit_round(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)push;
    alg_worker_down_round(s, v);
}

void alg_admit_alone(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s;
    v->combine = true;
    alg_answer(v, push->worker);
}

void alg_worker_down_ignored(struct server_view *s, struct verdict *v)
{
    (void)s;
    (void)v;
}

/* ---- data plane of a worker ---- */

void alg_step(struct worker_state *w)
{
    vec_step(w->model, w->rate, w->gradient, w->n);
}

/* The first gradient replaces the sum that the last push carried. */
void alg_step_and_accumulate(float *sum, struct worker_state *w)
{
    vec_step_sum(w->model, w->rate, w->gradient, sum, w->k > 0, w->n);
}

/* ---- data plane of both ---- */

void alg_decay(const struct setup *setup, size_t first, const float *x, float *g, size_t n)
{
    for (size_t i = 0; i < n && setup->weight_decay > 0;) {
        struct decay_slice slice = decay_slice(setup, first + i, n - i);
        if (slice.decays)
            vec_add_scaled(g + i, setup->weight_decay, x + i, slice.n);
        i += slice.n;
    }
}

/* ---- data plane of the PS ---- */

void alg_mean_gradient(struct server_state *s)
{
    vec_scale(s->sum[0], 1.0f / (float)s->pushes, s->n);
}

void alg_combine_step(struct server_state *s)
{
    vec_step(s->model, s->rate, s->sum[0], s->n);
}

void alg_combine_mean_update(struct server_state *s)
{
    alg_mean_gradient(s);
    alg_combine_step(s);
}

void alg_combine_mean_model(struct server_state *s)
{
    alg_mean(s, s->model);
}

void alg_mean(const struct server_state *s, float *mean)
{
    vec_copy(mean, s->sum[0], s->n);
    vec_scale(mean, 1.0f / (float)s->pushes, s->n);
}
