/* The PS's numbers: pushes into sums, sums into the next model, the model into a reply. What lies in shared memory is
 * gone over in pieces, each from the first addend to the finished reply while it is in the cache. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/run/server.h"

/* ---- set-up ---- */

static void open_state(struct server *s)
{
    const struct run *run = s->run;
    const struct protocol *protocol = run->protocol;
    s->state = (struct server_state){.workers = run->workers, .params = run->params, .n = run->n};
    s->state.model = vec_create(run->n, run->first_params);
    for (int i = 0; i < protocol->push_spans; i++)
        s->state.sum[i] = vec_create(run->n, NULL);
    for (int i = 0; i < protocol->servers_own; i++)
        s->state.vector[i] = vec_create(run->n, protocol->server[i] == FROM_MODEL ? run->first_params : NULL);
    s->stats = vec_create(run->stats, run->first_stats);
    s->stats_of = vec_create(run->stats * (size_t)run->workers, NULL);
    s->loss = need((size_t)run->workers * sizeof *s->loss);
    s->lent = need((size_t)run->workers * sizeof *s->lent);
    s->hash[0] = vec_hash(s->state.model, run->n);
}

static void open_coding(struct server *s)
{
    const struct run *run = s->run;
    if (!run->coding.codec)
        return;
    s->coded_push = need(coding_bytes(&run->coding));
    s->decoded = vec_create(run->n, NULL);
    if (run->coding.error_feedback)
        s->scratch = vec_create(run->n, NULL);
    for (int i = 0; i < run->protocol->reply_spans; i++)
        if (run->protocol->reply[i].coded) {
            s->coded_reply[i] = need(coding_bytes(&run->coding));
            s->residual[i] = run->coding.error_feedback ? vec_create(run->n, NULL) : NULL;
        }
}

void numbers_open(struct server *s)
{
    open_state(s);
    open_coding(s);
}

static float *vector_of(struct server *s, int vector)
{
    return vector == THE_MODEL ? s->state.model : s->state.vector[vector];
}

/* ---- pushes ---- */

/* The first of its round begins the sum. */
static void add(float *sum, bool first, float weight, const float *v, size_t n)
{
    if (first) {
        vec_copy(sum, v, n);
        if (weight != 1)
            vec_scale(sum, weight, n);
    } else if (weight != 1) {
        vec_add_scaled(sum, weight, v, n);
    } else {
        vec_add(sum, v, n);
    }
}

static void fold_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct server *s = context;
    const struct run *run = s->run;
    bool first = s->state.pushes == 0;
    float weight = s->folding->weight;
    if (span == run->protocol->push_spans) {
        memcpy((char *)(s->stats_of + (size_t)s->folding->worker * run->stats) + offset, data, bytes);
    } else if (!run->protocol->push[span].coded) {
        /* straight out of the ring */
        add((float *)((char *)s->state.sum[span] + offset), first, weight, data, bytes / sizeof(float));
    } else {
        memcpy(s->coded_push + offset, data, bytes);
        if (offset + bytes < run->push.bytes[span])
            return;
        coding_decode(&run->coding, s->coded_push, s->decoded);
        add(s->state.sum[span], first, weight, s->decoded, run->n);
    }
}

/* A worker says which bits its replica has; the PS knows which it should have. */
void numbers_compare(struct server *s, const struct frame *f)
{
    if (f->version >= 0 && f->hash != s->hash[f->version % HASHES])
        s->replicas_differ = true;
}

/* Piece `first` .. of all pushes that wait where they were lent. */
static void add_lent(struct server *s, size_t first, size_t n)
{
    int before = s->state.pushes - s->lents;
    for (int i = 0; i < s->lents; i++) {
        const struct addend *a = &s->lent[i];
        add(s->state.sum[0] + first, before + i == 0, a->weight, a->v + first, n);
    }
}

static void give_back(struct server *s)
{
    for (int i = 0; i < s->lents; i++) {
        int worker = s->lent[i].worker;
        atomic_fetch_add(&s->run->stage->vectors.folded[worker].value, 1);
        bell_ring(s->run->stage->process[worker]);
    }
    s->lents = 0;
}

static size_t piece_at(const struct server *s, size_t first)
{
    return s->run->n - first < VEC_PIECE ? s->run->n - first : VEC_PIECE;
}

/* The next push is there already, or the round is complete: then one pass will do for this one and that. */
static bool better_together(const struct server *s)
{
    const struct task *next = fifo_front(&s->tasks);
    return next && (next->op == TASK_UPDATE ||
                    (next->op == TASK_FOLD && inbox_has_some(&s->pushes[next->worker % s->run->processes])));
}

static void fold_lent(struct server *s, const struct task *t)
{
    s->lent[s->lents++] = (struct addend){t->worker, s->run->stage->vectors.lent[t->worker], t->weight};
    if (better_together(s))
        return;
    for (size_t i = 0; i < s->run->n; i += VEC_PIECE)
        add_lent(s, i, piece_at(s, i));
    give_back(s);
}

void numbers_fold(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    s->folding = t;
    struct frame f = inbox_receive(&s->pushes[t->worker % run->processes], &s->me, t->worker, t->number,
                                   &(struct visitor){fold_piece, s});
    s->state.pushes++;
    if (run->lends)
        fold_lent(s, t);
    s->loss[t->worker] = f.loss;
    s->loss_sum += f.loss * (double)t->k;
    s->loss_iterations += t->k;
    numbers_compare(s, &f);
}

/* ---- update and reply ---- */

static void mean_stats(struct server *s)
{
    size_t n = s->run->stats;
    vec_copy(s->stats, s->stats_of, n);
    for (int i = 1; i < s->run->workers; i++)
        vec_add(s->stats, s->stats_of + (size_t)i * n, n);
    vec_scale(s->stats, 1.0f / (float)s->run->workers, n);
}

/* What is sent coded is replaced by what every receiver will decode. */
static void encode_reply(struct server *s, int64_t version)
{
    const struct run *run = s->run;
    struct draw_key draw = {(uint64_t)run->cfg->experiment.seed, DRAW_CODEC, -1, (uint64_t)version, 0};
    int bad;
    for (int i = 0; i < run->protocol->reply_spans; i++) {
        if (!run->protocol->reply[i].coded)
            continue;
        float *v = vector_of(s, run->protocol->reply[i].vector);
        if (!coding_encode(&run->coding, &draw, v, s->residual[i], s->scratch, s->coded_reply[i], &bad))
            die(EXIT_DIVERGED, "%s: training diverged: tensor %s of the reply is not finite", run->alg->name,
                model_tensor(run->model, bad)->name);
        coding_decode(&run->coding, s->coded_reply[i], v);
    }
}

/* Nobody reads the reply before the last one any more. */
static bool reply_is_free(void *context)
{
    const struct server *s = context;
    for (int i = 0; i < s->run->workers; i++)
        if (atomic_load(&s->run->stage->vectors.accepted[i].value) < s->replies)
            return false;
    return true;
}

static struct server_state part_of(const struct server *s, size_t first)
{
    struct server_state part = s->state;
    part.n = piece_at(s, first);
    part.model += first;
    for (int i = 0; i < s->run->protocol->push_spans; i++)
        part.sum[i] += first;
    for (int i = 0; i < s->run->protocol->servers_own; i++)
        part.vector[i] += first;
    return part;
}

/* All of the update for one piece, and the reply of it if that is shown. */
static void update_piece(struct server *s, size_t first)
{
    const struct algorithm *alg = s->run->alg;
    struct server_state part = part_of(s, first);
    add_lent(s, first, part.n);
    alg->combine(&part);
    if (!s->run->shows)
        return;
    if (alg->apply)
        alg->apply(&part);
    vec_copy(s->run->stage->vectors.reply[s->replies % 2] + first,
             vector_of(s, s->run->protocol->reply[0].vector) + first, part.n);
}

void numbers_update(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    s->state.rate = t->rate;
    if (run->shows)
        party_wait(&s->me, reply_is_free, s);
    for (size_t i = 0; i < run->n; i += VEC_PIECE)
        update_piece(s, i);
    give_back(s);
    mean_stats(s);
    if (!run->shows) {
        encode_reply(s, t->number);
        if (run->alg->apply)
            run->alg->apply(&s->state);
    }
    s->state.pushes = 0;
    if (run->protocol->replica != NO_REPLICA)
        s->hash[t->number % HASHES] = vec_hash(s->state.model, run->n);
    party_progress(&s->me);
}

void numbers_reply(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    struct ring *down = run->stage->down;
    assert(t->number == s->replies);
    s->replies++;
    mail_frame(&s->me, down, &(struct frame){.worker = -1, .number = t->number});
    for (int i = 0; i < run->protocol->reply_spans; i++) {
        const struct span *span = &run->protocol->reply[i];
        const void *data = span->coded ? (const void *)s->coded_reply[i] : vector_of(s, span->vector);
        mail_span(&s->me, down, data, run->reply_mail.bytes[i]);
    }
    mail_span(&s->me, down, s->stats, run->stats * sizeof(float));
    mail_end(down);
}
