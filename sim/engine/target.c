/* Runs that end at their target. The conductor does not know accuracies: it waits for the results of evaluations before
 * it makes an update that may be evaluated itself.
 *
 *   evaluation      j                       j + 1
 *   updates    -----U------U------U------U----U-------->
 *                   |                         ^
 *                   '-- result of j ----------'   here it must be known; the run ends here if it is at the target
 *
 * Which updates these are depends on virtual time alone, so the end does too. The conductor stops before the push, or the
 * fault, that could lead to that update, in the middle of a nanosecond if need be, and goes on from there (conductor.c). */
#include "sim/engine/conductor_internal.h"

void conductor_results(struct conductor *c, int64_t known, int64_t reached)
{
    c->results.known = known;
    c->results.reached = reached;
}

bool engine_evaluation_is_due(const struct conductor *c, int64_t iterations)
{
    return iterations / c->spec->eval_every > c->evaluated / c->spec->eval_every;
}

bool engine_is_past_target(const struct conductor *c)
{
    const struct results *r = &c->results;
    bool reached = r->reached >= 0 && r->reached < c->evaluations;
    return c->spec->stops_at_target && reached && engine_evaluation_is_due(c, c->totals.iterations);
}

/* Iterations that the next update brings at most, if this worker's next push is in it. */
static int64_t iterations_at_hand(const struct conductor *c, const struct sim_worker *w)
{
    int64_t k = w ? push_queue_at(&w->pushes, w->pushes.served)->header.k : 0;
    for (int i = 0; i < c->server.held; i++)
        k += push_queue_at(&c->worker[c->held[i].worker].pushes, c->held[i].number)->header.k;
    return k;
}

bool engine_awaits_result(const struct conductor *c, const struct sim_worker *w)
{
    if (!c->spec->stops_at_target || c->stopping || c->results.known >= c->evaluations)
        return false;
    return engine_evaluation_is_due(c, c->totals.iterations + iterations_at_hand(c, w));
}
