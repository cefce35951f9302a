#include "algorithms/outer_optimizer.h"

#include <math.h>

static const char *const optimizer_words[] = {
    [OUTER_NONE] = "none", [OUTER_MOMENTUM] = "momentum", [OUTER_ADAM] = "adam",
    [OUTER_YOGI] = "yogi", [OUTER_ADAGRAD] = "adagrad",   NULL};

#define AT(member) offsetof(struct outer, member)

const struct config_key outer_keys[] = {
    {"server_optimizer", KEY_CHOICE, AT(optimizer), "none", .choices = optimizer_words,
     .help =
         "what the PS makes of the mean D of the workers' changes: none: W + D; momentum: FedAvgM (Hsu et "
         "al. 2019); adam, yogi, adagrad: FedAdam and its relatives (Reddi et al. 2021)"},
    {"server_rate", KEY_REAL, AT(rate.base), "1", .min = 0, .max = 1e3,
     .help = "learning rate of server_optimizer (published: 1 for momentum, 0.01 to 0.1 for the others)",
     .with_key = "server_optimizer", .with_words = "momentum, adam, yogi, adagrad"},
    {"server_schedule", KEY_CHOICE, AT(rate.form), "constant", .choices = schedule_words_without_lists,
     .help = "how server_rate falls; it depends on the part of the run that is done before the update",
     .with_key = "server_optimizer", .with_words = "momentum, adam, yogi, adagrad"},
    {"server_step_at", KEY_REALS, AT(rate.step_at), "0.5, 0.75", .min = 0, .max = 1,
     .help = "server_schedule = step: fractions of all iterations at which server_rate changes",
     .with_key = "server_schedule", .with_words = "step"},
    {"server_step_factor", KEY_REAL, AT(rate.step_factor), "0.1", .min = 0, .max = 1e6,
     .help = "server_schedule = step: factor of each change", .with_key = "server_schedule",
     .with_words = "step"},
    {"server_beta1", KEY_REAL, AT(beta1), "0.9", .min = 0, .max = 0.999999,
     .help = "momentum of server_optimizer, or decay of its first moment (published: 0.9; FedAdagrad: 0)",
     .with_key = "server_optimizer", .with_words = "momentum, adam, yogi, adagrad"},
    {"server_beta2", KEY_REAL, AT(beta2), "0.99", .min = 0, .max = 0.999999,
     .help = "decay of the second moment of adam and yogi (published: 0.99)", .with_key = "server_optimizer",
     .with_words = "adam, yogi"},
    {"server_tau", KEY_REAL, AT(tau), "1e-3", .min = 1e-12, .max = 1e3,
     .help =
         "tau of adam, yogi and adagrad: what is added to the root of the second moment, which begins with "
         "tau^2 (published: 1e-3)",
     .with_key = "server_optimizer", .with_words = "adam, yogi, adagrad"},
    {NULL}};

float outer_first_value(const void *params, int vector)
{
    const struct outer *p = params;
    (void)vector; /* OUTER_SECOND */
    return (float)(p->tau * p->tau);
}

bool outer_check(const void *params, int workers, char *error, size_t error_size)
{
    (void)workers;
    return schedule_steps_rise(&((const struct outer *)params)->rate, "server_step_at", error, error_size);
}

/* ---- the step ---- */

/* FedAvgM: Hsu, Qi, Brown 2019, arXiv:1909.06335, section 4.3, with the sign of D. */
static void step_with_momentum(struct server_state *s, const struct outer *p, float rate, const float *delta)
{
    float beta = (float)p->beta1, *u = s->vector[OUTER_FIRST];
    for (size_t i = 0; i < s->n; i++) {
        u[i] = beta * u[i] + delta[i];
        s->model[i] += rate * u[i];
    }
}

/* Reddi et al., ICLR 2021, arXiv:2003.00295, algorithm 2. In float, b and 1 - b would not add up to 1. */
static float second_moment(const struct outer *p, float v, float square)
{
    double b = p->beta2;
    switch (p->optimizer) {
    case OUTER_ADAM:
        return (float)(b * v + (1 - b) * square);
    case OUTER_YOGI:
        return (float)(v - (1 - b) * square * ((v > square) - (v < square)));
    default:
        return v + square;
    }
}

static void step_with_moments(struct server_state *s, const struct outer *p, float rate, const float *delta)
{
    double b = p->beta1;
    float tau = (float)p->tau, *m = s->vector[OUTER_FIRST], *v = s->vector[OUTER_SECOND];
    for (size_t i = 0; i < s->n; i++) {
        m[i] = (float)(b * m[i] + (1 - b) * delta[i]);
        v[i] = second_moment(p, v[i], delta[i] * delta[i]);
        s->model[i] += rate * m[i] / (sqrtf(v[i]) + tau);
    }
}

void outer_step(struct server_state *s, const float *delta)
{
    const struct outer *p = s->params;
    float rate = (float)schedule_at(&p->rate, s->progress, 1);
    if (p->optimizer == OUTER_MOMENTUM)
        step_with_momentum(s, p, rate, delta);
    else
        step_with_moments(s, p, rate, delta);
}
