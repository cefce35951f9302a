/* A worker process: takes its orders one by one and plays them. It owns no clock and decides nothing. It may
 * host several workers; each is a state with an id, and orders carry the id. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/sched/types.h>

#include "sim/base/fail.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/pause.h"
#include "sim/runtime/worker/worker.h"

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
        waiter_progress(&h->me);
}

/* ---- the orders ---- */

static _Noreturn void push_diverged(const struct host *h, int worker, int64_t number,
                                    const struct tensor *tensor)
{
    host_speaks_first(h);
    die(EXIT_DIVERGED,
        "%s: training diverged: worker %d, push %" PRId64
        ": the gradient of %s is not finite; try a smaller learning rate",
        h->run->alg->name, worker, number, tensor->name);
}

static void encode(struct host *h, struct worker *w, int span, int64_t number)
{
    const struct run *run = h->run;
    struct draw_key draw = coding_key(run->cfg->experiment.seed, w->state.id, number);
    size_t first = fragments_first(run, number);
    const float *v = worker_vector(&w->state, run->protocol->push[span].vector) + first;
    float *residual = w->residual[span] ? w->residual[span] + first : NULL;
    int bad;
    if (!coding_encode(&run->push_coding, &draw, v, residual, h->scratch, h->coded, &bad))
        push_diverged(h, w->state.id, number, fragments_culprit(run, v, first, bad));
    if (residual)
        fragments_clear_tail(run, number, residual);
    if (h->told[span])
        coding_decode(&run->push_coding, &draw, h->coded, h->told[span]);
}

/* The algorithm learns what has been sent. */
static void tell(struct host *h, struct worker_state *part)
{
    const float *told[MAX_SPANS] = {NULL};
    for (int i = 0; i < h->run->protocol->push_spans; i++)
        told[i] = h->told[i] ? h->told[i] : worker_vector(part, h->run->protocol->push[i].vector);
    h->run->alg->sent(part, told);
}

/* The algorithm learns what is sent before the last of it leaves: then the PS may have it all, and another worker
 * the client's vectors. */
static void send_span(struct host *h, struct worker *w, struct worker_state *part, int span,
                      const struct message_layout *layout)
{
    const struct run *run = h->run;
    const struct span *what = &run->protocol->push[span];
    if (what->coded)
        encode(h, w, span, w->pushes);
    if (run->alg->sent && span + 1 == run->protocol->push_spans)
        tell(h, part);
    mail_span(&h->me, h->up, what->coded ? (const void *)h->coded : worker_vector(part, what->vector),
              layout->bytes[span]);
}

static void play_push(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    bool whole = fragments_complete(run, o->number);
    struct frame frame = {.worker = w->state.id,
                          .number = o->number,
                          .sized = o->number,
                          .loss = whole ? w->loss / (double)w->state.k : 0,
                          .version = w->version,
                          .hash = w->hash};
    struct worker_state part =
        fragments_worker(run, &w->state, fragments_first(run, o->number), run->fragments.each);
    struct message_layout layout = message_layout_of(&run->push_mail, o->number);
    part.exchange = fragments_exchange(run, o->number);
    if (run->alg->pack)
        run->alg->pack(&part);
    statistics_push(&w->stats, o->number);
    mail_frame(&h->me, h->up, &frame);
    for (int i = 0; i < run->protocol->push_spans; i++)
        send_span(h, w, &part, i, &layout);
    mail_span(&h->me, h->up, w->stats.own, run->stats * sizeof(float));
    mail_end(h->up);
    w->pushes++;
    if (!whole)
        return;
    w->state.k = 0;
    w->loss = 0;
}

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct host *h = context;
    const struct protocol *protocol = h->run->protocol;
    struct worker *w = h->now;
    size_t first = fragments_first(h->run, w->holds - 1);
    char *into = span == protocol->reply_spans ? (char *)w->stats.mean
                 : protocol->reply[span].coded
                     ? (char *)h->coded
                     : (char *)(worker_vector(&w->state, protocol->reply[span].into) + first);
    memcpy(into + offset, data, bytes);
    if (span < protocol->reply_spans && protocol->reply[span].coded &&
        offset + bytes == coding_bytes(&h->run->reply_coding, w->holds - 1)) {
        struct draw_key draw = coding_key(h->run->cfg->experiment.seed, CODING_SERVER, w->holds - 1);
        coding_decode(&h->run->reply_coding, &draw, h->coded,
                      worker_vector(&w->state, protocol->reply[span].into) + first);
    }
}

/* The newest reply, where the PS shows it; the one before is given up. */
static void take_shown(struct host *h, struct worker *w, int64_t number)
{
    const struct run *run = h->run;
    const struct span *span = &run->protocol->reply[0];
    float *shown = run->shared->vectors.reply[run->each ? w->state.id : 0][number % 2];
    float **into = worker_place(&w->state, span->into);
    if (!span->fixed) {
        vec_copy(*into, shown, run->n);
        return;
    }
    worker_free_vector(run, *into); /* zeros, before the first reply */
    *into = shown;
}

static struct frame receive_reply(struct host *h, const struct worker *w, int64_t number,
                                  const struct visitor *visitor)
{
    return inbox_receive(&h->replies, &h->me, h->run->each ? w->state.id : -1, number, visitor);
}

/* The replies before this one are given up. */
static void took_reply(const struct host *h, const struct worker *w, int64_t number)
{
    atomic_store(&h->run->shared->vectors.accepted[w->state.id].value, number + 1);
    if (h->run->shows)
        bell_ring(h->run->shared->server);
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

static void take_rates(struct worker_state *s, const struct rates *rates)
{
    s->rate = rates->rate;
    s->compensation = rates->compensation;
    s->update_rate = rates->update_rate;
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
        statistics_cancel(&w->stats);
    }
    statistics_accept(&w->stats, o->answers, o->served);
    take_rates(&w->state, &o->rates);
    if (run->alg->accept) {
        struct worker_state part =
            fragments_worker(run, &w->state, fragments_first(run, o->version - 1), run->fragments.each);
        part.exchange = fragments_exchange(run, o->version - 1);
        run->alg->accept(&part);
    }
    if (run->cfg->train.state_on_reset == STATE_ZERO)
        host_forget_steps(run, w);
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
    for (int i = 0; i < protocol->n_worker_vectors; i++)
        if (protocol->worker[i] == FROM_MODEL)
            vec_copy(s->vector[i], model, run->n);
        else
            memset(s->vector[i], 0, run->n * sizeof(float));
    statistics_fetch(&w->stats, model + run->n);
    host_forget_steps(run, w);
    for (int i = 0; i < MAX_SPANS; i++)
        if (w->residual[i])
            memset(w->residual[i], 0, run->n * sizeof(float));
    s->k = 0;
    w->loss = 0;
}

static void play_fetch(struct host *h, struct worker *w, const struct order *o)
{
    const struct run *run = h->run;
    begin_anew(run, w, run->shared->fetch.model[w->state.id]);
    atomic_store(&run->shared->fetch.taken[w->state.id].value, o->number + 1);
    bell_ring(run->shared->server);
    take_rates(&w->state, &o->rates);
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
    atomic_store(&h->run->shared->vectors.accepted[w->state.id].value, INT64_MAX);
    bell_ring(h->run->shared->server);
}

static void (*const play[ORDER_KINDS])(struct host *, struct worker *, const struct order *) = {
    [ORDER_STEP] = host_step, [ORDER_PUSH] = play_push,   [ORDER_ACCEPT] = play_accept,
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
           atomic_load(&h->run->shared->vectors.folded[o->worker].value) == worker_of(h, o)->pushes;
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
        return atomic_load(&h->run->shared->fetch.given[o->worker].value) > o->number;
    default:
        return true;
    }
}

static bool has_something_to_do(void *host)
{
    struct host *h = host;
    const struct order *o = next_order(h);
    return atomic_load(&h->run->shared->over) || pause_wanted(h->run) || (o && can_play(h, o));
}

static void play_next(struct host *h)
{
    struct order o = *next_order(h);
    ring_release(h->orders, 0);
    waiter_progress(&h->me);
    play[o.op](h, worker_of(h, &o), &o);
    atomic_fetch_add_explicit(&h->run->shared->played[h->process].value, 1, memory_order_relaxed);
}

static void play_all(struct host *h)
{
    const struct run *run = h->run;
    const struct keeper keeper = {host_keep, h, &run->shared->progress};
    for (;;) {
        waiter_wait(&h->me, has_something_to_do, h);
        if (atomic_load(&run->shared->over))
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
                        &(struct keeper){host_keep, &h, &run->shared->progress});
    workspace_on_ready(h.workspace, host_keeps_gradient(run), run->clip > 0 ? NULL : host_step_part, &h);
    if (run->shared->reports) {
        h.me.idle = rest;
        h.me.patience = patience;
        h.me.context = &h;
        host_report(&h, &(struct report){.worker = -1});
    }
    play_all(&h);
    host_close(&h);
}
