/* A worker process: takes its orders one by one and plays them. It owns no clock and decides nothing. It may
 * host several workers; each is a state with an id, and orders carry the id. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/sched/types.h>

#include "sim/base/fail.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/run/pause.h"
#include "sim/run/worker.h"

enum { EPOCH_BITS = 24 }; /* a client's epochs have numbers of their own in every round: so many fit */

/* ---- waiting ---- */

static int64_t patience(void *host)
{
    const struct host *h = host;
    return h->until ? h->until - clock_ns() : BELL_NAP;
}

/* Where iterations are reported the PS may write a reply long before this worker is told to take it: unread, it must not
 * hold up those for others. */
static void rest(void *host)
{
    struct host *h = host;
    inbox_relieve(&h->replies);
    if (h->until)
        party_progress(&h->me);
}

/* An order during an iteration says that it has been cancelled, or that the run is over. */
static bool slept(void *host)
{
    const struct host *h = host;
    uint32_t bytes;
    return clock_ns() >= h->until || ring_peek(h->orders, 0, &bytes);
}

/* ---- the orders ---- */

/* Usually all workers see it at once; one line is enough. */
static void only_one_speaks(const struct host *h)
{
    if (!party_first_to_fail(&h->me))
        _exit(EXIT_ABORTED);
}

static _Noreturn void loss_diverged(const struct host *h, const struct worker_state *s, const float *stats,
                                    const struct draw_at *at)
{
    const struct run *run = h->run;
    char where[128];
    only_one_speaks(h);
    model_diagnose(run->model, h->workspace, s->model, stats, run->data, h->sample,
                   (int)run->cfg->train.batch, at, where, sizeof where);
    die(EXIT_DIVERGED,
        "%s: training diverged: worker %d, local iteration %" PRId64
        ": the loss is not finite, first in %s; try a smaller learning rate",
        run->alg->name, at->worker, at->iteration, where);
}

static _Noreturn void push_diverged(const struct host *h, int worker, int64_t number, int tensor)
{
    only_one_speaks(h);
    die(EXIT_DIVERGED,
        "%s: training diverged: worker %d, push %" PRId64
        ": the gradient of %s is not finite; try a smaller learning rate",
        h->run->alg->name, worker, number, model_tensor(h->run->model, tensor)->name);
}

/* The optimiser makes the direction of a step out of a part of the gradient. */
static void turn_piece(const struct host *h, const struct worker_state *part, size_t first)
{
    const struct run *run = h->run;
    float *state[MAX_STATES] = {NULL};
    for (int i = 0; i < run->states; i++)
        state[i] = h->now->state_of[i] + first;
    run->optimizer->turn(&run->optimizing, h->now->steps, part->model, state, part->gradient, part->n);
}

static void forget_steps(const struct run *run, struct worker *w)
{
    w->steps = 0;
    for (int i = 0; i < run->states; i++)
        memset(w->state_of[i], 0, run->n * sizeof *w->state_of[i]);
}

static void step_piece(struct host *h, float *gradient, size_t first, size_t n)
{
    struct worker *w = h->now;
    struct worker_state part = w->state;
    part.n = n;
    part.model += first;
    part.gradient = gradient;
    for (int i = 0; i < h->run->protocol->workers_own; i++)
        part.vector[i] += first;
    if (h->run->optimizer)
        turn_piece(h, &part, first);
    if (h->run->alg->step)
        h->run->alg->step(&part);
}

/* Backward is done with floats first .. first + n - 1 of the gradient: they take their step. Piece by piece, so that
 * however often a step goes through a piece, memory sees it once. */
static void step_part(void *context, float *gradient, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i += VEC_PIECE)
        step_piece(context, gradient + i, first + i, n - i < VEC_PIECE ? n - i : VEC_PIECE);
}

/* Its length is known only when backward is done with all of it. */
static void step_clipped(struct host *h, const struct worker_state *s)
{
    double norm = optimizer_norm(s->gradient, s->n);
    if (norm > (double)h->run->clip)
        vec_scale(s->gradient, (float)((double)h->run->clip / norm), s->n);
    step_part(h, s->gradient, 0, s->n);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* To the PS, with the time of day. */
static void report(const struct host *h, const struct report *what)
{
    struct ring *ring = h->run->stage->reports[h->process];
    struct report *slot = party_reserve(&h->me, ring);
    *slot = *what;
    slot->at = clock_ns();
    ring_commit(ring, sizeof *slot);
    ring_call(ring);
}

/* An idle model computes nothing (gradients stay zero, the loss is 0); in real time it takes what the compute model
 * says all the same. */
static double idle(struct host *h, const struct order *o)
{
    if (h->run->conductor.pace != PACE_REAL)
        return 0;
    h->until = h->run->stage->epoch + o->end;
    party_wait(&h->me, slept, h);
    h->until = 0;
    return 0;
}

/* Of many clients: another one after every reply, with its share, its epochs from the round's on, and no momentum. */
static void take_client(struct host *h, struct worker *w, int64_t iteration)
{
    const struct run *run = h->run;
    if (w->round != w->holds) {
        w->round = w->holds;
        w->first = iteration;
        forget_steps(run, w);
    }
    if (w->aimed != w->round) {
        int client = clients_of(run->clients, w->round, w->state.id);
        struct share share = shares_of(run->shares, client);
        batches_aim(w->batches, &share, client, w->round << EPOCH_BITS);
        w->aimed = w->round;
    }
}

static void take_batch(struct host *h, struct worker *w, int64_t iteration)
{
    if (h->run->clients)
        take_client(h, w, iteration);
    batches_get(w->batches, iteration - w->first, h->sample);
}

static void play_step(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    struct worker_state *s = &w->state;
    int batch = (int)run->cfg->train.batch;
    struct draw_at at = {.seed = (uint64_t)run->cfg->experiment.seed,
                         .worker = s->id,
                         .iteration = o->number,
                         .augment = (enum augment)run->cfg->data.augment};
    h->now = w;
    take_batch(h, w, o->number);
    w->steps++;
    double began = cpu_seconds();
    double loss = model_is_idle(run->model) ? idle(h, o)
                                            : model_gradient(run->model, h->workspace, s->model, w->stats,
                                                             run->data, h->sample, batch, &at, s->gradient);
    if (!isfinite(loss))
        loss_diverged(h, s, w->stats, &at);
    if (run->clip > 0)
        step_clipped(h, s);
    w->loss += loss;
    s->k++;
    party_progress(&h->me);
    if (o->report)
        report(h,
               &(struct report){.worker = s->id, .iteration = o->number, .seconds = cpu_seconds() - began});
}

static void send_coded(struct host *h, struct worker *w, int span, int64_t number)
{
    const struct run *run = h->run;
    struct draw_key draw = coding_key(run->cfg->experiment.seed, w->state.id, number);
    const float *v = worker_vector(&w->state, run->protocol->push[span].vector);
    int bad;
    if (!coding_encode(&run->coding, &draw, v, w->residual[span], h->scratch, h->coded, &bad))
        push_diverged(h, w->state.id, number, bad);
    if (h->told[span])
        coding_decode(&run->coding, &draw, h->coded, h->told[span]);
    mail_span(&h->me, h->up, h->coded, coding_bytes(&run->coding));
}

/* The algorithm learns what has been sent. */
static void tell(struct host *h, struct worker *w)
{
    const float *told[MAX_SPANS] = {NULL};
    for (int i = 0; i < h->run->protocol->push_spans; i++)
        told[i] = h->told[i] ? h->told[i] : worker_vector(&w->state, h->run->protocol->push[i].vector);
    h->run->alg->sent(&w->state, told);
}

static void play_push(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    struct frame frame = {.worker = w->state.id,
                          .number = o->number,
                          .loss = w->loss / (double)w->state.k,
                          .version = w->version,
                          .hash = w->hash};
    if (run->alg->pack)
        run->alg->pack(&w->state);
    mail_frame(&h->me, h->up, &frame);
    for (int i = 0; i < run->protocol->push_spans; i++)
        if (run->protocol->push[i].coded)
            send_coded(h, w, i, o->number);
        else
            mail_span(&h->me, h->up, worker_vector(&w->state, run->protocol->push[i].vector),
                      run->push_mail.bytes[i]);
    mail_span(&h->me, h->up, w->stats, run->stats * sizeof(float));
    if (run->alg->sent)
        tell(h, w);
    mail_end(h->up);
    w->state.k = 0;
    w->loss = 0;
    w->pushes++;
}

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct host *h = context;
    const struct protocol *protocol = h->run->protocol;
    struct worker *w = h->now;
    char *into = span == protocol->reply_spans ? (char *)w->stats
                 : protocol->reply[span].coded ? (char *)h->coded
                                               : (char *)worker_vector(&w->state, protocol->reply[span].into);
    memcpy(into + offset, data, bytes);
    if (span < protocol->reply_spans && protocol->reply[span].coded &&
        offset + bytes == h->run->reply.bytes[span]) {
        struct draw_key draw = coding_key(h->run->cfg->experiment.seed, CODING_SERVER, w->holds - 1);
        coding_decode(&h->run->coding, &draw, h->coded, worker_vector(&w->state, protocol->reply[span].into));
    }
}

/* The newest reply, where the PS shows it; the one before is given up. */
static void take_shown(struct host *h, struct worker *w, int64_t number)
{
    const struct run *run = h->run;
    const struct span *span = &run->protocol->reply[0];
    float *shown = run->stage->vectors.reply[run->each ? w->state.id : 0][number % 2];
    float **into = worker_place(&w->state, span->into);
    if (span->fixed)
        *into = shown;
    else
        vec_copy(*into, shown, run->n);
}

static struct frame receive_reply(struct host *h, const struct worker *w, int64_t number,
                                  const struct visitor *visitor)
{
    return inbox_receive(&h->replies, &h->me, h->run->each ? w->state.id : -1, number, visitor);
}

/* The replies before this one are given up. */
static void took_reply(const struct host *h, const struct worker *w, int64_t number)
{
    atomic_store(&h->run->stage->vectors.accepted[w->state.id].value, number + 1);
    if (h->run->shows)
        bell_ring(h->run->stage->server);
}

/* All read one copy of it: a look at it before leaving is enough. */
static bool replica_is_shown(const struct run *run)
{
    const struct span *span = &run->protocol->reply[0];
    return run->shows && span->fixed && span->into == run->protocol->replica;
}

static void hash_replica(struct worker *w, const struct run *run)
{
    if (run->protocol->replica == NO_REPLICA)
        return;
    w->version = w->holds;
    w->hash = vec_hash(worker_vector(&w->state, run->protocol->replica), run->n);
}

static void play_accept(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    h->now = w;
    w->holds = o->version;
    receive_reply(h, w, o->number, &(struct visitor){receive_piece, h});
    if (run->shows)
        take_shown(h, w, o->number);
    took_reply(h, w, o->number);
    if (o->cancel) {
        w->state.k = 0;
        w->loss = 0;
    }
    w->state.rate = o->rates.rate;
    w->state.compensation = o->rates.compensation;
    w->state.update_rate = o->rates.update_rate;
    if (run->alg->accept)
        run->alg->accept(&w->state);
    if (run->cfg->train.state_on_reset == STATE_ZERO)
        forget_steps(run, w);
    if (!replica_is_shown(run))
        hash_replica(w, run);
}

static void begin_anew(const struct run *run, struct worker *w, const float *model)
{
    const struct protocol *protocol = run->protocol;
    struct worker_state *s = &w->state;
    vec_copy(s->model, model, run->n);
    if (s->gradient)
        memset(s->gradient, 0, run->n * sizeof(float));
    for (int i = 0; i < protocol->workers_own; i++)
        if (protocol->worker[i] == FROM_MODEL)
            vec_copy(s->vector[i], model, run->n);
        else
            memset(s->vector[i], 0, run->n * sizeof(float));
    vec_copy(w->stats, model + run->n, run->stats);
    forget_steps(run, w);
    for (int i = 0; i < MAX_SPANS; i++)
        if (w->residual[i])
            memset(w->residual[i], 0, run->n * sizeof(float));
    s->k = 0;
    w->loss = 0;
}

static void play_fetch(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    begin_anew(run, w, run->stage->fetch.model[w->state.id]);
    atomic_store(&run->stage->fetch.taken[w->state.id].value, o->number + 1);
    bell_ring(run->stage->server);
    w->state.rate = o->rates.rate;
    w->state.compensation = o->rates.compensation;
    w->state.update_rate = o->rates.update_rate;
    w->holds = o->version;
    hash_replica(w, run);
}

static void play_skip(struct host *h, struct worker *w, const struct order *o)
{
    receive_reply(h, w, o->number, &mail_ignored);
    took_reply(h, w, o->number);
}

static void play_leave(struct host *h, struct worker *w, const struct order *o)
{
    (void)o;
    hash_replica(w, h->run);
    struct frame frame = {
        .worker = w->state.id, .bare = 1, .number = FAREWELL, .version = w->version, .hash = w->hash};
    mail_frame(&h->me, h->up, &frame);
    mail_end(h->up);
    atomic_store(&h->run->stage->vectors.accepted[w->state.id].value, INT64_MAX);
    bell_ring(h->run->stage->server);
}

static void (*const play[ORDER_KINDS])(struct host *, struct worker *, const struct order *) = {
    [ORDER_STEP] = play_step, [ORDER_PUSH] = play_push,   [ORDER_ACCEPT] = play_accept,
    [ORDER_SKIP] = play_skip, [ORDER_FETCH] = play_fetch, [ORDER_LEAVE] = play_leave,
};

/* ---- the order of orders ---- */

static const struct order *next_order(const struct host *h)
{
    uint32_t bytes;
    return ring_peek(h->orders, 0, &bytes);
}

static struct worker *worker_of(const struct host *h, const struct order *o)
{
    return &h->worker[o->worker / h->run->processes];
}

/* The PS has added up every push of this worker. */
static bool vector_is_back(const struct host *h, const struct order *o)
{
    return !h->run->lends ||
           atomic_load(&h->run->stage->vectors.folded[o->worker].value) == worker_of(h, o)->pushes;
}

/* It can be played to its end without waiting for anything but room and the rest of a message. */
static bool can_play(struct host *h, const struct order *o)
{
    switch (o->op) {
    case ORDER_STEP:
        return vector_is_back(h, o);
    case ORDER_ACCEPT:
    case ORDER_SKIP:
        return inbox_has(&h->replies, h->run->each ? o->worker : -1, o->number);
    case ORDER_FETCH: /* before it gives the model the PS may have replies to write for others here */
        inbox_relieve(&h->replies);
        return atomic_load(&h->run->stage->fetch.given[o->worker].value) > o->number;
    default:
        return true;
    }
}

static bool has_something_to_do(void *host)
{
    struct host *h = host;
    const struct order *o = next_order(h);
    return atomic_load(&h->run->stage->over) || pause_wanted(h->run) || (o && can_play(h, o));
}

static void play_next(struct host *h)
{
    struct order o = *next_order(h);
    ring_release(h->orders, 0);
    party_progress(&h->me);
    play[o.op](h, worker_of(h, &o), &o);
    atomic_fetch_add_explicit(&h->run->stage->played[h->process].value, 1, memory_order_relaxed);
}

static void play_all(struct host *h)
{
    const struct run *run = h->run;
    const struct keeper keeper = {host_keep, h, &run->stage->progress};
    for (;;) {
        party_wait(&h->me, has_something_to_do, h);
        if (atomic_load(&run->stage->over))
            return;
        if (pause_wanted(run))
            pause_attend(run, h->process, &h->replies, &h->me, &keeper);
        else
            play_next(h);
    }
}

/* Workers outnumber cores, and each finds its caches cold when it gets one back. A slice that lasts several iterations
 * makes this rare; the PS keeps its short one and is let in at once. Linux grants it from 6.12 on; elsewhere nothing
 * changes. */
static void ask_for_long_slices(void)
{
    struct sched_attr batch = {
        .size = sizeof batch, .sched_policy = SCHED_BATCH, .sched_runtime = 30 * 1000 * 1000};
    (void)syscall(SYS_sched_setattr, 0, &batch, 0); /* refused: slower, nothing else */
}

void worker_run(const struct run *run, int process)
{
    struct host h;
    if (run->conductor.pace == PACE_REAL)
        clock_sharpen();
    else
        ask_for_long_slices();
    host_open(&h, run, process);
    if (run->resumed)
        checkpoint_load(run->resumed, SECTION_PROCESSES + (uint32_t)process,
                        &(struct keeper){host_keep, &h, &run->stage->progress});
    workspace_on_ready(h.workspace, host_keeps_gradient(run), run->clip > 0 ? NULL : step_part, &h);
    if (run->stage->reports) {
        h.me.idle = rest;
        h.me.patience = patience;
        h.me.context = &h;
        report(&h, &(struct report){.worker = -1});
    }
    play_all(&h);
    host_close(&h);
}
