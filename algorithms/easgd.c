/* EASGD, elastic averaging: the workers' models x and a centre z attract each other. Every local_steps a
 * worker sends x and gets the centre from before the update. Its next step, with the gradient of the x that
 * it has sent, pulls x as well:
 *
 *     worker   x = x - alpha (x - z) - rate g(x)
 *     PS       z = z + beta / workers * sum of (x - z)
 *
 * Zhang, Choromanska, LeCun, NIPS 2015, arXiv:1412.6651, algorithm 1, which has alpha = beta / workers. With
 * momentum it is EAMSGD, algorithm 2: x has a velocity v, and gradients are computed ahead of it. The pull is
 * of x, which is what is sent.
 *
 *     worker   v = momentum v - rate g(x + momentum v) ;  x = x - alpha (x - z) + v
 *
 * mode = synchronous is a barrier; in mode = asynchronous each worker meets the centre alone. There it
 * sends x instead of alpha (x - z): the same bytes, one round trip. The centre is what is evaluated. With
 * alpha = 0 the workers are independent, and with beta = 0 the centre never moves. */
#include "algorithms/periodic.h"

#include <math.h>

#include "sim/base/vec.h"

enum mode { SYNCHRONOUS, ASYNCHRONOUS };
static const char *const mode_words[] = {
    [SYNCHRONOUS] = "synchronous", [ASYNCHRONOUS] = "asynchronous", NULL};

struct params {
    struct periodic periodic;
    double alpha, beta;
    enum mode mode;
};

enum { CENTRE, POSITION, VELOCITY }; /* vectors of a worker: z; with momentum also x and v */
enum { OLD_CENTRE };                 /* vector of the PS: z before the last update */

#define ELASTIC(sent)                                                                             \
    .n_server_vectors = 1, .server = {FROM_MODEL}, .push_spans = 1, .push = {{.vector = (sent)}}, \
    .reply_spans = 1, .reply = {{.vector = OLD_CENTRE, .into = CENTRE, .fixed = true}},           \
    .replica = NO_REPLICA

#define PLAIN    ELASTIC(THE_MODEL), .n_worker_vectors = 1, .worker = {FROM_MODEL}
#define MOMENTUM ELASTIC(POSITION), .n_worker_vectors = 3, .worker = {FROM_MODEL, FROM_MODEL, FROM_ZERO}

static const struct protocol synchronous = {PLAIN, .all_workers = true},
                             asynchronous = {PLAIN, .answers = ANSWER_EACH},
                             synchronous_momentum = {MOMENTUM, .all_workers = true},
                             asynchronous_momentum = {MOMENTUM, .answers = ANSWER_EACH};

static bool is_asynchronous(const void *params)
{
    return ((const struct params *)params)->mode == ASYNCHRONOUS;
}

static const struct protocol *protocol_of(const void *params)
{
    return is_asynchronous(params) ? &asynchronous : &synchronous;
}

static const struct protocol *with_momentum(const void *params)
{
    return is_asynchronous(params) ? &asynchronous_momentum : &synchronous_momentum;
}

static void admit(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    if (is_asynchronous(s->params))
        alg_admit_alone(s, push, v);
    else
        alg_admit_round(s, push, v);
}

static void on_worker_down(struct server_view *s, struct verdict *v)
{
    if (!is_asynchronous(s->params))
        alg_worker_down_round(s, v);
}

static void predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    if (!is_asynchronous(params))
        periodic_predict(params, in, out);
}

static float beta_of_one(const void *params, int workers)
{
    return (float)(((const struct params *)params)->beta / workers);
}

static float alpha_of(const void *params, int workers)
{
    double alpha = ((const struct params *)params)->alpha;
    return isnan(alpha) ? beta_of_one(params, workers) : (float)alpha;
}

/* The first step after a reply pulls. Before the first reply, and after a crash, CENTRE is x itself, and the
 * pull is 0. */
static void step_plain(struct worker_state *w, float alpha)
{
    float *x = w->model;
    const float *z = w->vector[CENTRE];
    if (w->k > 0)
        alg_step(w);
    for (size_t i = 0; i < w->n && w->k == 0; i++)
        x[i] -= alpha * (x[i] - z[i]) + w->rate * w->gradient[i];
}

/* The model is the point ahead of x. */
static void step_ahead(struct worker_state *w, float alpha)
{
    float momentum = w->setup->momentum, pull = w->k == 0 ? alpha : 0;
    float *x = w->vector[POSITION], *v = w->vector[VELOCITY];
    const float *z = w->vector[CENTRE];
    for (size_t i = 0; i < w->n; i++) {
        v[i] = momentum * v[i] - w->rate * w->gradient[i];
        x[i] += v[i] - pull * (x[i] - z[i]);
        w->model[i] = x[i] + momentum * v[i];
    }
}

static void step(struct worker_state *w)
{
    float alpha = alpha_of(w->params, w->workers);
    if (w->setup->momentum > 0)
        step_ahead(w, alpha);
    else
        step_plain(w, alpha);
}

static void combine(struct server_state *s)
{
    float share = beta_of_one(s->params, s->workers), pushes = (float)s->pushes;
    vec_copy(s->vector[OLD_CENTRE], s->model, s->n);
    for (size_t i = 0; i < s->n; i++)
        s->model[i] += share * (s->sum[0][i] - pushes * s->model[i]);
}

static const struct config_key keys[] = {
    {"beta", KEY_REAL, offsetof(struct params, beta), "0.9", .min = 0, .max = 1e3,
     .help = "how far a mean of all workers pulls the centre; stable up to about 1 (published: 0.9)"},
    {"alpha", KEY_REAL, offsetof(struct params, alpha), NULL, .min = 0, .max = 1e3,
     .help = "how far the centre pulls a worker; left out: beta / workers, as published", .example = "0.1"},
    {"mode", KEY_CHOICE, offsetof(struct params, mode), "synchronous", .choices = mode_words,
     .help = "all workers meet the centre at once, or each worker alone"},
    {NULL}};

const struct algorithm alg_easgd = {
    .name = "easgd",
    .label = "EASGD",
    .summary = "workers and a centre that attract each other elastically",
    .paper = "Zhang, Choromanska, LeCun, NIPS 2015, arXiv:1412.6651",
    .keys = {alg_common_keys, periodic_keys, keys},
    .params_size = sizeof(struct params),
    .choose = protocol_of,
    .with_momentum = with_momentum,
    .momentum = {.key = offsetof(struct params, periodic.common.momentum), .any_optimizer = true},
    .promises = &periodic_promises,
    .decide = periodic_decide,
    .admit = admit,
    .on_worker_down = on_worker_down,
    .predict = predict,
    .step = step,
    .combine = combine,
};
