#include "sim/predict/bounds.h"

#include <math.h>

#define MOST 0x1p62 /* iterations: more than any run has */

static bool has_budget(const struct conductor_spec *spec)
{
    return spec->budget.ns > 0 || spec->budget.bytes > 0;
}

/* ---- by a closed form ---- */

struct bounded {
    const struct conductor_spec *spec;
    const struct closed_form *step;
    struct prediction_input *in;
    struct prediction *out;
};

static void predict(const struct bounded *b, double iterations)
{
    *b->out = (struct prediction){0};
    b->in->iterations = iterations;
    b->spec->alg->predict(b->spec->params, b->in, b->out);
}

/* Whether the update that ends a run of this many iterations is at a budget or past it. Its own replies have not
 * departed. */
static bool uses_up(const struct bounded *b, double iterations)
{
    const struct budget *budget = &b->spec->budget;
    predict(b, iterations);
    double updates = b->out->rounds - b->out->rounds_after;
    double bytes = updates * (b->step->bytes_up + b->step->bytes_down) - b->step->bytes_after;
    return (budget->ns > 0 && b->out->update_ns >= (double)budget->ns) ||
           (budget->bytes > 0 && bytes >= (double)budget->bytes);
}

/* The least number of iterations that use up a budget; MOST: there is none. */
static double least(const struct bounded *b)
{
    double below = 0, above = 1;
    while (above < MOST && !uses_up(b, above)) {
        below = above;
        above *= 2;
    }
    while (above < MOST && above - below > 1) {
        double middle = floor((below + above) / 2);
        *(uses_up(b, middle) ? &above : &below) = middle;
    }
    return above;
}

/* The run ends with the first update at or past a bound: so it is the shortest run that comes to one. */
bool bounds_predict(const struct conductor_spec *spec, const struct closed_form *step,
                    struct prediction_input *in, struct prediction *out)
{
    const struct bounded b = {spec, step, in, out};
    double iterations = spec->iterations > 0 ? (double)spec->iterations : MOST;
    predict(&b, 1);
    if (out->rounds <= 0) /* no closed form */
        return false;
    if (has_budget(spec))
        iterations = fmin(iterations, least(&b));
    if (iterations >= MOST)
        return false;
    predict(&b, iterations);
    return true;
}

/* ---- without one ---- */

double bounds_iterations(const struct conductor_spec *spec)
{
    double iterations = spec->iterations > 0 ? (double)spec->iterations : INFINITY, pace = 0;
    double of_push = (double)spec->push_bytes + (double)spec->reply_bytes;
    for (int i = 0; i < spec->workers; i++)
        pace += 1 / (double)compute_calm(&spec->compute, i);
    if (spec->budget.ns > 0) /* no worker waits */
        iterations = fmin(iterations, (double)spec->budget.ns * pace);
    if (spec->budget.bytes > 0) /* a push every iteration */
        iterations = fmin(iterations, (double)spec->budget.bytes / of_push);
    return iterations;
}
