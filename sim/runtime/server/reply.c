/* The PS's replies: coding, messages, buffers. Also what a task must wait for before it is played: for
 * most tasks that is a reader of a reply.
 *
 *   coded            model --reply_encode--> code --ring--> workers
 *   copied           model --ring--> workers
 *   double-buffered  model --> buffer r % 2 in the shared segment --> workers */
#include <assert.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/server/server.h"

float *server_vector(struct server *s, int vector)
{
    return vector == THE_MODEL ? s->state.model : s->state.vector[vector];
}

/* ---- coding ---- */

/* The PS replaces its vector by the decoded code, which every receiver will have too, so that the PS and
 * the workers go on with equal bits. The residual (error feedback) belongs to the sequence of broadcasts;
 * unicast replies have no residual. Scattered replies are not coded. */
void reply_encode(struct server *s)
{
    const struct run *run = s->run;
    struct coding coding = run->layout.reply_coding;
    int64_t number = s->saved.version - 1, fragment = number % run->layout.fragments.count;
    int bad;
    struct draw_key draw = coding_key(run->cfg->experiment.seed, CODING_SERVER, number);
    coding.error_feedback = coding.error_feedback && run->protocol->answers == ANSWER_ALL;
    for (int i = 0; i < run->protocol->reply_spans; i++) {
        if (!run->protocol->reply[i].coded)
            continue;
        size_t place = fragments_place(run, number);
        float *v = server_vector(s, run->protocol->reply[i].vector) + place;
        float *residual = s->sums.residual[i] ? s->sums.residual[i] + place : NULL;
        if (s->sums.rate_of[i])
            coding_follow(residual, fragments_length(run, number), &s->sums.rate_of[i][fragment],
                          s->state.rate);
        if (!coding_encode(&coding, &draw, v, residual, s->sums.scratch, s->sums.coded_reply[i], &bad))
            die(EXIT_DIVERGED, "%s: training diverged: tensor %s of the reply is not finite", run->name,
                fragments_culprit(run, number, v, bad)->name);
        coding_decode(&coding, &draw, s->sums.coded_reply[i], v);
    }
}

/* ---- sending ---- */

/* The first n floats of the newest version's message that v has. */
static void write_floats(struct server *s, struct ring *ring, const float *v, size_t n)
{
    struct stretch part;
    for (size_t at = 0; at < n; at += part.n) {
        part = fragments_cut(s->run, s->saved.version - 1, at, n - at);
        mail_span(&s->me, ring, v + part.first, part.n * sizeof *v);
    }
}

static void write_reply(struct server *s, struct ring *ring, const struct frame *frame)
{
    const struct run *run = s->run;
    int64_t number = s->saved.version - 1;
    struct message_layout layout = message_layout_of(&run->layout.reply_on_ring, number);
    mail_frame(&s->me, ring, frame);
    for (int i = 0; i < run->protocol->reply_spans; i++) {
        const struct span *span = &run->protocol->reply[i];
        if (span->coded)
            mail_span(&s->me, ring, s->sums.coded_reply[i], layout.bytes[i]);
        else
            write_floats(s, ring, server_vector(s, span->vector), layout.bytes[i] / sizeof(float));
    }
    mail_span(&s->me, ring, s->sums.stats, run->stats * sizeof(float));
    mail_end(ring);
}

static void reply_to_one(struct server *s, int worker)
{
    const struct run *run = s->run;
    const struct reply_transfer *transfer = run->transfer.reply;
    vectors_meet_peer(run, worker, s);
    if (run->alg->reply)
        run->alg->reply(&s->state);
    if (transfer->encoding == ENCODED_BY_REPLY)
        reply_encode(s);
    if (run->alg->replied)
        run->alg->replied(&s->state);
    float *buffer = transfer->buffer(run, worker, s->of_worker[worker].replied);
    if (buffer)
        vec_copy(buffer, server_vector(s, run->protocol->reply[0].vector), run->n);
    write_reply(s, transfer->ring(run, worker),
                &(struct frame){
                    .worker = worker, .number = s->of_worker[worker].replied, .sized = s->saved.version - 1});
    s->of_worker[worker].replied++;
}

void reply_send(struct server *s, const struct task *t)
{
    if (t->worker >= 0) {
        assert(t->number == s->of_worker[t->worker].replied);
        reply_to_one(s, t->worker);
        return;
    }
    assert(t->number == s->saved.replies);
    write_reply(s, s->run->transfer.reply->ring(s->run, -1),
                &(struct frame){.worker = -1, .number = s->saved.replies++, .sized = s->saved.version - 1});
}

/* The model for a worker that rejoins after a crash. The PS also resets its peer vectors of this worker. */
void reply_fetch(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    const struct shared *shared = run->shared;
    float *model = vectors_shared(run, run->vectors.fetched, t->worker);
    vectors_start_again(run, OWNER_PEER, t->worker, s, s->state.model);
    vec_copy(model, s->state.model, run->n);
    vec_copy(model + run->n, s->sums.stats, run->stats);
    atomic_store(&shared->fetch.given[t->worker].value, t->number + 1);
    bell_notify(shared->process[t->worker % run->processes]);
}

/* ---- before a task ---- */

static void expect_all(struct server *s, int64_t reply)
{
    for (int i = 0; i < s->run->workers; i++)
        server_io_expect(s, i, reply);
}

/* An update that writes reply r into a buffer overwrites reply r - 2, so all workers must have accepted
 * reply r - 1. */
void server_expect(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    if (t->op == TASK_UPDATE && run->transfer.reply->update_buffer(run, s->saved.replies))
        expect_all(s, s->saved.replies - 1);
    else if (t->op == TASK_REPLY && t->worker < 0)
        expect_all(s, s->saved.replies);
    else if (t->op == TASK_REPLY)
        server_io_expect(s, t->worker, s->of_worker[t->worker].replied);
}

bool server_can(struct server *s, const struct task *t)
{
    const struct run *run = s->run;
    const struct reply_transfer *transfer = run->transfer.reply;
    switch (t->op) {
    case TASK_FOLD:
    case TASK_DROP:
        return inbox_has(&s->io.pushes[t->worker % run->processes], t->worker, t->number);
    case TASK_UPDATE:
        return !transfer->update_buffer(run, s->saved.replies) ||
               transfer->is_free(run, -1, s->saved.replies);
    case TASK_REPLY: /* a broadcast's buffer was filled by the update */
        return t->worker < 0 || transfer->is_free(run, t->worker, s->of_worker[t->worker].replied);
    case TASK_FETCH:
        return atomic_load(&run->shared->fetch.taken[t->worker].value) == t->number;
    case TASK_EVALUATE:
        return server_quality_can_begin(s);
    case TASK_END:
        return transfer_all_accepted(run, INT64_MAX); /* all workers have left */
    default:
        return true;
    }
}
