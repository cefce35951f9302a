#include "algorithms/epochs.h"

#include "algorithms/predict.h"
#include "sim/base/vec.h"

const struct config_key epochs_keys[] = {
    {"local_epochs", KEY_INT, offsetof(struct epochs, local_epochs), "1", .min = 1, .max = 1e6,
     .help = "passes over a worker's samples between two pushes (published: 1, 5, 20 of FedAvg, 20 of "
             "FedProx, 2 to 5 of FedNova)"},
    {NULL}};

static int64_t epochs_of(const void *params)
{
    return ((const struct epochs *)params)->local_epochs;
}

enum next epochs_decide(const struct worker_view *w)
{
    if (w->inflight)
        return WAIT;
    return w->k < epochs_of(w->params) * w->epoch ? STEP : SEND;
}

float epochs_weight(const void *params, const struct push_header *push)
{
    (void)params;
    return (float)push->samples;
}

void epochs_predict(const void *params, const struct prediction_input *in, struct prediction *out)
{
    predict_epochs(in, epochs_of(params), out);
}

void epochs_combine(struct server_state *s)
{
    vec_copy(s->model, s->sum[0], s->n);
    vec_scale(s->model, 1.0f / s->weight, s->n);
}
