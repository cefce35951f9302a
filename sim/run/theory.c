#include "sim/run/theory.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"

struct exchange theory_exchange(const struct conductor_spec *spec)
{
    struct way up = {&spec->up, spec->push_bytes}, down = {&spec->down, spec->reply_bytes};
    return exchange_of(&up, &down, vtime_from_seconds(spec->server_cost * (double)spec->push_bytes, 0));
}

double theory_compute(const struct conductor_spec *spec, int worker)
{
    struct compute_spec calm = spec->compute;
    calm.jitter = 0;
    calm.straggler.probability = 0;
    calm.trace = NULL;
    return (double)compute_duration(&calm, worker, 0, 0);
}

bool theory_predict(const struct conductor_spec *spec, struct prediction *out)
{
    *out = (struct prediction){0};
    if (!spec->alg->predict || spec->push_size || spec->reply_size)
        return false;
    struct exchange x = theory_exchange(spec);
    double *compute = need((size_t)spec->workers * sizeof *compute);
    double *epoch = need((size_t)spec->workers * sizeof *epoch);
    for (int i = 0; i < spec->workers; i++) {
        compute[i] = theory_compute(spec, i);
        epoch[i] = spec->samples ? ceil((double)spec->samples[i] / (double)spec->batch) : 1;
    }
    struct prediction_input in = {.workers = spec->workers,
                                  .iterations = (double)spec->iterations,
                                  .compute_ns = compute,
                                  .epoch = spec->clients ? NULL : epoch,
                                  .up_ns = x.up,
                                  .down_ns = x.down,
                                  .cycle_ns = x.cycle};
    spec->alg->predict(spec->params, &in, out);
    free(compute);
    free(epoch);
    return out->rounds > 0;
}
