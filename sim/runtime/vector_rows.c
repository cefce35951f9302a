/* Makes the table of vectors (vectors.h): a new kind of vector is one row here. Protocol, codecs, transfer
 * and faults decide which rows a run has. */
#include "sim/runtime/vectors.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/runtime/server/server.h"
#include "sim/runtime/training.h"
#include "sim/runtime/worker/worker.h"

#define MOST_ROWS \
    (4 * MAX_VECTORS + 10 * MAX_SPANS + 2 * MAX_STATES + 16) /* more than vectors_prepare ever adds */

/* Offset of member number i of an array of pointers in a struct, in bytes. */
#define PLACE(type, member, i) (offsetof(type, member) + (size_t)(i) * sizeof(float *))
#define IN_WORKER(member, i)   PLACE(struct worker, member, i)
#define IN_PROCESS(member, i)  PLACE(struct process, member, i)
#define IN_SERVER(member, i)   PLACE(struct server, member, i)
#define SEEN_BY_WORKER(at)     .place = offsetof(struct worker, state) + (at), .view = (at)
#define SEEN_BY_SERVER(at)     .place = offsetof(struct server, state) + (at), .view = (at)
#define HIDDEN(at)             .place = (at), .view = NO_PLACE
#define ASKED_FOR              .place = NO_PLACE, .view = NO_PLACE

/* ---- the rows ---- */

static size_t content_bytes(const struct run *run, enum vector_content content)
{
    const struct fragments *f = &run->layout.fragments;
    return sizeof(float) * (content == CONTENT_STATISTICS ? run->stats
                            : content == CONTENT_RATES    ? (size_t)f->count
                                                          : f->room);
}

/* Adds a row. bytes = 0: the content gives the size. */
static int add(struct run *run, struct vector v)
{
    struct vectors *t = &run->vectors;
    assert(t->rows < MOST_ROWS);
    if (v.bytes == 0)
        v.bytes = content_bytes(run, v.content);
    if (v.storage == STORAGE_SHARED)
        v.block = t->blocks++;
    assert(t->blocks <= MOST_SHARED_ROWS);
    t->row[t->rows] = v;
    return t->rows++;
}

size_t vectors_view(int vector)
{
    return vector == THE_MODEL      ? offsetof(struct worker_state, model)
           : vector == THE_GRADIENT ? offsetof(struct worker_state, gradient)
           : vector == THE_STATE    ? offsetof(struct worker_state, state)
                                    : PLACE(struct worker_state, vector, vector);
}

/* A vector that the algorithm's callbacks see. vector: its number in the protocol. */
static void add_seen_by_worker(struct run *run, int vector, enum start start)
{
    const struct protocol *p = run->protocol;
    struct vector v = {OWNER_WORKER, .start = start, .checkpointed = true,
                       SEEN_BY_WORKER(vectors_view(vector))};
    bool buffered = run->transfer.reply->buffered, in_place = run->transfer.push->in_place;
    if (run_is_of_client(run, vector)) {
        v.owner = OWNER_CLIENT;
        v.storage = STORAGE_SHARED;
    } else if (buffered && p->reply[0].fixed && p->reply[0].into == vector) {
        v.storage = STORAGE_BORROWED;
    } else if (in_place && p->push[0].vector == vector) {
        v.storage = STORAGE_SHARED;
        run->vectors.pushed = run->vectors.rows;
    }
    add(run, v);
}

bool vectors_keep_gradient(const struct run *run)
{
    bool clips = training_clip(run, AT_WORKER) > 0; /* clipping needs the length of the whole gradient */
    return clips || protocol_pushes(run->protocol, THE_GRADIENT) || run->cfg->train.accumulate > 1;
}

bool vectors_store_gradients(const struct run *run)
{
    return vectors_keep_gradient(run) && run->cfg->train.accumulate == 1;
}

/* What error feedback keeps of a span, and, where the PS may drop the push, what it kept before. */
static void add_residual(struct run *run, int span)
{
    bool follows = run->layout.push_coding.follows_rate && run->protocol->push[span].gradient;
    for (int i = 0; i < 1 + run->protocol->drops_pushes; i++) {
        add(run,
            (struct vector){OWNER_WORKER, .checkpointed = true,
                            HIDDEN(i == 0 ? IN_WORKER(residual, span) : IN_WORKER(residual_before, span))});
        if (follows)
            add(run,
                (struct vector){OWNER_WORKER, CONTENT_RATES, .checkpointed = true,
                                HIDDEN(i == 0 ? IN_WORKER(rate_of, span) : IN_WORKER(rate_before, span))});
    }
}

static void add_workers(struct run *run)
{
    const struct protocol *p = run->protocol;
    add_seen_by_worker(run, THE_MODEL, FROM_MODEL);
    if (vectors_keep_gradient(run))
        add_seen_by_worker(run, THE_GRADIENT, FROM_ZERO);
    for (int i = 0; i < p->n_worker_vectors; i++)
        add_seen_by_worker(run, i, p->worker[i]);
    if (protocol_sends_state(p))
        add_seen_by_worker(run, THE_STATE, FROM_ZERO); /* state_of[0] points to it (open.c) */
    for (int i = protocol_sends_state(p); i < training_states(run, AT_WORKER); i++)
        add(run, (struct vector){OWNER_WORKER, .checkpointed = true, HIDDEN(IN_WORKER(state_of, i))});
    for (int i = 0; i < p->push_spans; i++)
        if (p->push[i].coded && run->layout.push_coding.error_feedback)
            add_residual(run, i);
}

/* Scratch for coding. One for each process is enough: a process plays one order at a time. */
static void add_processes(struct run *run)
{
    const struct protocol *p = run->protocol;
    size_t push = coding_most_bytes(&run->layout.push_coding),
           reply = coding_most_bytes(&run->layout.reply_coding);
    if (push || reply)
        add(run, (struct vector){OWNER_PROCESS, CONTENT_CODE, .bytes = push > reply ? push : reply,
                                 HIDDEN(IN_PROCESS(coded, 0))});
    if (coding_needs_scratch(&run->layout.push_coding))
        add(run, (struct vector){OWNER_PROCESS, HIDDEN(IN_PROCESS(scratch, 0))});
    if (run->layout.fragments.stretch && push) /* coding needs its floats side by side */
        add(run, (struct vector){OWNER_PROCESS, HIDDEN(IN_PROCESS(gathered, 0))});
    for (int i = 0; i < p->push_spans && run->alg->sent; i++)
        if (p->push[i].coded)
            add(run, (struct vector){OWNER_PROCESS, .uncounted = true, HIDDEN(IN_PROCESS(decoded, i))});
}

static float first_value(const struct run *run, int vector)
{
    return run->protocol->server[vector] == FROM_VALUE ? run->alg->first_value(run->params, vector) : 0;
}

static void add_server_seen(struct run *run)
{
    const struct protocol *p = run->protocol;
    add(run, (struct vector){OWNER_SERVER, .start = FROM_MODEL, .checkpointed = true, .restarted = true,
                             SEEN_BY_SERVER(offsetof(struct server_state, model))});
    for (int i = 0; i < p->push_spans; i++)
        add(run, (struct vector){OWNER_SERVER, .checkpointed = true,
                                 SEEN_BY_SERVER(PLACE(struct server_state, sum, i))});
    for (int i = 0; i < p->n_server_vectors; i++)
        add(run, (struct vector){OWNER_SERVER, .start = p->server[i], .value = first_value(run, i),
                                 .checkpointed = true, .restarted = true,
                                 SEEN_BY_SERVER(PLACE(struct server_state, vector, i))});
    for (int i = 0; i < training_states(run, AT_SERVER); i++)
        add(run, (struct vector){OWNER_SERVER, .checkpointed = true, .restarted = true,
                                 HIDDEN(IN_SERVER(sums.state_of, i))});
    for (int i = 0; i < p->n_peer_vectors; i++)
        add(run,
            (struct vector){OWNER_PEER, .start = p->peer[i], .checkpointed = true,
                            .place = IN_SERVER(sums.peer, i), .view = PLACE(struct server_state, peer, i)});
    if (p->has_amend)
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.amended, 0))});
}

/* BatchNorm's statistics: the mean, the statistics that make the mean, and the statistics of the push
 * being read. */
static void add_server_statistics(struct run *run)
{
    enum vector_owner owner = run->protocol->answers == ANSWER_EACH ? OWNER_PEER : OWNER_SERVER;
    add(run, (struct vector){OWNER_SERVER, CONTENT_STATISTICS, FROM_MODEL, .checkpointed = true,
                             .restarted = true, HIDDEN(IN_SERVER(sums.stats, 0))});
    add(run, (struct vector){owner, CONTENT_STATISTICS, .checkpointed = true,
                             HIDDEN(IN_SERVER(sums.stats_of, 0))});
    add(run, (struct vector){OWNER_SERVER, CONTENT_STATISTICS, HIDDEN(IN_SERVER(sums.stats_read, 0))});
}

static void add_server_coding(struct run *run)
{
    const struct protocol *p = run->protocol;
    size_t push = coding_most_bytes(&run->layout.push_coding),
           reply = coding_most_bytes(&run->layout.reply_coding);
    bool feedback = run->layout.reply_coding.error_feedback;
    if (run->layout.push_coding.codec) {
        add(run, (struct vector){OWNER_SERVER, CONTENT_CODE, .bytes = push,
                                 HIDDEN(IN_SERVER(sums.coded_push, 0))});
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.decoded, 0))});
    }
    if (coding_needs_scratch(&run->layout.reply_coding))
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.scratch, 0))});
    for (int i = 0; i < p->reply_spans; i++) {
        if (!p->reply[i].coded)
            continue;
        add(run, (struct vector){OWNER_SERVER, CONTENT_CODE, .bytes = reply, .checkpointed = true,
                                 HIDDEN(IN_SERVER(sums.coded_reply, i))});
        if (!feedback || p->answers == ANSWER_EACH)
            continue;
        add(run, (struct vector){OWNER_SERVER, .checkpointed = true, .restarted = true,
                                 HIDDEN(IN_SERVER(sums.residual, i))});
        if (run->layout.reply_coding.follows_rate && p->reply[i].gradient)
            add(run, (struct vector){OWNER_SERVER, CONTENT_RATES, .checkpointed = true, .restarted = true,
                                     HIDDEN(IN_SERVER(sums.rate_of, i))});
    }
}

/* Vectors in the shared segment without a pointer in any struct. */
static void add_shared(struct run *run)
{
    struct vectors *t = &run->vectors;
    enum vector_owner reader = run->transfer.reply->unicast ? OWNER_PEER : OWNER_SERVER;
    for (int i = 0; i < 2 && run->transfer.reply->buffered; i++)
        t->reply[i] =
            add(run, (struct vector){reader, .storage = STORAGE_SHARED, .checkpointed = true, ASKED_FOR});
    if (faults_can_crash(&run->conductor.faults))
        t->fetched =
            add(run, (struct vector){OWNER_PEER, .storage = STORAGE_SHARED, .checkpointed = true,
                                     .bytes = message_layout_bytes(&run->layout.snapshot), ASKED_FOR});
    if (run->measures > 0)
        t->measured = add(run, (struct vector){OWNER_SERVER, CONTENT_STATISTICS, .storage = STORAGE_SHARED,
                                               .checkpointed = true, ASKED_FOR});
    if (run->conductor.compares)
        t->compared = add(
            run, (struct vector){OWNER_SERVER, .storage = STORAGE_SHARED, .checkpointed = true, ASKED_FOR});
}

void vectors_prepare(struct run *run)
{
    run->vectors = (struct vectors){.row = need(MOST_ROWS * sizeof *run->vectors.row),
                                    .pushed = -1,
                                    .reply = {-1, -1},
                                    .fetched = -1,
                                    .measured = -1,
                                    .compared = -1};
    add_workers(run);
    add_processes(run);
    add_server_seen(run);
    add_server_statistics(run);
    add_server_coding(run);
    add_shared(run);
}

void vectors_release(struct run *run)
{
    free(run->vectors.row);
}
