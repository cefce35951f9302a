/* One local iteration of a worker:
 *
 *   batch --> model_gradient --> gradient, piece by piece --> optimiser's direction --> algorithm's step
 *
 * Backward gives the gradient layer by layer, from the last layer on. Each piece takes its step at once,
 * while it is in the cache; with clipping, only when the whole gradient is known. With train.accumulate the
 * iteration has several batches: the pieces of their gradients are added up, and the last batch makes the
 * mean. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "models/model.h"
#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/training.h"
#include "sim/runtime/worker/worker.h"

/* Epochs of a client are numbered round << EPOCH_BITS and up, so that every round has numbers of its own. */
enum { EPOCH_BITS = 24 };

/* Usually all workers diverge at the same time. Only the first process prints a line; the others end here. */
void process_fail_first_or_leave(const struct process *p)
{
    if (!waiter_first_to_fail(&p->me))
        _exit(EXIT_ABORTED);
}

void process_note_unsound(const struct process *p, const struct worker *w, int64_t push)
{
    int64_t none = 0;
    atomic_compare_exchange_strong(&p->run->shared->unsound[w->state.id].value, &none, push + 1);
}

static _Noreturn void loss_diverged(const struct process *p, const struct worker_state *s, const float *stats,
                                    const struct draw_at *at)
{
    const struct run *run = p->run;
    char where[128];
    process_fail_first_or_leave(p);
    model_diagnose(run->model, p->workspace, s->model, stats, run->data, p->sample,
                   (int)run->cfg->train.batch, at, where, sizeof where);
    int64_t iteration = at->iteration / run->cfg->train.accumulate;
    die(EXIT_DIVERGED,
        "%s: training diverged: worker %d, local iteration %" PRId64
        ": the loss is not finite, first in %s; try a smaller learning rate",
        run->name, at->worker, iteration, where);
}

/* An order that comes during an iteration means that the iteration is cancelled or the run is over. */
static bool slept(void *process)
{
    const struct process *p = process;
    uint32_t bytes;
    return clock_ns() >= p->until || ring_peek(p->orders, 0, &bytes);
}

void process_forget_steps(const struct run *run, struct worker *w)
{
    w->saved.steps = 0;
    for (int i = 0; i < MAX_STATES; i++)
        if (w->state_of[i])
            memset(w->state_of[i], 0, run->n * sizeof *w->state_of[i]);
}

static struct worker_state part_of(const struct process *p, float *gradient, size_t first, size_t n)
{
    struct worker_state part = fragments_worker(p->run, &p->now->state, first, n);
    part.gradient = gradient;
    return part;
}

static void step_piece(struct process *p, float *gradient, size_t first, size_t n)
{
    struct worker_state part = part_of(p, gradient, first, n);
    if (p->run->alg->penalise && !(training_clip(p->run, AT_WORKER) > 0))
        p->run->alg->penalise(&part);
    if (training_turns(p->run, AT_WORKER))
        training_turn(p->run, p->now->saved.steps,
                      &(struct piece){first, n, part.model, gradient, p->now->state_of});
    if (p->run->alg->step)
        p->run->alg->step(&part);
}

/* Floats first .. first + n - 1 of the gradient are final, and take their step. The loop works in pieces
 * that fit the cache: a step reads and writes a piece several times, and memory only once. */
static void step_part(struct process *p, float *gradient, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i += VEC_PIECE)
        step_piece(p, gradient + i, first + i, n - i < VEC_PIECE ? n - i : VEC_PIECE);
}

/* Adds a piece of a batch's gradient to the sum over the iteration's batches, which becomes their mean. */
static float *add_to_sum(const struct process *p, const float *gradient, size_t first, size_t n, bool last)
{
    float *sum = p->now->state.gradient + first;
    if (p->batch == 0)
        vec_copy(sum, gradient, n);
    else
        vec_add(sum, gradient, n);
    if (last)
        vec_scale(sum, 1.0f / (float)p->run->cfg->train.accumulate, n);
    return sum;
}

void process_take_gradient(void *context, float *gradient, size_t first, size_t n)
{
    struct process *p = context;
    int64_t batches = p->run->cfg->train.accumulate;
    bool last = p->batch + 1 == batches;
    if (batches > 1)
        gradient = add_to_sum(p, gradient, first, n, last);
    if (last && training_clip(p->run, AT_WORKER) == 0)
        step_part(p, gradient, first, n);
}

/* Clipping needs the length of the whole gradient, so the step waits for the end of the backward pass. */
static void step_clipped(struct process *p, const struct worker_state *s)
{
    struct worker_state whole = part_of(p, s->gradient, 0, s->n);
    if (p->run->alg->penalise)
        p->run->alg->penalise(&whole);
    optimizer_clip(training_clip(p->run, AT_WORKER), s->gradient, s->n);
    step_part(p, s->gradient, 0, s->n);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Sends the report to the PS, with the present time. */
void process_report(const struct process *p, const struct report *what)
{
    struct ring *ring = p->run->shared->reports[p->process];
    struct report *slot = waiter_reserve(&p->me, ring);
    *slot = *what;
    slot->at = clock_ns();
    ring_commit(ring, sizeof *slot);
    ring_notify(ring);
}

/* An idle model computes nothing: gradients stay zero, the loss is 0. With the real clock the worker
 * sleeps for the time that the compute model gives. */
static double idle(struct process *p, const struct order *o)
{
    if (p->run->conductor.pace != PACE_REAL)
        return 0;
    p->until = p->run->shared->epoch + o->end;
    waiter_wait(&p->me, slept, p);
    p->until = 0;
    return 0;
}

/* With more clients than workers, the worker acts for another client after every reply: with the client's
 * share of the data, with epochs numbered by the round, and without momentum. */
static void take_client(struct process *p, struct worker *w, int64_t iteration)
{
    const struct run *run = p->run;
    if (w->saved.round != w->saved.holds) {
        w->saved.round = w->saved.holds;
        w->saved.first = iteration;
        process_forget_steps(run, w);
        worker_meet_client(w, run);
    }
    if (w->aimed != w->saved.round) {
        int client = sampling_client(run->sampling, w->saved.round, w->state.id);
        struct share share = shares_of(run->shares, client);
        batches_aim(w->batches, &share, client, w->saved.round << EPOCH_BITS);
        w->aimed = w->saved.round;
    }
}

/* The loss of the iteration's present batch. Its order and its draws have the number of the batch, counted
 * through all iterations. */
static double play_batch(struct process *p, struct worker *w, int64_t iteration)
{
    const struct run *run = p->run;
    const struct worker_state *s = &w->state;
    int64_t batches = run->cfg->train.accumulate;
    struct draw_at at = {.seed = (uint64_t)run->cfg->experiment.seed,
                         .worker = s->id,
                         .iteration = iteration * batches + p->batch,
                         .augment = run->cfg->data.augment,
                         .no_dropout = !run->cfg->train.dropout};
    batches_get(w->batches, (iteration - w->saved.first) * batches + p->batch, p->sample);
    double loss = model_gradient(run->model, p->workspace, s->model, w->stats.own, run->data, p->sample,
                                 (int)run->cfg->train.batch, &at, batches > 1 ? NULL : s->gradient);
    if (!isfinite(loss) && !run_rests(run)) /* else it makes the push unsound */
        loss_diverged(p, s, w->stats.own, &at);
    statistics_step(&w->stats);
    return loss;
}

/* The mean loss of the iteration's batches. */
static double play_batches(struct process *p, struct worker *w, int64_t iteration)
{
    int64_t batches = p->run->cfg->train.accumulate;
    double loss = 0;
    for (p->batch = 0; p->batch < batches; p->batch++)
        loss += play_batch(p, w, iteration);
    return loss / (double)batches;
}

void process_step(struct process *p, struct worker *w, const struct order *o)
{
    const struct run *run = p->run;
    struct worker_state *s = &w->state;
    p->now = w;
    if (run->sampling)
        take_client(p, w, o->number);
    w->saved.steps++;
    s->rate = o->rates.rate;
    double began = cpu_seconds();
    double loss = model_is_idle(run->model) ? idle(p, o) : play_batches(p, w, o->number);
    if (training_clip(run, AT_WORKER) > 0)
        step_clipped(p, s);
    w->saved.loss += loss;
    s->rates += (double)s->rate;
    s->k++;
    waiter_progress(&p->me);
    if (o->report)
        process_report(
            p, &(struct report){.worker = s->id, .iteration = o->number, .seconds = cpu_seconds() - began});
}
