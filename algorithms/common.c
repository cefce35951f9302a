/* What several algorithms do alike. */
#include "algorithms/algorithm.h"

#include "sim/base/vec.h"

const struct protocol *alg_protocol(const struct algorithm *alg, const void *params)
{
    return alg->choose ? alg->choose(params) : alg->protocol;
}

void alg_admit_alone(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s;
    v->combine = true;
    v->answer[push->worker] = true;
}

void alg_worker_down_round(struct server_view *s, struct verdict *v)
{
    v->combine = s->held > 0;
    for (int i = 0; i < s->workers; i++)
        v->combine &= s->peer[i].unanswered || s->peer[i].away;
    if (v->combine)
        alg_answer_all(s, v);
}

void alg_worker_down_ignored(struct server_view *s, struct verdict *v)
{
    (void)s;
    (void)v;
}

void (*alg_on_worker_down(const struct algorithm *alg))(struct server_view *s, struct verdict *v)
{
    if (alg->on_worker_down)
        return alg->on_worker_down;
    return alg->admit == alg_admit_round   ? alg_worker_down_round
           : alg->admit == alg_admit_alone ? alg_worker_down_ignored
                                           : NULL;
}

void alg_admit_round(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)push;
    alg_worker_down_round(s, v);
}

void alg_answer_all(const struct server_view *s, struct verdict *v)
{
    for (int i = 0; i < s->workers; i++)
        v->answer[i] = true;
}

enum next alg_decide_one_gradient(const struct worker_view *w)
{
    if (w->inflight)
        return WAIT;
    return w->k == 0 ? STEP : SEND;
}

void alg_combine_mean_update(struct server_state *s)
{
    vec_scale(s->sum[0], 1.0f / (float)s->pushes, s->n);
    vec_step(s->model, s->rate, s->sum[0], s->n);
}

void alg_mean(const struct server_state *s, float *into)
{
    vec_copy(into, s->sum[0], s->n);
    vec_scale(into, 1.0f / (float)s->pushes, s->n);
}

void alg_combine_mean_model(struct server_state *s)
{
    alg_mean(s, s->model);
}

void alg_step(struct worker_state *w)
{
    vec_step(w->model, w->rate, w->gradient, w->n);
}

void alg_accumulate(float *into, const struct worker_state *w)
{
    if (w->k == 0)
        vec_copy(into, w->gradient, w->n);
    else
        vec_add(into, w->gradient, w->n);
}
