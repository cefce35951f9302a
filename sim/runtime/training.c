#include "sim/runtime/training.h"

#include <math.h>
#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/config/config.h"

static double first_of(double own, double general)
{
    return isnan(own) ? general : own;
}

static int choice_of(int own, int general)
{
    return own < 0 ? general : own;
}

static const struct optimizer *optimizer_named(const char *name)
{
    const struct optimizer *const *o = optimizer_list;
    while (strcmp((*o)->name, name) != 0) /* the key accepts only these names */
        o++;
    return *o;
}

void training_prepare(struct run *run)
{
    const struct config *cfg = run->cfg;
    const struct alg_common *own = run->params;
    struct training *t = &run->training;
    const struct optimizer *o = optimizer_named(own->optimizer ? own->optimizer : cfg->train.optimizer);
    t->optimizing =
        (struct hyperparameters){.momentum = (float)first_of(own->momentum, cfg->train.momentum),
                                 .weight_decay = (float)first_of(own->weight_decay, cfg->train.weight_decay),
                                 .beta1 = cfg->train.beta1,
                                 .beta2 = cfg->train.beta2,
                                 .epsilon = cfg->train.epsilon};
    t->name = o->name;
    t->clip = (float)first_of(own->clip_norm, cfg->train.clip_norm);
    t->on_reset = choice_of(own->state_on_reset, cfg->train.state_on_reset);
    t->states = o->states(&t->optimizing);
    t->optimizer = t->states > 0 || t->optimizing.weight_decay > 0 ? o : NULL;
}

struct schedule training_rate(const struct config *cfg, const void *params)
{
    const struct alg_common *own = params;
    return (struct schedule){.form = choice_of(own->schedule, cfg->train.schedule),
                             .base = first_of(own->learning_rate, cfg->train.learning_rate),
                             .warmup = first_of(own->warmup, cfg->train.warmup),
                             .warmup_from = cfg->train.warmup_from,
                             .step_at = cfg->train.step_at,
                             .step_factor = cfg->train.step_factor,
                             .power = cfg->train.power,
                             .list_at = cfg->train.list_at,
                             .list_factors = cfg->train.list_factors};
}

void training_say(const struct run *run)
{
    if (run->protocol->keeps_unsent && run->layout.push_coding.error_feedback)
        warn("algorithm.%s.error_feedback: expected no, got yes: %s itself keeps what is not sent, so that "
             "it is kept and sent twice",
             run->alg->name, run->alg->name);
}
