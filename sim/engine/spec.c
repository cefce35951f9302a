/* What the specification says about sizes, rates and the end of a run: functions that read and change
 * nothing. */
#include <math.h>

#include "sim/engine/conductor_internal.h"
#include "sim/time/exact.h"

const char *engine_name(const struct conductor_spec *spec)
{
    return spec->name ? spec->name : spec->alg->name;
}

/* ---- the end of a run, and its schedules ---- */

bool engine_has_budget(const struct conductor_spec *spec)
{
    return spec->budget.ns > 0 || spec->budget.bytes > 0;
}

static int64_t bytes_of(const struct totals *t)
{
    return t->bytes_up + t->bytes_down;
}

static double part(int64_t used, int64_t bound)
{
    return bound > 0 ? (double)used / (double)bound : 0;
}

/* Time and bytes go on without a worker, so a worker cannot foresee them: with a budget its local steps have the
 * place of the model that it accepted last. */
double engine_place(const struct conductor *c)
{
    const struct conductor_spec *spec = c->spec;
    if (!engine_has_budget(spec))
        return (double)c->totals.iterations;
    double used = fmax(part(c->now, spec->budget.ns), part(bytes_of(&c->totals), spec->budget.bytes));
    return fmin(fmax(used, part(c->totals.iterations, spec->iterations)), 1);
}

double conductor_ahead(const struct conductor_spec *spec)
{
    double workers = spec->workers, slowest = 0;
    if (!engine_has_budget(spec))
        return workers;
    for (int i = 0; i < spec->workers; i++)
        slowest = fmax(slowest, (double)compute_calm(&spec->compute, i));
    double ahead = spec->iterations > 0 ? workers / (double)spec->iterations : 0;
    if (spec->budget.ns > 0)
        ahead = fmax(ahead, slowest / (double)spec->budget.ns);
    if (spec->budget.bytes > 0)
        ahead = fmax(ahead, workers * (double)conductor_push_bytes(spec, 0) / (double)spec->budget.bytes);
    return ahead;
}

static bool is_past(int64_t used, int64_t bound)
{
    return bound > 0 && used >= bound;
}

bool engine_has_iterations(const struct conductor *c)
{
    return is_past(c->totals.iterations, c->spec->iterations);
}

bool engine_has_used_budget(const struct conductor *c)
{
    const struct budget *budget = &c->spec->budget;
    return is_past(c->now, budget->ns) || is_past(bytes_of(&c->totals), budget->bytes);
}

/* The place at the end of the run. */
static double last_place(const struct conductor_spec *spec)
{
    return engine_has_budget(spec) ? 1 : (double)spec->iterations;
}

float engine_rate(const struct conductor_spec *spec, double place)
{
    return (float)schedule_at(&spec->rate, place, last_place(spec));
}

double engine_progress(const struct conductor_spec *spec, double place)
{
    return fmin(place / last_place(spec), 1);
}

struct rates engine_rates(const struct conductor_spec *spec, double place, float update_rate)
{
    double last = last_place(spec), rate = schedule_at(&spec->rate, place, last);
    double multiple = spec->alg->compensation ? spec->alg->compensation(spec->params, place, last) : 0;
    return (struct rates){(float)rate, (float)(multiple * rate), update_rate};
}

struct rates conductor_first_rates(const struct conductor_spec *spec)
{
    return engine_rates(spec, 0, 0);
}

/* ---- sizes ---- */

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

vtime engine_service(const struct conductor_spec *spec, int64_t number)
{
    return conductor_service(spec, conductor_push_bytes(spec, number)) +
           coding_ns(&spec->exchange.server_decodes, number);
}

/* ---- after the last update ---- */

bool engine_draining(const struct conductor *c)
{
    const struct algorithm *alg = c->spec->alg;
    return c->stopping && alg->drain && alg->drain(c->spec->params);
}

bool engine_nothing_departs(const struct conductor *c)
{
    return c->stopping && !engine_draining(c);
}
