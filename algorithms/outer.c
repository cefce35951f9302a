#include "algorithms/diloco.h"

#include "sim/base/vec.h"

const struct config_key diloco_keys[] = {
    {"outer_rate", KEY_REAL, offsetof(struct diloco, outer_rate), "0.7", .min = 0, .max = 1e3,
     .help = "learning rate of the outer step (published: 0.7; of eager_diloco and streaming_diloco: 0.4)"},
    {"outer_momentum", KEY_REAL, offsetof(struct diloco, outer_momentum), "0.9", .min = 0, .max = 0.999999,
     .help = "Nesterov momentum of the outer step (published: 0.9)"},
    {NULL}};

void diloco_pack(struct worker_state *w)
{
    vec_step_from(w->vector[DILOCO_DELTA], w->vector[DILOCO_START], 1, w->model, w->n);
}

void diloco_combine(struct server_state *s)
{
    const struct diloco *p = s->params;
    vec_scale(s->sum[0], 1.0f / (float)s->pushes, s->n);
    for (size_t i = 0; i < s->n; i++)
        s->model[i] = diloco_outer(s->model[i], &s->vector[DILOCO_MOMENTUM][i], s->sum[0][i], p);
}
