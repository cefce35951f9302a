#include "sim/runtime/vectors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/server/server.h"
#include "sim/runtime/worker/worker.h"

#define MOST_ROWS \
    (4 * MAX_VECTORS + 6 * MAX_SPANS + MAX_STATES + 16) /* more than vectors_prepare ever adds */

/* Member number i of an array of pointers, in bytes from the beginning of the struct. */
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
    return sizeof(float) * (content == CONTENT_STATISTICS ? run->stats : run->fragments.room);
}

/* bytes 0: as the content says. */
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

static size_t view_of_worker(int vector)
{
    return vector == THE_MODEL      ? offsetof(struct worker_state, model)
           : vector == THE_GRADIENT ? offsetof(struct worker_state, gradient)
                                    : PLACE(struct worker_state, vector, vector);
}

/* A vector that the algorithm sees, by its number in the protocol. */
static void add_seen_by_worker(struct run *run, int vector, enum start start)
{
    const struct protocol *p = run->protocol;
    struct vector v = {OWNER_WORKER, .start = start, .checkpointed = true,
                       SEEN_BY_WORKER(view_of_worker(vector))};
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
    bool keeps = run->clip > 0; /* its length is known only when all of it is there */
    for (int i = 0; i < run->protocol->push_spans; i++)
        keeps |= run->protocol->push[i].vector == THE_GRADIENT;
    return keeps;
}

static void add_workers(struct run *run)
{
    const struct protocol *p = run->protocol;
    add_seen_by_worker(run, THE_MODEL, FROM_MODEL);
    if (vectors_keep_gradient(run))
        add_seen_by_worker(run, THE_GRADIENT, FROM_ZERO);
    for (int i = 0; i < p->n_worker_vectors; i++)
        add_seen_by_worker(run, i, p->worker[i]);
    for (int i = 0; i < run->states; i++)
        add(run, (struct vector){OWNER_WORKER, .checkpointed = true, HIDDEN(IN_WORKER(state_of, i))});
    for (int i = 0; i < p->push_spans; i++)
        if (p->push[i].coded && run->push_coding.error_feedback)
            add(run, (struct vector){OWNER_WORKER, .checkpointed = true, HIDDEN(IN_WORKER(residual, i))});
}

/* What one message after the other needs: a process plays one order at a time. */
static void add_processes(struct run *run)
{
    const struct protocol *p = run->protocol;
    size_t push = coding_bytes(&run->push_coding, 0), reply = coding_bytes(&run->reply_coding, 0);
    if (push || reply)
        add(run, (struct vector){OWNER_PROCESS, CONTENT_CODE, .bytes = push > reply ? push : reply,
                                 HIDDEN(IN_PROCESS(coded, 0))});
    if (push && run->push_coding.error_feedback)
        add(run, (struct vector){OWNER_PROCESS, HIDDEN(IN_PROCESS(scratch, 0))});
    for (int i = 0; i < p->push_spans && run->alg->sent; i++)
        if (p->push[i].coded)
            add(run, (struct vector){OWNER_PROCESS, .uncounted = true, HIDDEN(IN_PROCESS(decoded, i))});
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
        add(run, (struct vector){OWNER_SERVER, .start = p->server[i], .checkpointed = true, .restarted = true,
                                 SEEN_BY_SERVER(PLACE(struct server_state, vector, i))});
    for (int i = 0; i < p->n_peer_vectors; i++)
        add(run,
            (struct vector){OWNER_PEER, .start = p->peer[i], .checkpointed = true,
                            .place = IN_SERVER(sums.peer, i), .view = PLACE(struct server_state, peer, i)});
    if (p->has_amend)
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.amended, 0))});
}

/* BatchNorm's: the mean, what it is made of, and those of the push that is being read. */
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
    size_t push = coding_bytes(&run->push_coding, 0), reply = coding_bytes(&run->reply_coding, 0);
    bool feedback = run->reply_coding.error_feedback;
    if (run->push_coding.codec) {
        add(run, (struct vector){OWNER_SERVER, CONTENT_CODE, .bytes = push,
                                 HIDDEN(IN_SERVER(sums.coded_push, 0))});
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.decoded, 0))});
    }
    if (feedback)
        add(run, (struct vector){OWNER_SERVER, HIDDEN(IN_SERVER(sums.scratch, 0))});
    for (int i = 0; i < p->reply_spans; i++) {
        if (!p->reply[i].coded)
            continue;
        add(run, (struct vector){OWNER_SERVER, CONTENT_CODE, .bytes = reply, .checkpointed = true,
                                 HIDDEN(IN_SERVER(sums.coded_reply, i))});
        if (feedback && p->answers == ANSWER_ALL)
            add(run, (struct vector){OWNER_SERVER, .checkpointed = true, .restarted = true,
                                     HIDDEN(IN_SERVER(sums.residual, i))});
    }
}

/* In the shared segment, in nobody's struct. */
static void add_shared(struct run *run)
{
    struct vectors *t = &run->vectors;
    enum vector_owner reader = run->transfer.reply->unicast ? OWNER_PEER : OWNER_SERVER;
    for (int i = 0; i < 2 && run->transfer.reply->buffered; i++)
        t->reply[i] =
            add(run, (struct vector){reader, .storage = STORAGE_SHARED, .checkpointed = true, ASKED_FOR});
    if (faults_can_crash(&run->conductor.faults))
        t->fetched = add(run, (struct vector){OWNER_PEER, .storage = STORAGE_SHARED, .checkpointed = true,
                                              .bytes = message_layout_bytes(&run->snapshot), ASKED_FOR});
    if (run->measures > 0)
        t->measured = add(run, (struct vector){OWNER_SERVER, CONTENT_STATISTICS, .storage = STORAGE_SHARED,
                                               .checkpointed = true, ASKED_FOR});
}

void vectors_prepare(struct run *run)
{
    run->vectors = (struct vectors){.row = need(MOST_ROWS * sizeof *run->vectors.row),
                                    .pushed = -1,
                                    .reply = {-1, -1},
                                    .fetched = -1,
                                    .measured = -1};
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

/* ---- one vector ---- */

static const struct vector *end_of(const struct run *run)
{
    return run->vectors.row + run->vectors.rows;
}

static float *get(const void *holder, const struct vector *v)
{
    float *it; /* by its bytes: a pointer to code is one to uint8_t */
    memcpy(&it, (const char *)holder + v->place, sizeof it);
    return it;
}

static void put(void *holder, const struct vector *v, float *it)
{
    memcpy((char *)holder + v->place, &it, sizeof it);
}

static const float *first_values(const struct run *run, const struct vector *v)
{
    return v->start == FROM_ZERO              ? NULL
           : v->content == CONTENT_STATISTICS ? run->first_stats
                                              : run->first_params;
}

/* Zeros, or `from`; what lies behind the model's last parameter stays zero. */
static void fill(const struct run *run, const struct vector *v, float *to, const float *from)
{
    size_t floats = v->content == CONTENT_STATISTICS ? run->stats : run->n;
    if (from)
        vec_copy(to, from, floats);
    else
        memset(to, 0, v->bytes);
}

static size_t private_copies(const struct run *run, const struct vector *v)
{
    return v->owner == OWNER_PEER ? (size_t)run->workers : 1;
}

static float *create(const struct run *run, const struct vector *v)
{
    size_t copies = private_copies(run, v);
    float *block = need(copies * v->bytes);
    for (size_t i = 0; first_values(run, v) && i < copies; i++)
        fill(run, v, block + i * (v->bytes / sizeof(float)), first_values(run, v));
    return block;
}

static int row_of(const struct run *run, const struct vector *v)
{
    return (int)(v - run->vectors.row);
}

/* ---- all vectors of one owner ---- */

/* A run that goes on finds its shared vectors as the checkpoint had them. */
static float *open_shared(const struct run *run, const struct vector *v, int id)
{
    float *it = vectors_shared(run, row_of(run, v), id);
    if (first_values(run, v) && !run->resumed)
        fill(run, v, it, first_values(run, v));
    return it;
}

void vectors_open(const struct run *run, enum vector_owner owner, int id, void *holder)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++) {
        if (v->owner != owner || v->place == NO_PLACE)
            continue;
        if (v->storage == STORAGE_SHARED)
            put(holder, v, open_shared(run, v, id));
        else if (v->storage == STORAGE_BORROWED && first_values(run, v))
            put(holder, v, (float *)run->first_params); /* read only, until the first reply */
        else
            put(holder, v, create(run, v));
    }
}

void vectors_free(const struct run *run, float *v)
{
    if (v != run->first_params && !shared_holds(run->shared, v))
        free(v);
}

void vectors_close(const struct run *run, enum vector_owner owner, void *holder)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == owner && v->place != NO_PLACE)
            vectors_free(run, get(holder, v));
}

/* No worker that may crash has a vector in the shared segment. */
void vectors_start_again(const struct run *run, enum vector_owner owner, int id, void *holder,
                         const float *model)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++) {
        if (v->owner != owner || v->place == NO_PLACE || v->content != CONTENT_PARAMETERS)
            continue;
        size_t copy = owner == OWNER_PEER ? (size_t)id : 0;
        float *it = get(holder, v) + copy * (v->bytes / sizeof(float));
        fill(run, v, it, v->start == FROM_MODEL ? model : NULL);
    }
}

float *vectors_get(const struct run *run, int row, const void *holder)
{
    return get(holder, &run->vectors.row[row]);
}

enum { HELD_HERE, IN_BUFFER_0, IN_BUFFER_1 }; /* where the vector lies that a worker borrows */

/* Where the worker holds it itself, nobody has written to it yet. */
static void persist_borrowed(const struct run *run, int id, void *holder, const struct vector *v,
                             struct section *s)
{
    float *it = get(holder, v);
    float *buffer[2] = {run->transfer.reply->buffer(run, id, 0), run->transfer.reply->buffer(run, id, 1)};
    int32_t where = it == buffer[0] ? IN_BUFFER_0 : it == buffer[1] ? IN_BUFFER_1 : HELD_HERE;
    section_choice(s, &where, HELD_HERE, IN_BUFFER_1);
    if (where == HELD_HERE)
        return;
    vectors_free(run, it);
    put(holder, v, buffer[where - IN_BUFFER_0]);
}

void vectors_persist(const struct run *run, enum vector_owner owner, int id, void *holder, struct section *s)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++) {
        if (v->owner != owner || !v->checkpointed || v->storage == STORAGE_SHARED)
            continue;
        if (v->storage == STORAGE_BORROWED)
            persist_borrowed(run, id, holder, v, s);
        else
            section_bytes(s, get(holder, v), private_copies(run, v) * v->bytes);
    }
}

/* ---- clients and peers ---- */

/* The vector's pointer in the struct that callbacks get. */
static float **seen(void *state, const struct vector *v)
{
    return (float **)(void *)((char *)state + v->view);
}

void vectors_meet_client(const struct run *run, int client, void *worker)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == OWNER_CLIENT)
            put(worker, v, vectors_shared(run, row_of(run, v), client));
}

float *vectors_client(const struct run *run, int client, int vector)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == OWNER_CLIENT && v->view == view_of_worker(vector))
            return vectors_shared(run, row_of(run, v), client);
    return NULL;
}

void vectors_meet_peer(const struct run *run, int worker, void *server)
{
    struct server *s = server;
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == OWNER_PEER && v->view != NO_PLACE)
            *seen(&s->state, v) = get(s, v) + (size_t)worker * (v->bytes / sizeof(float));
}

/* ---- what callbacks see ---- */

static void slice(const struct run *run, enum vector_owner owner, void *state, size_t first)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == owner && v->view != NO_PLACE && *seen(state, v))
            *seen(state, v) += first;
}

void vectors_slice_worker(const struct run *run, struct worker_state *part, size_t first)
{
    slice(run, OWNER_WORKER, part, first);
    slice(run, OWNER_CLIENT, part, first);
}

void vectors_slice_server(const struct run *run, struct server_state *part, size_t first)
{
    slice(run, OWNER_SERVER, part, first);
    slice(run, OWNER_PEER, part, first);
}

bool vectors_borrowed(const struct run *run, int vector)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == OWNER_WORKER && v->view == view_of_worker(vector))
            return v->storage == STORAGE_BORROWED;
    return false;
}

float **vectors_of_worker(struct worker_state *w, int vector)
{
    return (float **)(void *)((char *)w + view_of_worker(vector));
}

/* ---- the shared segment ---- */

size_t vectors_stride(const struct vector *v)
{
    return (v->bytes + 63) / 64 * 64;
}

size_t vectors_copies(const struct run *run, enum vector_owner owner)
{
    switch (owner) {
    case OWNER_WORKER:
    case OWNER_PEER:
        return (size_t)run->workers;
    case OWNER_CLIENT:
        return (size_t)run_clients(run->cfg);
    case OWNER_PROCESS:
        return (size_t)run->processes;
    case OWNER_SERVER:
        break;
    }
    return 1;
}

float *vectors_shared(const struct run *run, int row, int copy)
{
    const struct vector *v = &run->vectors.row[row];
    return (float *)(void *)(run->shared->block[v->block] + (size_t)copy * vectors_stride(v));
}

void vectors_persist_shared(const struct run *run, struct section *s)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->storage == STORAGE_SHARED && v->checkpointed)
            section_bytes(s, vectors_shared(run, row_of(run, v), 0),
                          vectors_copies(run, v->owner) * vectors_stride(v));
}

/* ---- memory ---- */

/* BatchNorm's statistics, and the room behind the model's last parameter, are too short to count. */
static size_t counted_bytes(const struct run *run, const struct vector *v)
{
    bool in_no_process =
        v->storage == STORAGE_SHARED || (v->storage == STORAGE_BORROWED && first_values(run, v));
    if (in_no_process || v->uncounted || v->content == CONTENT_STATISTICS)
        return 0;
    return v->content == CONTENT_CODE ? v->bytes : run->n * sizeof(float);
}

size_t vectors_private_bytes(const struct run *run)
{
    size_t bytes = 0;
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++) {
        bool restarted = v->restarted && run->conductor.faults.server_crashes > 0;
        bytes += (vectors_copies(run, v->owner) + restarted) * counted_bytes(run, v);
    }
    return bytes;
}
