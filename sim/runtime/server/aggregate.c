/* The PS's data plane: adds pushes up, and makes the next model of the sums.
 *
 *   ring --> fold_piece --> amend --> sum[] --> mean --> optimiser --> combine --> model --> apply --> reply
 *   zero-copy push, which waits ----^                                                                (reply.c)
 *
 * Vectors are processed in pieces of 32 KB, each from the first addend to the finished reply, while the
 * piece is in the cache. So a zero-copy push waits, where it can, for the other pushes of its round, and one
 * pass adds up all of them, some at a time (vec_sum). The sum is the same to the bit, since every element
 * adds the pushes in the order of their tasks. Clipping needs the length of the whole mean, so it has a pass
 * of its own before that. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/server/server.h"
#include "sim/runtime/training.h"

/* ---- set-up ---- */

/* Where an update may have only one push, the mean of BatchNorm's statistics needs the last statistics of
 * every worker. */
static bool keeps_statistics_of_each(const struct run *run)
{
    return run->protocol->answers == ANSWER_EACH;
}

void aggregate_open(struct server *s)
{
    const struct run *run = s->run;
    size_t workers = (size_t)run->workers;
    s->state = (struct server_state){.workers = run->workers,
                                     .clients = (int)run_clients(run->cfg),
                                     .params = run->params,
                                     .n = run->n,
                                     .setup = &run->setup};
    vectors_open(run, OWNER_SERVER, 0, s);
    vectors_open(run, OWNER_PEER, 0, s);
    s->of_worker = need(workers * sizeof *s->of_worker);
    s->sums.waiting = need(workers * sizeof *s->sums.waiting);
    s->results.losses = need(workers * sizeof *s->results.losses);
    for (size_t i = 0; i < workers; i++)
        fifo_init(&s->results.losses[i], sizeof(struct loss));
    s->saved.hash[0] = vec_hash(s->state.model, run->n);
}

void aggregate_close(struct server *s)
{
    vectors_close(s->run, OWNER_SERVER, s);
    vectors_close(s->run, OWNER_PEER, s);
    free(s->of_worker);
    for (int i = 0; i < s->run->workers; i++)
        fifo_free(&s->results.losses[i]);
    free(s->results.losses);
    free(s->sums.waiting);
}

/* ---- pushes ---- */

enum { TOGETHER = 16 }; /* pushes in one call of vec_sum: a multiple of what it reads at once */

/* The first push of an update overwrites the sum. */
static void add_to(float *sum, bool first, float weight, const float *v, size_t n)
{
    vec_sum(sum, !first, &v, &weight, 1, n);
}

/* Adds floats at .. at + n - 1 of a span of a push. v: these floats. */
static void add(struct server *s, const struct addend *a, int span, size_t at, const float *v, size_t n)
{
    if (s->run->protocol->has_amend && span == 0) {
        vectors_meet_peer(s->run, a->worker, s);
        struct server_state part = fragments_server(s->run, &s->state, at, n);
        vec_copy(s->sums.amended + at, v, n);
        v = s->sums.amended + at;
        s->run->alg->amend(&part, s->sums.amended + at);
    }
    add_to(s->state.sum[span] + at, a->first, a->weight, v, n);
}

/* Float number `at` of the push that is being read, and the next ones. */
static void add_floats(struct server *s, int span, size_t at, const float *v, size_t n)
{
    struct stretch to;
    for (size_t end = at + n; at < end; at += to.n, v += to.n) {
        to = fragments_cut(s->run, s->sums.folding.number, at, end - at);
        add(s, &s->sums.folding, span, to.first, v, to.n);
    }
}

/* BatchNorm's statistics of a push. An algorithm's weight is for gradients, and is not used here, unless
 * the algorithm weights whole models. The statistics are copied first: in a letter they follow a coded
 * span, so they may lie at any address, not aligned. */
static void fold_stats(struct server *s, size_t at, const void *data, size_t bytes)
{
    const struct run *run = s->run;
    const struct addend *a = &s->sums.folding;
    bool each = keeps_statistics_of_each(run);
    float *v = (each ? s->sums.stats_of + (size_t)a->worker * run->stats : s->sums.stats_read) + at;
    memcpy(v, data, bytes);
    if (!each)
        add_to(s->sums.stats_of + at, a->first, run->protocol->weighs_models ? a->weight : 1, v,
               bytes / sizeof(float));
}

static void fold_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct server *s = context;
    const struct run *run = s->run;
    int64_t number = s->sums.folding.number;
    if (span == run->protocol->push_spans) {
        fold_stats(s, offset / sizeof(float), data, bytes);
    } else if (!run->protocol->push[span].coded) { /* straight out of the ring */
        add_floats(s, span, offset / sizeof(float), data, bytes / sizeof(float));
    } else {
        memcpy(s->sums.coded_push + offset, data, bytes);
        if (offset + bytes < coding_bytes(&run->layout.push_coding, number))
            return;
        struct draw_key draw = coding_key(run->cfg->experiment.seed, s->sums.folding.worker, number);
        coding_decode(&run->layout.push_coding, &draw, s->sums.coded_push, s->sums.decoded);
        fragments_clear_tail(run, number, s->sums.decoded);
        add_floats(s, span, 0, s->sums.decoded, fragments_length(run, number));
    }
}

/* A worker's frame has the hash of its replica. The PS compares it with the hash of its model of the same
 * version, unless that version is older than HASHES. */
void aggregate_compare(struct server *s, const struct frame *f)
{
    if (f->version >= 0 && f->version > s->saved.version - HASHES &&
        f->hash != s->saved.hash[f->version % HASHES])
        s->saved.replicas_differ = true;
}

/* Floats at .. at + n - 1 of zero-copy push i of those that wait. */
static const float *waiting_piece(const struct server *s, int i, size_t at)
{
    return s->run->transfer.push->vector(s->run, s->sums.waiting[i].worker) + at;
}

/* Adds up some pushes that wait, as they are. */
static void add_together(struct server *s, int first, int count, size_t at, size_t n)
{
    const struct addend *a = &s->sums.waiting[first];
    const float *v[TOGETHER];
    float weight[TOGETHER];
    for (int i = 0; i < count; i++) {
        v[i] = waiting_piece(s, first + i, at);
        weight[i] = a[i].weight;
    }
    vec_sum(s->state.sum[0] + at, !a->first, v, weight, count, n);
}

/* Adds floats at .. at + n - 1 of all zero-copy pushes that wait. */
static void add_waiting(struct server *s, size_t at, size_t n)
{
    int count = s->sums.waitings;
    if (s->run->protocol->has_amend)
        for (int i = 0; i < count; i++)
            add(s, &s->sums.waiting[i], 0, at, waiting_piece(s, i, at), n);
    else
        for (int i = 0; i < count; i += TOGETHER)
            add_together(s, i, count - i < TOGETHER ? count - i : TOGETHER, at, n);
}

static void give_back(struct server *s)
{
    for (int i = 0; i < s->sums.waitings; i++)
        s->run->transfer.push->give_back(s->run, s->sums.waiting[i].worker);
    s->sums.waitings = 0;
}

static size_t piece_at(size_t at, size_t end)
{
    return end - at < VEC_PIECE ? end - at : VEC_PIECE;
}

/* Whether this push should wait: the next push has come already, or the next task is the update. Then one
 * pass adds up both. */
static bool better_together(const struct server *s)
{
    const struct task *next = fifo_front(&s->io.tasks);
    return next &&
           (next->op == TASK_UPDATE ||
            (next->op == TASK_FOLD && inbox_has_some(&s->io.pushes[next->worker % s->run->processes])));
}

void aggregate_settle(struct server *s)
{
    for (size_t i = 0; s->sums.waitings && i < s->run->n; i += VEC_PIECE)
        add_waiting(s, i, piece_at(i, s->run->n));
    give_back(s);
}

/* The vector of a zero-copy push lies where its worker computed it. It waits there for other pushes, and
 * is added up together with them. */
static void let_wait(struct server *s)
{
    s->sums.waiting[s->sums.waitings++] = s->sums.folding;
    if (!better_together(s))
        aggregate_settle(s);
}

/* Keeps the losses of a worker in the order of its pushes, which is the order of rows. Tasks may come in
 * another order: a push that was lost for good is read before pushes that the PS holds. */
static void note_loss(struct server *s, const struct task *t, double value)
{
    struct fifo *losses = &s->results.losses[t->worker];
    const struct loss loss = {t->number, value};
    fifo_put(losses, &loss);
    for (size_t i = losses->count - 1; i > 0; i--) {
        struct loss *before = fifo_at(losses, i - 1), *here = fifo_at(losses, i);
        if (before->number < loss.number)
            break;
        *here = *before;
        *before = loss;
    }
}

/* Training has diverged in the worker while the run was to rest (run_rests()). */
static void check_push(const struct server *s, const struct task *t)
{
    int64_t first = atomic_load(&s->run->shared->unsound[t->worker].value);
    if (first > 0 && t->number + 1 >= first && waiter_first_to_fail(&s->me))
        die(EXIT_DIVERGED,
            "%s: training diverged: the loss or the gradient of worker %d, push %" PRId64
            " is not finite; try a smaller learning rate",
            s->run->name, t->worker, t->number);
}

void aggregate_drop(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    struct frame f =
        inbox_receive(&s->io.pushes[t->worker % run->processes], &s->me, t->worker, t->number, &mail_ignored);
    run->transfer.push->give_back(run, t->worker);
    check_push(s, t);
    note_loss(s, t, f.loss);
}

void aggregate_fold(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    s->sums.folding = (struct addend){t->worker, t->number, s->state.pushes == 0, t->weight};
    struct frame f = inbox_receive(&s->io.pushes[t->worker % run->processes], &s->me, t->worker, t->number,
                                   &(struct visitor){fold_piece, s});
    check_push(s, t);
    s->state.pushes++;
    s->state.weight += t->weight;
    s->state.work += t->weight * (run->alg->work ? run->alg->work(&run->setup, t->k) : (double)t->k);
    if (run->transfer.push->vector(run, t->worker))
        let_wait(s);
    note_loss(s, t, f.loss);
    s->saved.loss_sum += f.loss * (double)t->k;
    s->saved.loss_iterations += t->k;
    s->saved.iterations += t->k;
    s->of_worker[t->worker].presence = HAS_PUSHED;
    aggregate_compare(s, &f);
}

/* ---- update ---- */

/* The mean of BatchNorm's statistics. ANSWER_ALL: over the pushes of this update. ANSWER_EACH, where an
 * update may have one push: over the last statistics of all workers that are not down and have pushed.
 * Neither mean has first values, which come from no batch. */
static void mean_stats(struct server *s)
{
    const struct run *run = s->run;
    size_t n = run->stats;
    int there = 0;
    if (!keeps_statistics_of_each(run)) {
        vec_copy(s->sums.stats, s->sums.stats_of, n);
        vec_scale(s->sums.stats,
                  1.0f / (run->protocol->weighs_models ? s->state.weight : (float)s->state.pushes), n);
        return;
    }
    for (int i = 0; i < run->workers; i++)
        if (s->of_worker[i].presence == HAS_PUSHED)
            add_to(s->sums.stats, there++ == 0, 1, s->sums.stats_of + (size_t)i * n, n);
    vec_scale(s->sums.stats, 1.0f / (float)there, n);
}

static void mean_piece(struct server *s, size_t first, size_t n)
{
    add_waiting(s, first, n);
    if (s->run->alg->mean) {
        struct server_state part = fragments_server(s->run, &s->state, first, n);
        s->run->alg->mean(&part);
    }
}

static void clip_mean(struct server *s)
{
    size_t n = s->run->n;
    for (size_t i = 0; i < n; i += VEC_PIECE)
        mean_piece(s, i, piece_at(i, n));
    optimizer_clip(training_clip(s->run, AT_SERVER), s->state.sum[0], n);
}

static bool replies_model(const struct run *run)
{
    return run->protocol->reply[0].vector == THE_MODEL;
}

/* false, too: the model is in this buffer already, as after an update without a reply. */
static bool moves_model(const struct server *s, const float *buffer)
{
    return buffer && replies_model(s->run) && s->state.model != buffer;
}

/* The whole update for one piece. buffer: where the reply is made, or NULL. A reply that is the model itself
 * is not copied: the update goes from the model to the buffer, which is the model from then on. */
static void update_piece(struct server *s, size_t first, size_t n, float *buffer)
{
    const struct run *run = s->run;
    struct server_state part = fragments_server(run, &s->state, first, n);
    if (moves_model(s, buffer)) {
        vec_copy(buffer + first, part.model, n);
        part.model = buffer + first;
    }
    if (training_clip(run, AT_SERVER) == 0)
        mean_piece(s, first, n);
    if (training_turns(run, AT_SERVER))
        training_turn(run, s->saved.steps,
                      &(struct piece){first, n, part.model, part.sum[0], s->sums.state_of});
    run->alg->combine(&part);
    if (run->applies_by_piece)
        run->alg->apply(&part);
    if (buffer && !replies_model(run))
        vec_copy(buffer + first, server_vector(s, run->protocol->reply[0].vector) + first, n);
}

static void update_pieces(struct server *s, int64_t message, float *buffer)
{
    struct stretch piece;
    for (size_t at = 0, end = fragments_floats(s->run, message); at < end; at += piece.n) {
        piece = fragments_cut(s->run, message, at, piece_at(at, end));
        update_piece(s, piece.first, piece.n, buffer);
    }
}

void aggregate_update(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    s->state.rate = t->rate;
    s->state.progress = t->progress;
    s->saved.version = t->number;
    s->state.exchange = fragments_exchange(run, t->number - 1);
    s->state.dense = fragments_dense(run, t->number - 1);
    float *buffer = run->transfer.reply->update_buffer(run, s->saved.replies);
    s->saved.steps++;
    if (training_clip(run, AT_SERVER) > 0)
        clip_mean(s);
    update_pieces(s, t->number - 1, buffer);
    if (moves_model(s, buffer)) {
        vectors_free(run, s->state.model); /* where it began, if it has not moved before */
        s->state.model = buffer;
    }
    give_back(s);
    mean_stats(s);
    if (run->transfer.reply->encoding == ENCODED_BY_UPDATE)
        reply_encode(s);
    if (run->alg->apply && !run->applies_by_piece) {
        struct server_state part = fragments_server(run, &s->state, fragments_place(run, t->number - 1),
                                                    fragments_length(run, t->number - 1));
        run->alg->apply(&part);
    }
    s->state.pushes = 0;
    s->state.weight = 0;
    s->state.work = 0;
    if (run->protocol->replica != NO_REPLICA)
        s->saved.hash[t->number % HASHES] = vec_hash(s->state.model, run->n);
    waiter_progress(&s->me);
}
