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

#include "models/data/batches.h"
#include "sim/base/fail.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/run/run.h"

struct worker {
    struct worker_state state;
    float *stats;               /* BatchNorm */
    float *velocity;            /* momentum; NULL: none. Kept across resets of the model. */
    float *residual[MAX_SPANS]; /* of coded spans with error feedback */
    struct batches *batches;
    double loss;     /* sum over the iterations since the last push */
    int64_t pushes;  /* so far */
    int64_t holds;   /* version of the model last accepted */
    int64_t version; /* of the replica whose hash is `hash`; -1: none yet */
    uint64_t hash;
};

struct host { /* the process */
    const struct run *run;
    struct party me;
    struct ring *orders, *up;
    struct inbox replies;
    int process;
    int workers, left;     /* hosted here; of these, gone */
    struct worker *worker; /* (workers) worker id = process + i * processes */
    struct workspace *workspace;
    uint32_t *sample;   /* (batch) */
    float *scratch;     /* (n) for error feedback */
    uint8_t *coded;     /* one coded vector */
    struct worker *now; /* whose order is played */
    int64_t until;      /* an idle iteration sleeps until then, on CLOCK_MONOTONIC; 0: none does */
};

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

/* ---- set-up ---- */

static float **place_of(struct worker_state *s, int vector)
{
    return vector == THE_MODEL ? &s->model : vector == THE_GRADIENT ? &s->gradient : &s->vector[vector];
}

static float *vector_of(struct worker_state *s, int vector)
{
    return *place_of(s, vector);
}

/* In private memory, but for what is lent to the PS or shown by it. */
static float *open_vector(const struct run *run, int id, int vector, enum start start)
{
    const struct span *push = run->protocol->push, *reply = run->protocol->reply;
    const float *from = start == FROM_MODEL ? run->first_params : NULL;
    if (run->shows && reply[0].fixed && reply[0].into == vector && from)
        return (float *)from; /* read only, until the first reply */
    if (!run->lends || push[0].vector != vector)
        return vec_create(run->n, from);
    if (from)
        vec_copy(run->stage->vectors.lent[id], from, run->n);
    return run->stage->vectors.lent[id];
}

/* Whoever does not push it is done with it after each part's step. */
static bool keeps_gradient(const struct run *run)
{
    bool keeps = false;
    for (int i = 0; i < run->protocol->push_spans; i++)
        keeps |= run->protocol->push[i].vector == THE_GRADIENT;
    return keeps;
}

static void worker_init(struct worker *w, const struct run *run, int id)
{
    const struct protocol *protocol = run->protocol;
    const struct config *cfg = run->cfg;
    struct rates rates = conductor_first_rates(&run->conductor);
    w->state = (struct worker_state){
        .id = id, .params = run->params, .n = run->n, .rate = rates.rate, .compensation = rates.compensation};
    w->state.model = open_vector(run, id, THE_MODEL, FROM_MODEL);
    if (keeps_gradient(run))
        w->state.gradient = open_vector(run, id, THE_GRADIENT, FROM_ZERO);
    for (int i = 0; i < protocol->workers_own; i++)
        w->state.vector[i] = open_vector(run, id, i, protocol->worker[i]);
    w->stats = vec_create(run->stats, run->first_stats);
    if (run->momentum > 0)
        w->velocity = vec_create(run->n, NULL);
    for (int i = 0; i < protocol->push_spans; i++)
        if (protocol->push[i].coded && run->coding.error_feedback)
            w->residual[i] = vec_create(run->n, NULL);
    w->batches = batches_create((enum partition)cfg->data.partition, (uint64_t)cfg->experiment.seed,
                                run->data->train.n, id, run->workers, (uint32_t)cfg->train.batch);
    w->version = -1;
}

static void host_open(struct host *h, const struct run *run, int process)
{
    int workers = (run->workers - process + run->processes - 1) / run->processes;
    *h = (struct host){.run = run,
                       .me = stage_party(run->stage, run->stage->process[process]),
                       .orders = run->stage->orders[process],
                       .up = run->stage->up[process],
                       .process = process,
                       .workers = workers,
                       .worker = need((size_t)workers * sizeof(struct worker))};
    h->replies = run->each
                     ? (struct inbox){.ring = run->stage->to[process], .parcel = &run->reply_mail, .uses = 1}
                     : (struct inbox){.ring = run->stage->down,
                                      .reader = (uint32_t)process,
                                      .parcel = &run->reply_mail,
                                      .uses = workers};
    for (int i = 0; i < workers; i++)
        worker_init(&h->worker[i], run, process + i * run->processes);
    h->workspace = workspace_create(run->model, (int)run->cfg->train.batch, 1);
    h->sample = need((size_t)run->cfg->train.batch * sizeof *h->sample);
    if (run->coding.codec) {
        h->coded = need(coding_bytes(&run->coding));
        h->scratch = run->coding.error_feedback ? vec_create(run->n, NULL) : NULL;
    }
}

/* The process ends right after this; memory goes with it. What is closed here is what others could be waiting
 * for. */
static void host_close(struct host *h)
{
    inbox_free(&h->replies);
}

/* ---- the orders ---- */

/* The PS has added up every push of this worker. */
static bool vector_is_back(void *context)
{
    const struct host *h = context;
    return atomic_load(&h->run->stage->vectors.folded[h->now->state.id].value) == h->now->pushes;
}

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

static void step_piece(struct host *h, float *gradient, size_t first, size_t n)
{
    struct worker *w = h->now;
    struct worker_state part = w->state;
    part.n = n;
    part.model += first;
    part.gradient = gradient;
    for (int i = 0; i < h->run->protocol->workers_own; i++)
        part.vector[i] += first;
    if (w->velocity)
        vec_momentum(w->velocity + first, h->run->momentum, part.gradient, n);
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
    if (run->lends)
        party_wait(&h->me, vector_is_back, h);
    batches_get(w->batches, o->number, h->sample);
    double began = cpu_seconds();
    double loss = model_is_idle(run->model) ? idle(h, o)
                                            : model_gradient(run->model, h->workspace, s->model, w->stats,
                                                             run->data, h->sample, batch, &at, s->gradient);
    if (!isfinite(loss))
        loss_diverged(h, s, w->stats, &at);
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
    struct draw_key draw = {(uint64_t)run->cfg->experiment.seed, DRAW_CODEC, w->state.id, (uint64_t)number,
                            0};
    const float *v = vector_of(&w->state, run->protocol->push[span].vector);
    int bad;
    if (!coding_encode(&run->coding, &draw, v, w->residual[span], h->scratch, h->coded, &bad))
        push_diverged(h, w->state.id, number, bad);
    mail_span(&h->me, h->up, h->coded, coding_bytes(&run->coding));
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
            mail_span(&h->me, h->up, vector_of(&w->state, run->protocol->push[i].vector),
                      run->push_mail.bytes[i]);
    mail_span(&h->me, h->up, w->stats, run->stats * sizeof(float));
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
                                               : (char *)vector_of(&w->state, protocol->reply[span].into);
    memcpy(into + offset, data, bytes);
    if (span < protocol->reply_spans && protocol->reply[span].coded &&
        offset + bytes == h->run->reply.bytes[span])
        coding_decode(&h->run->coding, h->coded, vector_of(&w->state, protocol->reply[span].into));
}

/* The newest reply, where the PS shows it; the one before is given up. */
static void take_shown(struct host *h, struct worker *w, int64_t number)
{
    const struct run *run = h->run;
    const struct span *span = &run->protocol->reply[0];
    float *shown = run->stage->vectors.reply[run->each ? w->state.id : 0][number % 2];
    float **into = place_of(&w->state, span->into);
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
    w->hash = vec_hash(vector_of(&w->state, run->protocol->replica), run->n);
}

static void play_accept(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    h->now = w;
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
    w->holds = o->version;
    if (!replica_is_shown(run))
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
    h->left++;
}

static void (*const play[ORDER_KINDS])(struct host *, struct worker *, const struct order *) = {
    [ORDER_STEP] = play_step, [ORDER_PUSH] = play_push,   [ORDER_ACCEPT] = play_accept,
    [ORDER_SKIP] = play_skip, [ORDER_LEAVE] = play_leave,
};

static struct order next_order(struct host *h)
{
    uint32_t bytes;
    struct order o;
    memcpy(&o, party_peek(&h->me, h->orders, 0, &bytes), sizeof o);
    ring_release(h->orders, 0);
    return o;
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
    workspace_on_ready(h.workspace, keeps_gradient(run), step_part, &h);
    if (run->stage->reports) {
        h.me.idle = rest;
        h.me.patience = patience;
        h.me.context = &h;
        report(&h, &(struct report){.worker = -1});
    }
    while (h.left < h.workers) {
        struct order o = next_order(&h);
        play[o.op](&h, &h.worker[o.worker / run->processes], &o);
    }
    host_close(&h);
}
