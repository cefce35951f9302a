/* A worker process: takes orders from its ring, one by one, and plays them. It has no clock and makes no
 * decision. It may host several workers; an order names its worker.
 *
 *   ring of orders --> STEP    gradient and local step                      step.c
 *                      PUSH    encode, send through ring `up`
 *                      ACCEPT  receive a reply, decode, algorithm's accept
 *                      SKIP    receive a reply and forget it
 *                      FETCH   after a crash: restart from the PS's model
 *                      LEAVE   the last frame: FAREWELL
 *                      COMPARE the distance of the local model from that of an evaluation
 *
 * The process starts an order only when it can play it to its end (can_play), so that a pause finds it
 * between orders. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/sched/types.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/clock.h"
#include "sim/base/norms.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/pause.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/training.h"
#include "sim/runtime/worker/worker.h"

/* ---- waiting ---- */

static int64_t patience(void *process)
{
    const struct process *p = process;
    return p->until ? p->until - clock_ns() : BELL_NAP;
}

/* Where the conductor does not run ahead the PS may write a reply long before this worker is ordered to accept it. Unread,
 * this reply must not hold up the replies to other workers, which come after it on the ring. */
static void rest(void *process)
{
    struct process *p = process;
    inbox_relieve(&p->replies);
    if (p->until)
        waiter_progress(&p->me);
}

/* ---- the orders ---- */

/* The first n floats of the message that v has. */
static void send_floats(struct process *p, const float *v, int64_t number, size_t n)
{
    struct stretch s;
    for (size_t at = 0; at < n; at += s.n) {
        s = fragments_cut(p->run, number, at, n - at);
        mail_span(&p->me, p->up, v + s.first, s.n * sizeof *v);
    }
}

/* A callback gets what the message has of the vectors, part after part where it is scattered. */
static void call(const struct run *run, struct worker *w, int64_t number,
                 void (*callback)(struct worker_state *))
{
    struct stretch s;
    for (size_t at = 0, n = fragments_length(run, number); at < n; at += s.n) {
        s = fragments_cut(run, number, at, n - at);
        struct worker_state part = fragments_worker(run, &w->state, s.first, s.n);
        part.exchange = fragments_exchange(run, number);
        part.dense = fragments_dense(run, number);
        callback(&part);
    }
}

/* The algorithm's sent() runs before the last span leaves: once the PS has the whole push, another worker
 * may act for this client and write to the client's vectors. */
static void send_span(struct process *p, struct worker *w, int span, const struct message_layout *layout)
{
    const struct run *run = p->run;
    const struct span *what = &run->protocol->push[span];
    if (what->coded)
        process_encode(p, w, span, w->saved.pushes);
    if (run->alg->sent && span + 1 == run->protocol->push_spans)
        process_tell(p, w, w->saved.pushes);
    if (what->coded)
        mail_span(&p->me, p->up, p->coded, layout->bytes[span]);
    else
        send_floats(p, worker_vector(&w->state, what->vector), w->saved.pushes,
                    layout->bytes[span] / sizeof(float));
}

/* The worker has no iterations since its last push. */
static void begin_push(struct worker *w)
{
    w->state.k = 0;
    w->state.rates = 0;
    w->saved.loss = 0;
}

static void play_push(struct process *p, struct worker *w, const struct order *o)
{
    const struct run *run = p->run;
    bool whole = fragments_complete(run, o->number);
    struct frame frame = {.worker = w->state.id,
                          .number = o->number,
                          .sized = o->number,
                          .loss = whole ? w->saved.loss / (double)w->state.k : 0,
                          .version = w->saved.version,
                          .hash = w->saved.hash};
    struct message_layout layout = message_layout_of(&run->layout.push_on_ring, o->number);
    if (o->restore)
        process_restore(run, w);
    if (!isfinite(w->saved.loss))
        process_note_unsound(p, w, o->number);
    if (run->alg->pack)
        call(run, w, o->number, run->alg->pack);
    statistics_push(&w->stats, o->number);
    mail_frame(&p->me, p->up, &frame);
    for (int i = 0; i < run->protocol->push_spans; i++)
        send_span(p, w, i, &layout);
    mail_span(&p->me, p->up, w->stats.own, run->stats * sizeof(float));
    mail_end(p->up);
    w->saved.pushes++;
    if (whole)
        begin_push(w);
}

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct process *p = context;
    const struct protocol *protocol = p->run->protocol;
    struct worker *w = p->now;
    int64_t number = w->saved.holds - 1;
    if (span == protocol->reply_spans) {
        memcpy((char *)w->stats.mean + offset, data, bytes);
        return;
    }
    float *into = worker_vector(&w->state, protocol->reply[span].into);
    if (!protocol->reply[span].coded) {
        fragments_scatter(p->run, number, into, offset / sizeof *into, data, bytes / sizeof *into);
        return;
    }
    memcpy(p->coded + offset, data, bytes);
    if (offset + bytes == coding_bytes(&p->run->layout.reply_coding, number)) {
        struct draw_key draw = coding_key(p->run->cfg->experiment.seed, CODING_SERVER, number);
        coding_decode(&p->run->layout.reply_coding, &draw, p->coded, into + fragments_place(p->run, number));
    }
}

/* The reply is in the PS's buffer. A vector that the worker never writes to is read in the buffer; any
 * other vector is copied. The worker no longer uses the buffer of the reply before. */
static void take_buffered(const struct run *run, struct worker *w, const float *buffer)
{
    int vector = run->protocol->reply[0].into;
    float **into = vectors_of_worker(&w->state, vector);
    if (!vectors_borrowed(run, vector)) {
        vec_copy(*into, buffer, run->n);
        return;
    }
    vectors_free(run, *into); /* zeros, before the first reply */
    *into = (float *)buffer;
}

static struct frame receive_reply(struct process *p, const struct worker *w, int64_t number,
                                  const struct visitor *visitor)
{
    int name = p->run->transfer.reply->addressee(w->state.id);
    return inbox_receive(&p->replies, &p->me, name, number, visitor);
}

/* All workers read the same copy of the replica: one hash, before the worker leaves, is enough. */
static bool replica_is_borrowed(const struct run *run)
{
    return run->protocol->replica != NO_REPLICA && vectors_borrowed(run, run->protocol->replica);
}

static void hash_replica(struct worker *w, const struct run *run)
{
    if (run->protocol->replica == NO_REPLICA)
        return;
    w->saved.version = w->saved.holds;
    w->saved.hash = vec_hash(worker_vector(&w->state, run->protocol->replica), run->n);
}

static void take_rates(struct worker_state *s, const struct order *o)
{
    s->rate = o->rates.rate;
    s->compensation = o->rates.compensation;
    s->update_rate = o->rates.update_rate;
    s->progress = o->progress;
}

static void play_accept(struct process *p, struct worker *w, const struct order *o)
{
    const struct run *run = p->run;
    p->now = w;
    w->saved.holds = o->version;
    receive_reply(p, w, o->number, &(struct visitor){receive_piece, p});
    const float *buffer = run->transfer.reply->buffer(run, w->state.id, o->number);
    if (buffer)
        take_buffered(run, w, buffer);
    run->transfer.reply->accepted(run, w->state.id, o->number + 1);
    if (o->cancel) {
        begin_push(w);
        statistics_cancel(&w->stats);
    }
    statistics_accept(&w->stats, o->answers, o->served);
    take_rates(&w->state, o);
    if (run->alg->accept)
        call(run, w, o->version - 1, run->alg->accept);
    if (run->training.on_reset == STATE_ZERO)
        process_forget_steps(run, w);
    if (!replica_is_borrowed(run))
        hash_replica(w, run);
}

/* After a crash: resets all vectors to their first values, with the PS's model instead of W_0. */
static void start_again(const struct run *run, struct worker *w, const float *model)
{
    vectors_start_again(run, OWNER_WORKER, w->state.id, w, model);
    statistics_fetch(&w->stats, model + run->n);
    w->saved.steps = 0;
    begin_push(w);
}

static void play_fetch(struct process *p, struct worker *w, const struct order *o)
{
    const struct run *run = p->run;
    start_again(run, w, vectors_shared(run, run->vectors.fetched, w->state.id));
    atomic_store(&run->shared->fetch.taken[w->state.id].value, o->number + 1);
    bell_notify(run->shared->server);
    take_rates(&w->state, o);
    w->saved.holds = o->version;
    hash_replica(w, run);
}

static void play_skip(struct process *p, struct worker *w, const struct order *o)
{
    receive_reply(p, w, o->number, &mail_ignored);
    p->run->transfer.reply->accepted(p->run, w->state.id, o->number + 1);
}

static void play_leave(struct process *p, struct worker *w, const struct order *o)
{
    (void)o;
    hash_replica(w, p->run);
    struct frame frame = {.worker = w->state.id,
                          .bare = 1,
                          .number = FAREWELL,
                          .version = w->saved.version,
                          .hash = w->saved.hash};
    mail_frame(&p->me, p->up, &frame);
    mail_end(p->up);
    atomic_store(&p->run->shared->accepted[w->state.id].value, INT64_MAX);
    bell_notify(p->run->shared->server);
}

static void play_compare(struct process *p, struct worker *w, const struct order *o)
{
    const struct run *run = p->run;
    struct shared *shared = run->shared;
    int worker = w->state.id;
    shared->compare.distance[worker] =
        norm_distance(w->state.model, vectors_shared(run, run->vectors.compared, 0), run->n);
    atomic_store(&shared->compare.done[worker].value, o->number + 1);
    bell_notify(shared->server);
}

static void (*const play[ORDER_KINDS])(struct process *, struct worker *, const struct order *) = {
    [ORDER_STEP] = process_step,    [ORDER_PUSH] = play_push,   [ORDER_ACCEPT] = play_accept,
    [ORDER_SKIP] = play_skip,       [ORDER_FETCH] = play_fetch, [ORDER_LEAVE] = play_leave,
    [ORDER_COMPARE] = play_compare,
};

/* ---- the main loop ---- */

static const struct order *next_order(const struct process *p)
{
    uint32_t bytes;
    return ring_peek(p->orders, 0, &bytes);
}

static struct worker *worker_of(const struct process *p, const struct order *o)
{
    return &p->worker[o->worker / p->run->processes];
}

/* Whether the order can be played to its end, and would wait at most for room on a ring or for the rest of
 * a message. */
static bool can_play(struct process *p, const struct order *o)
{
    const struct run *run = p->run;
    switch (o->op) {
    case ORDER_STEP:
        return run->transfer.push->is_back(run, o->worker, worker_of(p, o)->saved.pushes);
    case ORDER_ACCEPT:
    case ORDER_SKIP:
        return inbox_has(&p->replies, run->transfer.reply->addressee(o->worker), o->number);
    case ORDER_FETCH: /* before the model the PS may write replies to other workers of this process */
        inbox_relieve(&p->replies);
        return atomic_load(&run->shared->fetch.given[o->worker].value) > o->number;
    case ORDER_COMPARE: /* before the model the PS may write replies that this process takes later */
        inbox_relieve(&p->replies);
        return atomic_load(&run->shared->compare.given->value) > o->number;
    default:
        return true;
    }
}

static bool has_something_to_do(void *process)
{
    struct process *p = process;
    const struct order *o = next_order(p);
    return atomic_load(&p->run->shared->over) || pause_wanted(p->run) || (o && can_play(p, o));
}

static void play_next(struct process *p)
{
    waiter_turn(&p->me);
    struct order o = *next_order(p);
    ring_release(p->orders, 0);
    waiter_progress(&p->me);
    play[o.op](p, worker_of(p, &o), &o);
    atomic_fetch_add_explicit(&p->run->shared->played[p->process].value, 1, memory_order_relaxed);
}

static void play_all(struct process *p)
{
    const struct run *run = p->run;
    const struct persistent persistent = {process_persist, p, &run->shared->progress};
    for (;;) {
        waiter_wait(&p->me, has_something_to_do, p);
        if (atomic_load(&run->shared->over))
            return;
        if (pause_wanted(run))
            pause_attend(run, p->process, &p->replies, &p->me, &persistent);
        else
            play_next(p);
    }
}

/* Workers outnumber cores, and a worker that gets a core back finds its caches cold. A slice of 30 ms
 * makes this rare: it is ten times the kernel's usual slice, and several iterations of the small models.
 * The kernel accepts at most 100 ms. The PS keeps its short slice and gets a core at once. Linux grants
 * the slice from 6.12 on; older kernels ignore it. */
static void ask_for_long_slices(void)
{
    struct sched_attr batch = {
        .size = sizeof batch, .sched_policy = SCHED_BATCH, .sched_runtime = 30 * 1000 * 1000};
    (void)syscall(SYS_sched_setattr, 0, &batch, 0); /* if the kernel refuses, the run is slower */
}

void worker_run(const struct run *run, int process)
{
    struct process p;
    if (run->conductor.pace == PACE_REAL)
        clock_sharpen();
    else
        ask_for_long_slices();
    process_open(&p, run, process);
    if (run->resumed)
        checkpoint_load(run->resumed, SECTION_PROCESSES + (uint32_t)process,
                        &(struct persistent){process_persist, &p, &run->shared->progress});
    workspace_on_ready(p.workspace, vectors_store_gradients(run), process_take_gradient, &p);
    if (!run_runs_ahead(run)) {
        p.me.idle = rest;
        p.me.patience = patience;
        p.me.context = &p;
    }
    if (run->shared->reports)
        process_report(&p, &(struct report){.worker = -1});
    play_all(&p);
    process_close(&p);
}
