#include "algorithms/diloco.h"

#include "sim/base/vec.h"

const struct config_key diloco_keys[] = {
    {"outer_rate", KEY_REAL, offsetof(struct diloco, outer_rate.base), "0.7", .min = 0, .max = 1e3,
     .help = "learning rate of the outer step (published: 0.7; of eager_diloco and streaming_diloco: 0.4)"},
    {"outer_momentum", KEY_REAL, offsetof(struct diloco, outer_momentum), "0.9", .min = 0, .max = 0.999999,
     .help = "Nesterov momentum of the outer step (published: 0.9)"},
    {"outer_schedule", KEY_CHOICE, offsetof(struct diloco, outer_rate.form), "constant",
     .choices = schedule_words_without_lists,
     .help = "how outer_rate falls; it depends on the part of the run that is done before the outer step"},
    {"outer_step_at", KEY_REALS, offsetof(struct diloco, outer_rate.step_at), "0.5, 0.75", .min = 0, .max = 1,
     .help = "outer_schedule = step: fractions of all iterations at which outer_rate changes",
     .with_key = "outer_schedule", .with_words = "step"},
    {"outer_step_factor", KEY_REAL, offsetof(struct diloco, outer_rate.step_factor), "0.1", .min = 0,
     .max = 1e6, .help = "outer_schedule = step: factor of each change", .with_key = "outer_schedule",
     .with_words = "step"},
    {NULL}};

bool diloco_check(const void *params, int workers, char *error, size_t error_size)
{
    (void)workers;
    return schedule_steps_rise(&((const struct diloco *)params)->outer_rate, "outer_step_at", error,
                               error_size);
}

struct outer_step diloco_step(const struct diloco *p, double progress)
{
    return (struct outer_step){.rate = (float)schedule_at(&p->outer_rate, progress, 1),
                               .momentum = (float)p->outer_momentum};
}

void diloco_pack(struct worker_state *w)
{
    vec_step_from(w->vector[DILOCO_DELTA], w->vector[DILOCO_START], 1, w->model, w->n);
}

void diloco_combine(struct server_state *s)
{
    struct outer_step step = diloco_step(s->params, s->progress);
    vec_scale(s->sum[0], 1.0f / (float)s->pushes, s->n);
    for (size_t i = 0; i < s->n; i++)
        s->model[i] = diloco_outer(s->model[i], &s->vector[DILOCO_MOMENTUM][i], s->sum[0][i], step);
}
