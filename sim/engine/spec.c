/* What the specification says about sizes, rates and the end of a run: functions that read and change
 * nothing. */
#include "sim/engine/conductor_internal.h"
#include "sim/time/exact.h"

const char *engine_name(const struct conductor_spec *spec)
{
    return spec->name ? spec->name : spec->alg->name;
}

float engine_rate(const struct conductor_spec *spec, double done)
{
    return (float)schedule_at(&spec->rate, done, (double)spec->iterations);
}

double engine_progress(const struct conductor_spec *spec, int64_t done)
{
    return done < spec->iterations ? (double)done / (double)spec->iterations : 1;
}

struct rates engine_rates(const struct conductor_spec *spec, double done, float update_rate)
{
    double total = (double)spec->iterations, rate = schedule_at(&spec->rate, done, total);
    double multiple = spec->alg->compensation ? spec->alg->compensation(spec->params, done, total) : 0;
    return (struct rates){(float)rate, (float)(multiple * rate), update_rate};
}

struct rates conductor_first_rates(const struct conductor_spec *spec)
{
    return engine_rates(spec, 0, 0);
}

uint64_t conductor_push_bytes(const struct conductor_spec *spec, int64_t number)
{
    return spec->push_size ? spec->push_size(spec->size_context, number) : spec->push_bytes;
}

/* The reply that is made with version v follows the update number v - 1, from 0. */
uint64_t conductor_reply_bytes(const struct conductor_spec *spec, int64_t version)
{
    return spec->reply_size ? spec->reply_size(spec->size_context, version - 1) : spec->reply_bytes;
}

uint64_t engine_row_bytes(const struct conductor *c, const struct sim_worker *w, uint64_t message)
{
    if (c->serves)
        return message;
    return c->whole ? 0 : exchange_bytes(c->exchange, w->view.id, message);
}

/* Exact, because two programs that know the rule must agree to the nanosecond (exact.h). */
vtime conductor_service(const struct conductor_spec *spec, uint64_t bytes)
{
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, spec->server_cost},
                                         {EXACT_TIMES, EXACT_DOUBLE, (double)bytes}};
    return exact_ns(product, 2, 0);
}

bool engine_draining(const struct conductor *c)
{
    const struct algorithm *alg = c->spec->alg;
    return c->stopping && alg->drain && alg->drain(c->spec->params);
}

bool engine_nothing_departs(const struct conductor *c)
{
    return c->stopping && !engine_draining(c);
}
