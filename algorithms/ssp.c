/* SSP, stale synchronous parallel: ASP, but a worker that is more than `slack` iterations ahead of the
 * slowest worker gets its reply only when that worker has caught up. Ho et al., NIPS 2013. slack = 0 is
 * BSP except for the order of sums (at learning_rate / N); without a bound it is ASP. No worker waits for
 * one that is away. */
#include "algorithms/asynchronous.h"

struct control {
    int64_t fewest; /* pushes of the slowest worker when the PS last looked at all workers that wait */
};

/* The slowest worker has `fewest` pushes. */
static void answer_unless_ahead(const struct server_view *s, struct verdict *v, int worker)
{
    const struct asynchronous_params *p = s->params;
    const struct peer *peer = &s->peer[worker];
    if (peer->unanswered && (peer->away || peer->pushes - s->fewest <= p->slack))
        alg_answer(v, worker);
}

static void on_worker_down(struct server_view *s, struct verdict *v)
{
    ((struct control *)s->control)->fewest = s->fewest;
    for (int i = 0; i < s->unanswered; i++)
        answer_unless_ahead(s, v, s->waiting[i]);
}

/* Until the slowest worker pushes, workers that were too far ahead still are: then the push is the only one
 * that may be answered. */
static void admit(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    v->combine = true;
    if (s->fewest == ((const struct control *)s->control)->fewest)
        answer_unless_ahead(s, v, push->worker);
    else
        on_worker_down(s, v);
}

static const struct config_key keys[] = {
    {"slack", KEY_INT, offsetof(struct asynchronous_params, slack), "3", .min = 0, .max = 1e15,
     .help = "iterations that a worker may be ahead of the slowest worker (published: 1 to 10)"},
    {NULL}};

static const struct promises promises = {.slack = offsetof(struct asynchronous_params, slack)};

const struct algorithm alg_ssp = {
    .name = "ssp",
    .label = "SSP",
    .summary = "ASP in which a worker that is too far ahead waits for the slowest worker",
    .paper = "Ho et al., NIPS 2013",
    .keys = {alg_common_keys, asynchronous_keys, keys},
    .params_size = sizeof(struct asynchronous_params),
    .control_size = sizeof(struct control),
    .choose = asynchronous_protocol,
    .promises = &promises,
    .decide = alg_decide_one_gradient,
    .admit = admit,
    .on_worker_down = on_worker_down,
    .weight = asynchronous_weight,
    .amend = asynchronous_amend,
    .mean = alg_mean_gradient, /* of one */
    .combine = alg_combine_step,
    .reply = asynchronous_reply,
};
