/* The compute model: how long a local iteration takes. The duration is a product of terms, and exact.h
 * rounds it to ns once, at the end, so that it is the same on every machine.
 *
 *   base                flops: FLOP / device rate + overhead; fixed: seconds; both times the iteration's
 *                       batches; measured: seconds of CPU time
 *   x factor[worker]    set by the user: unequal workers
 *   x jitter            lognormal, drawn for each iteration
 *   x spread            lognormal, drawn once for each worker
 *   x straggler factor  during an episode; episodes begin by chance
 *   / trace factor      at the moment of the start
 *
 * Every draw is a pure function of seed, purpose, worker and iteration (rng.h): no call depends on an
 * earlier call. */
#include "sim/time/compute.h"

#include <assert.h>
#include <stdbool.h>

#include "sim/base/rng.h"
#include "sim/time/exact.h"

const char *const compute_model_words[] = {
    [COMPUTE_FLOPS] = "flops", [COMPUTE_FIXED] = "fixed", [COMPUTE_MEASURED] = "measured", NULL};

struct formula {
    struct exact_term term[EXACT_TERMS];
    int n;
};

static void add(struct formula *f, enum exact_op op, enum exact_kind kind, double x)
{
    assert(f->n < EXACT_TERMS && x >= 0);
    f->term[f->n++] = (struct exact_term){op, kind, x};
}

static void add_batch(struct formula *f, const struct compute_spec *spec)
{
    if (spec->model == COMPUTE_FIXED) {
        add(f, EXACT_TIMES, EXACT_DECIMAL, spec->seconds);
        return;
    }
    add(f, EXACT_TIMES, EXACT_DOUBLE, spec->flops);
    add(f, EXACT_OVER, EXACT_DECIMAL, spec->device_flops);
    add(f, EXACT_PLUS, EXACT_DECIMAL, spec->overhead);
}

static struct formula base_of(const struct compute_spec *spec)
{
    struct formula f = {.n = 0};
    add_batch(&f, spec);
    if (spec->batches > 1)
        add(&f, EXACT_TIMES, EXACT_DOUBLE, (double)spec->batches);
    return f;
}

struct instance { /* which iteration of which worker, and when it starts */
    int worker;
    int64_t iteration;
    vtime start;
};

static struct draw_key key_of(const struct compute_spec *spec, enum purpose purpose, int worker,
                              int64_t iteration)
{
    return (struct draw_key){
        .seed = spec->seed, .purpose = purpose, .rank = worker, .iteration = (uint64_t)iteration};
}

static double spread_factor(const struct compute_spec *spec, int worker)
{
    struct draw_key key = key_of(spec, DRAW_SPREAD, worker, 0);
    return draw_lognormal(&key, 0, spec->spread);
}

static double jitter_factor(const struct compute_spec *spec, int worker, int64_t iteration)
{
    struct draw_key key = key_of(spec, DRAW_JITTER, worker, iteration);
    return draw_lognormal(&key, 0, spec->jitter);
}

static bool episode_begins(const struct compute_spec *spec, int worker, int64_t iteration)
{
    struct draw_key key = key_of(spec, DRAW_STRAGGLER, worker, iteration);
    return draw_uniform(&key, 0) < spec->straggler.probability;
}

/* An episode lasts `duration` iterations. The function draws again for every iteration that could have
 * begun an episode covering this iteration, so that no state is kept. */
static double straggler_factor(const struct compute_spec *spec, int worker, int64_t iteration)
{
    if (spec->straggler.probability == 0)
        return 1;
    for (int64_t back = 0; back < spec->straggler.duration && back <= iteration; back++)
        if (episode_begins(spec, worker, iteration - back))
            return spec->straggler.factor;
    return 1;
}

/* Multiplies the base by all factors, and rounds to ns. */
static vtime lasting(const struct compute_spec *spec, struct formula f, struct instance of)
{
    add(&f, EXACT_TIMES, EXACT_DECIMAL, spec->factor[of.worker]);
    if (spec->jitter > 0)
        add(&f, EXACT_TIMES, EXACT_DOUBLE, jitter_factor(spec, of.worker, of.iteration));
    if (spec->spread > 0)
        add(&f, EXACT_TIMES, EXACT_DOUBLE, spread_factor(spec, of.worker));
    if (spec->straggler.probability > 0)
        add(&f, EXACT_TIMES, EXACT_DECIMAL, straggler_factor(spec, of.worker, of.iteration));
    if (spec->trace)
        add(&f, EXACT_OVER, EXACT_DECIMAL, trace_at(&spec->trace[of.worker], of.start).factor);
    return exact_ns(f.term, f.n, 1);
}

vtime compute_duration(const struct compute_spec *spec, int worker, int64_t iteration, vtime start)
{
    return lasting(spec, base_of(spec), (struct instance){worker, iteration, start});
}

vtime compute_calm(const struct compute_spec *spec, int worker)
{
    struct compute_spec calm = *spec;
    calm.jitter = 0;
    calm.straggler.probability = 0;
    calm.trace = NULL;
    return compute_duration(&calm, worker, 0, 0);
}

vtime compute_measured(const struct compute_spec *spec, double seconds, int worker, int64_t iteration,
                       vtime start)
{
    struct formula f = {.n = 0};
    add(&f, EXACT_TIMES, EXACT_DECIMAL, seconds);
    return lasting(spec, f, (struct instance){worker, iteration, start});
}
