#include "algorithms/asynchronous.h"

#include "sim/base/vec.h"

const struct config_key asynchronous_keys[] = {
    {"staleness_scaling", KEY_BOOL, offsetof(struct asynchronous_params, staleness_scaling), "no",
     .help = "divide the learning rate of an update by 1 + the staleness of its gradient (Zhang et al., "
             "arXiv:1511.05950)"},
    {"delay_compensation", KEY_REAL, offsetof(struct asynchronous_params, delay_compensation), "0", .min = 0,
     .max = 1e6,
     .help = "lambda in g + lambda g g (W - the model that g was computed on) (published: 0.04 to 2; "
             "Zheng et al., arXiv:1609.08326); 0: none"},
    {NULL}};

enum { GIVEN }; /* vector of the PS for each worker: the model of its last reply */

static const struct protocol plain = {
    ALG_GRADIENT_FOR_MODEL,
    .answers = ANSWER_EACH,
    .weighs_rate = true,
};

static const struct protocol compensated = {
    ALG_GRADIENT_FOR_MODEL, .answers = ANSWER_EACH, .weighs_rate = true,
    .has_amend = true,      .n_peer_vectors = 1,    .peer = {FROM_MODEL},
};

const struct protocol *asynchronous_protocol(const void *params)
{
    const struct asynchronous_params *p = params;
    return p->delay_compensation > 0 ? &compensated : &plain;
}

float asynchronous_weight(const void *params, const struct push_header *push)
{
    const struct asynchronous_params *p = params;
    return p->staleness_scaling ? 1.0f / (float)(1 + push->staleness) : 1.0f;
}

/* g + lambda g g (W - W_given), element by element: Zheng et al., ICML 2017, arXiv:1609.08326, equation
 * 10. */
void asynchronous_amend(struct server_state *s, float *push)
{
    const struct asynchronous_params *p = s->params;
    float lambda = (float)p->delay_compensation;
    for (size_t i = 0; i < s->n; i++)
        push[i] += lambda * push[i] * push[i] * (s->model[i] - s->peer[GIVEN][i]);
}

void asynchronous_reply(struct server_state *s)
{
    const struct asynchronous_params *p = s->params;
    if (p->delay_compensation > 0)
        vec_copy(s->peer[GIVEN], s->model, s->n);
}
