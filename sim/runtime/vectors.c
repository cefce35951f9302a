/* Loops over the table of vectors (vector_rows.c): allocates, frees, resets, saves, slices and counts
 * them. Each row says where the pointer to its vector stands in the owner's struct, so that no function
 * here names a vector. */
#include "sim/runtime/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/server/server.h"
#include "sim/runtime/shared.h"
#include "sim/runtime/worker/worker.h"

/* ---- one vector ---- */

static const struct vector *end_of(const struct run *run)
{
    return run->vectors.row + run->vectors.rows;
}

static float *get(const void *holder, const struct vector *v)
{
    float *it; /* copied by its bytes: a pointer to a CONTENT_CODE vector has the type uint8_t * */
    memcpy(&it, (const char *)holder + v->place, sizeof it);
    return it;
}

static void put(void *holder, const struct vector *v, float *it)
{
    memcpy((char *)holder + v->place, &it, sizeof it);
}

static const float *first_values(const struct run *run, const struct vector *v)
{
    return v->start != FROM_MODEL             ? NULL
           : v->content == CONTENT_STATISTICS ? run->first_stats
                                              : run->first_params;
}

/* Copies `from`; if it is NULL, sets the vector to its value, or else to zero. The filler behind the model's
 * last parameter stays zero. */
static void fill(const struct run *run, const struct vector *v, float *to, const float *from)
{
    size_t floats = v->content == CONTENT_STATISTICS ? run->stats : run->n;
    if (from) {
        vec_copy(to, from, floats);
        return;
    }
    memset(to, 0, v->bytes);
    for (size_t i = 0; v->start == FROM_VALUE && i < floats; i++)
        to[i] = v->value;
}

static size_t private_copies(const struct run *run, const struct vector *v)
{
    return v->owner == OWNER_PEER ? (size_t)run->workers : 1;
}

static float *create(const struct run *run, const struct vector *v)
{
    size_t copies = private_copies(run, v);
    float *block = need(copies * v->bytes);
    for (size_t i = 0; v->start != FROM_ZERO && i < copies; i++)
        fill(run, v, block + i * (v->bytes / sizeof(float)), first_values(run, v));
    return block;
}

static int row_of(const struct run *run, const struct vector *v)
{
    return (int)(v - run->vectors.row);
}

/* ---- all vectors of one owner ---- */

/* A resumed run keeps its shared vectors: the launcher has loaded them from the checkpoint. */
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

static bool is_shared(const struct shared *shared, const float *v)
{
    const char *at = (const char *)v, *begin = (const char *)shared;
    return at >= begin && at < begin + shared->bytes;
}

void vectors_free(const struct run *run, float *v)
{
    if (v != run->first_params && !is_shared(run->shared, v))
        free(v);
}

void vectors_close(const struct run *run, enum vector_owner owner, void *holder)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++)
        if (v->owner == owner && v->place != NO_PLACE)
            vectors_free(run, get(holder, v));
}

static bool starts_again(const struct vector *v)
{
    return v->content == CONTENT_PARAMETERS || v->content == CONTENT_RATES;
}

/* Where workers may crash, no vector of a worker lies in the shared segment (may_share_vectors in
 * transfer.c). */
void vectors_start_again(const struct run *run, enum vector_owner owner, int id, void *holder,
                         const float *model)
{
    for (const struct vector *v = run->vectors.row; v < end_of(run); v++) {
        if (v->owner != owner || v->place == NO_PLACE || !starts_again(v))
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

enum { HELD_HERE, IN_BUFFER_0, IN_BUFFER_1 }; /* where a borrowed vector of a worker lies */

/* Before the first reply the worker holds W_0 or zeros: then there is nothing to save. */
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

/* The pointer to the vector in the struct that callbacks get. */
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
        if (v->owner == OWNER_CLIENT && v->view == vectors_view(vector))
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
        if (v->owner == OWNER_WORKER && v->view == vectors_view(vector))
            return v->storage == STORAGE_BORROWED;
    return false;
}

float **vectors_of_worker(struct worker_state *w, int vector)
{
    return (float **)(void *)((char *)w + vectors_view(vector));
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

/* BatchNorm's statistics, rates, and the filler behind the model's last parameter, are too short to count. */
static size_t counted_bytes(const struct run *run, const struct vector *v)
{
    bool in_no_process =
        v->storage == STORAGE_SHARED || (v->storage == STORAGE_BORROWED && first_values(run, v));
    if (in_no_process || v->uncounted || v->content == CONTENT_STATISTICS || v->content == CONTENT_RATES)
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
