#include "algorithms/periodic.h"

#include "algorithms/predict.h"

const struct config_key periodic_keys[] = {{"local_steps", KEY_INT, offsetof(struct periodic, local_steps),
                                            "8", .min = 1, .max = 1e9,
                                            .help = "local iterations between two pushes"},
                                           {NULL}};

const struct promises periodic_promises = {.most_steps = offsetof(struct periodic, local_steps)};

static int64_t steps_of(const void *params)
{
    return ((const struct periodic *)params)->local_steps;
}

enum next periodic_decide(const struct worker_view *w)
{
    if (w->inflight)
        return WAIT;
    return w->k < steps_of(w->params) ? STEP : SEND;
}

void periodic_predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    predict_barrier(in, steps_of(params), out);
}

enum next periodic_decide_overlapped(const struct worker_view *w)
{
    return periodic_decide_delayed(w, steps_of(w->params));
}

void periodic_predict_overlapped(const void *params, const struct prediction_input *in,
                                 struct prediction *out)
{
    predict_overlap(in, &(struct overlap_steps){steps_of(params), steps_of(params), false}, out);
}

enum next periodic_decide_delayed(const struct worker_view *w, int64_t delay)
{
    if (w->inflight)
        return w->k < delay ? STEP : WAIT;
    return w->k < steps_of(w->params) ? STEP : SEND;
}
