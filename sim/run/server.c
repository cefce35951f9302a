/* The PS's process: the conductor writes the score a little ahead, the server plays its own part of it. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/output/parameters.h"
#include "sim/run/server.h"

/* How far the conductor runs ahead, in tasks of the PS: two rounds (a push and a row for each worker), so
 * that every worker always has something to do while the numbers of the round before are still being made. */
static size_t window(const struct run *run)
{
    return 4 * (size_t)run->workers + 8;
}

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

static void open_summary(struct server *s)
{
    const struct run *run = s->run;
    struct summary *sum = &s->summary;
    snprintf(sum->algorithm, sizeof sum->algorithm, "%s", run->alg->name);
    snprintf(sum->model, sizeof sum->model, "%s", model_name(run->model));
    snprintf(sum->dataset, sizeof sum->dataset, "%s", run->data->name);
    sum->synthetic = run->data->synthetic;
    sum->workers = run->workers;
    sum->seed = run->cfg->experiment.seed;
    sum->target_ns = -1;
    sum->test_accuracy = sum->test_loss = sum->train_loss = NAN;
    /* W_0, before the clock starts: in full precision, whatever the algorithm's replies carry */
    sum->bytes_initial = (int64_t)(WIRE_HEADER + parcel_bytes(&run->snapshot)) * run->workers;
}

static float *vector_of(struct server *s, int vector)
{
    return vector == THE_MODEL ? s->state.model : s->state.vector[vector];
}

/* ---- pushes ---- */

static void add(struct server *s, int span, size_t offset, const float *v, size_t n)
{
    float *sum = s->state.sum[span] + offset, weight = s->folding->weight;
    if (s->state.pushes == 0) { /* the first of its round */
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
    if (span == run->protocol->push_spans) {
        memcpy((char *)(s->stats_of + (size_t)s->folding->worker * run->stats) + offset, data, bytes);
    } else if (!run->protocol->push[span].coded) {
        add(s, span, offset / sizeof(float), data, bytes / sizeof(float)); /* straight out of the ring */
    } else {
        memcpy(s->coded_push + offset, data, bytes);
        if (offset + bytes < run->push.bytes[span])
            return;
        coding_decode(&run->coding, s->coded_push, s->decoded);
        add(s, span, 0, s->decoded, run->n);
    }
}

/* A worker says which bits its replica has; the PS knows which it should have. */
static void compare_replica(struct server *s, const struct frame *f)
{
    if (f->version >= 0 && f->hash != s->hash[f->version % HASHES])
        s->replicas_differ = true;
}

static void play_fold(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    s->folding = t;
    struct frame f = inbox_receive(&s->pushes[t->worker % run->processes], &s->me, t->worker, t->number,
                                   &(struct visitor){fold_piece, s});
    if (run->lends && !f.bare) {
        add(s, 0, 0, run->stage->vectors.lent[t->worker], run->n);
        atomic_fetch_add(&run->stage->vectors.folded[t->worker].value, 1);
        bell_ring(run->stage->process[t->worker]);
    }
    s->state.pushes++;
    s->loss[t->worker] = f.loss;
    s->loss_sum += f.loss * (double)t->k;
    s->loss_iterations += t->k;
    compare_replica(s, &f);
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

static void play_update(struct server *s, const struct task *t)
{
    const struct algorithm *alg = s->run->alg;
    s->state.rate = t->rate;
    alg->combine(&s->state);
    mean_stats(s);
    encode_reply(s, t->number);
    if (alg->apply)
        alg->apply(&s->state);
    s->state.pushes = 0;
    if (s->run->protocol->replica != NO_REPLICA)
        s->hash[t->number % HASHES] = vec_hash(s->state.model, s->run->n);
    party_progress(&s->me);
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

static void show_reply(struct server *s)
{
    const struct run *run = s->run;
    party_wait(&s->me, reply_is_free, s);
    vec_copy(run->stage->vectors.reply[s->replies % 2], vector_of(s, run->protocol->reply[0].vector), run->n);
}

static void play_reply(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    struct ring *down = run->stage->down;
    assert(t->number == s->replies);
    if (run->shows)
        show_reply(s);
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

/* ---- results ---- */

static void play_row(struct server *s, const struct task *t)
{
    struct push_row row = t->row;
    row.train_loss = s->loss[row.worker];
    metrics_push(s->metrics, &row);
}

static void play_evaluate(struct server *s, const struct task *t)
{
    struct eval_row row = t->eval;
    row.train_loss = s->loss_iterations ? s->loss_sum / (double)s->loss_iterations : NAN;
    s->loss_sum = 0;
    s->loss_iterations = 0;
    desk_snapshot(s, &row);
}

static void farewells(struct server *s)
{
    for (int i = 0; i < s->run->workers; i++) {
        struct frame f = inbox_receive(&s->pushes[i % s->run->processes], &s->me, i, FAREWELL,
                                       &(struct visitor){fold_piece, s});
        compare_replica(s, &f);
    }
}

static void play_end(struct server *s, const struct task *t)
{
    struct summary *sum = &s->summary;
    const struct totals *all = &t->totals;
    farewells(s);
    desk_last_scores(s);
    sum->rounds = all->rounds;
    sum->iterations = all->iterations;
    sum->epochs = (double)all->iterations / s->run->conductor.iterations_per_epoch;
    sum->virtual_ns = all->virtual_ns;
    sum->bytes_up = all->bytes_up;
    sum->bytes_down = all->bytes_down;
    sum->pushes = all->pushes;
    sum->replies = all->replies * s->run->workers;
    sum->compute_ns = all->compute;
    sum->communication_ns = all->communication;
    sum->waiting_ns = all->waiting;
    sum->wasted_iterations = all->wasted;
    sum->parameters_hash = vec_hash(s->state.model, s->run->n);
    sum->replicas_equal = s->run->protocol->replica == NO_REPLICA ? REPLICAS_NONE
                          : s->replicas_differ                    ? REPLICAS_DIFFER
                                                                  : REPLICAS_EQUAL;
    snprintf(sum->status, sizeof sum->status, "done");
    s->over = true;
}

static void (*const play[TASK_KINDS])(struct server *, const struct task *) = {
    [TASK_FOLD] = play_fold, [TASK_UPDATE] = play_update,     [TASK_REPLY] = play_reply,
    [TASK_ROW] = play_row,   [TASK_EVALUATE] = play_evaluate, [TASK_END] = play_end,
};

/* ---- the main loop ---- */

static struct task next_task(struct server *s)
{
    struct task t;
    while (s->tasks.count < window(s->run) && conductor_advance(s->conductor))
        ;
    desk_turn(s);
    bool there = fifo_take(&s->tasks, &t);
    assert(there);
    (void)there;
    return t;
}

void server_run(const struct run *run)
{
    struct server *s = need(sizeof *s);
    s->run = run;
    s->metrics = metrics_create(run->folder);
    desk_open(s);
    open_state(s);
    open_coding(s);
    open_summary(s);
    s->conductor = conductor_create(&run->conductor, &(struct score){desk_order, desk_task, s});
    while (!s->over) {
        struct task t = next_task(s);
        play[t.op](s, &t);
    }
    parameters_save(run->model, s->state.model, s->stats, run->folder);
    run->stage->summary = s->summary;
    metrics_close(s->metrics);
    conductor_destroy(s->conductor);
    desk_close(s);
    free(s);
}
