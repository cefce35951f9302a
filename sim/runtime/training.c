#include "sim/runtime/training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algorithms/decay.h"
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

/* ---- prepare ---- */

/* The key that counts, for messages: the algorithm's own, or that of [train]. */
static const char *key_name(const struct run *run, bool own, const char *key)
{
    static char name[160];
    if (own)
        snprintf(name, sizeof name, "algorithm.%s.%s", run->name, key);
    else
        snprintf(name, sizeof name, "train.%s", key);
    return name;
}

static enum optimizer_at place_of(const struct run *run)
{
    const struct alg_common *own = run->params;
    enum optimizer_at at = choice_of(own->optimizer_at, run->cfg->train.optimizer_at);
    if (at == AT_SERVER && !run->alg->mean)
        die(EXIT_USAGE,
            "%s: expected auto or worker, got server: workers of %s make steps of their own, or push no "
            "single gradients",
            key_name(run, own->optimizer_at >= 0, "optimizer_at"), run->name);
    if (at == AT_AUTO)
        return run->alg->mean ? AT_SERVER : AT_WORKER;
    return at;
}

static const struct optimizer *optimizer_of(const struct run *run)
{
    const struct alg_common *own = run->params;
    const char *name = own->optimizer ? own->optimizer : run->cfg->train.optimizer;
    if (run->alg->momentum.key && !run->alg->momentum.any_optimizer && strcmp(name, "sgd") != 0)
        die(EXIT_USAGE,
            "%s: expected sgd, got %s: %s has a momentum of its own; algorithm.%s.optimizer = sgd is for it "
            "alone",
            key_name(run, own->optimizer != NULL, "optimizer"), name, run->name, run->name);
    return optimizer_named(name);
}

/* The value of the algorithm's own momentum, by the rule of struct momentum (declare.h). */
static double own_momentum(const struct run *run)
{
    const struct alg_common *own = run->params;
    double value;
    memcpy(&value, (const char *)run->params + run->alg->momentum.key, sizeof value);
    if (!isnan(value))
        return value;
    if (own->momentum > 0) /* false for NAN, too */
        return own->momentum;
    return run->cfg->train.momentum > 0 ? run->cfg->train.momentum : run->alg->momentum.published;
}

/* Takes from the optimiser the momentum and the weight decay that the algorithm does itself. */
static void leave_to_algorithm(struct run *run, const struct optimizer *o)
{
    struct hyperparameters *h = &run->training.optimizing;
    run->setup.decays_matrices = run->training.decays_matrices;
    if (run->alg->momentum.key) {
        h->momentum = 0;
        run->setup.momentum = o->states(h) > 0 ? 0 : (float)own_momentum(run);
    }
    if (run->alg->decays) {
        run->setup.weight_decay = h->weight_decay;
        h->weight_decay = 0;
    }
}

void training_prepare(struct run *run)
{
    const struct config *cfg = run->cfg;
    const struct alg_common *own = run->params;
    struct training *t = &run->training;
    const struct optimizer *o = optimizer_of(run);
    t->at = place_of(run);
    t->optimizing =
        (struct hyperparameters){.momentum = (float)first_of(own->momentum, cfg->train.momentum),
                                 .weight_decay = (float)first_of(own->weight_decay, cfg->train.weight_decay),
                                 .beta1 = cfg->train.beta1,
                                 .beta2 = cfg->train.beta2,
                                 .epsilon = cfg->train.epsilon};
    t->name = o->name;
    t->decays_matrices = cfg->train.weight_decay_on == DECAY_MATRICES;
    leave_to_algorithm(run, o);
    t->clip = (float)first_of(own->clip_norm, cfg->train.clip_norm);
    t->on_reset = choice_of(run->alg->on_reset ? run->alg->on_reset(run->params) : -1,
                            choice_of(own->state_on_reset, cfg->train.state_on_reset));
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

/* ---- use ---- */

bool training_turns(const struct run *run, enum optimizer_at at)
{
    return run->training.at == at && run->training.optimizer;
}

int training_states(const struct run *run, enum optimizer_at at)
{
    return run->training.at == at ? run->training.states : 0;
}

float training_clip(const struct run *run, enum optimizer_at at)
{
    return run->training.at == at ? run->training.clip : 0;
}

static void turn(const struct training *t, int64_t steps, const struct piece *p,
                 const struct hyperparameters *h)
{
    float *state[MAX_STATES] = {NULL};
    for (int i = 0; i < t->states; i++)
        state[i] = p->state_of[i] + p->first;
    t->optimizer->direction(h, steps, p->model, state, p->gradient, p->n);
}

void training_turn(const struct run *run, int64_t steps, const struct piece *piece)
{
    const struct training *t = &run->training;
    struct hyperparameters without = t->optimizing;
    without.weight_decay = 0;
    for (size_t i = 0; i < piece->n;) {
        struct decay_slice slice = decay_slice(&run->setup, piece->first + i, piece->n - i);
        struct piece part = *piece;
        part.first += i;
        part.n = slice.n;
        part.model += i;
        part.gradient += i;
        turn(t, steps, &part, slice.decays ? &t->optimizing : &without);
        i += slice.n;
    }
}

void training_say(const struct run *run)
{
    if (run->protocol->keeps_unsent && run->layout.push_coding.error_feedback)
        warn("algorithm.%s.error_feedback: expected no, got %s: %s itself keeps what is not sent, so that "
             "it is kept and sent twice",
             run->name, feedback_words[((const struct alg_common *)run->params)->error_feedback], run->name);
}
