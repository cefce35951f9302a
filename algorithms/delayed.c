#include "algorithms/delayed.h"

#include <inttypes.h>
#include <stdio.h>

#include "algorithms/predict.h"
#include "sim/base/vec.h"

const struct protocol delayed_protocol = {
    .n_worker_vectors = 2,
    .worker = {FROM_MODEL, FROM_MODEL},
    .push_spans = 1,
    .push = {{.vector = THE_MODEL}},
    .reply_spans = 1,
    .reply = {{.vector = THE_MODEL, .into = DELAYED_MEAN, .fixed = true}},
    .replica = NO_REPLICA,
    .accepts_only_when_waiting = true,
    .all_workers = true,
};

const struct config_key delayed_keys[] = {{"delay", KEY_INT, offsetof(struct delayed, delay), "4", .min = 0,
                                           .max = 1e9,
                                           .help = "local iterations from a push until its reply is merged"},
                                          {NULL}};

bool delayed_check(const void *params, int workers, char *error, size_t error_size)
{
    const struct delayed *p = params;
    (void)workers;
    if (p->delay <= p->periodic.local_steps)
        return true;
    snprintf(error, error_size, "delay: expected at most local_steps = %" PRId64 ", got %" PRId64,
             p->periodic.local_steps, p->delay);
    return false;
}

enum next delayed_decide(const struct worker_view *w)
{
    return periodic_decide_delayed(w, ((const struct delayed *)w->params)->delay);
}

void delayed_predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    const struct delayed *p = params;
    predict_delayed(in, p->periodic.local_steps, p->delay, out);
}

void delayed_pack(struct worker_state *w)
{
    vec_copy(w->vector[DELAYED_SENT], w->model, w->n);
}
