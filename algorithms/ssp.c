/* SSP, stale synchronous parallel: ASP, but a worker that is more than `slack` iterations ahead of the
 * slowest worker gets its reply only when that worker has caught up. Ho et al., NIPS 2013. slack = 0 is
 * BSP except for the order of sums (at learning_rate / N); without a bound it is ASP. No worker waits for
 * one that is away. */
#include "algorithms/asynchronous.h"

static int64_t slowest(const struct server_view *s)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < s->workers; i++)
        if (!s->peer[i].away && s->peer[i].pushes < least)
            least = s->peer[i].pushes;
    return least;
}

static void on_worker_down(struct server_view *s, struct verdict *v)
{
    const struct asynchronous_params *p = s->params;
    int64_t least = slowest(s);
    for (int i = 0; i < s->workers; i++)
        v->answer[i] = s->peer[i].unanswered && (s->peer[i].away || s->peer[i].pushes - least <= p->slack);
}

static void admit(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)push;
    v->combine = true;
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
