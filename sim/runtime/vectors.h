/* Every vector of a run, one row each: its owner, length, start and storage, and whether a checkpoint holds
 * it. The table is made in prepare. To allocate, to free, to start again after a crash, to cut into
 * fragments, to save and to count are loops over the table, so a new kind of vector is one row in
 * vector_rows.c.
 *
 *   worker's process                       PS's process
 *     worker    model, gradient, ...         server   model, sums, ...
 *     client    in the shared segment        peer     one for each worker
 *     process   scratch
 *
 * Not in the table: BatchNorm's marks of a worker (worker/statistics.h), a list that grows and shrinks, and
 * the evaluator's copy of a snapshot. */
#ifndef SIM_RUNTIME_VECTORS_H
#define SIM_RUNTIME_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "algorithms/algorithm.h"

struct run;
struct section;

enum vector_owner {
    OWNER_WORKER,  /* one for each worker, in struct worker */
    OWNER_CLIENT,  /* one for each client; struct worker points to that of the client that the worker plays */
    OWNER_PROCESS, /* one for each worker process, in struct process */
    OWNER_SERVER,  /* one, in struct server */
    OWNER_PEER     /* one for each worker, side by side in one block; struct server points to the block */
};

enum vector_content {
    CONTENT_PARAMETERS, /* a float for each parameter of the model, and room for fragments (run->layout.fragments.room) */
    CONTENT_STATISTICS, /* a float for each of BatchNorm's statistics */
    CONTENT_CODE        /* bytes that a codec makes */
};

enum vector_storage {
    STORAGE_PRIVATE, /* on the heap of its process */
    STORAGE_SHARED,  /* in the shared segment, where every process reads it */
    STORAGE_BORROWED /* W_0 (or zeros on the heap) until the first reply, then the PS's reply buffer */
};

#define MOST_SHARED_ROWS (MAX_VECTORS + 5) /* clients' vectors, and those of struct vectors */
#define NO_PLACE         ((size_t)-1)

struct vector {
    enum vector_owner owner;
    enum vector_content content;
    enum start start;
    enum vector_storage storage;
    bool checkpointed;
    bool restarted; /* the PS's own checkpoint, from which it restarts after a crash, has a copy */
    bool uncounted; /* the forecast of memory leaves it out */
    int block;      /* STORAGE_SHARED: which of the blocks in the shared segment */
    size_t bytes;   /* of one vector */
    size_t place;   /* of its pointer in the owner's struct; NO_PLACE: it is asked for by vectors_shared() */
    size_t
        view; /* of its pointer in struct worker_state, struct server_state; NO_PLACE: callbacks do not see it */
};

struct vectors {
    struct vector *row;
    int rows, blocks;
    /* Rows that are asked for by number; -1: the run has no such vector. */
    int pushed;   /* zero-copy: what a worker pushes, where the worker computes it */
    int reply[2]; /* double-buffered: reply number r is in r % 2 */
    int fetched;  /* the model, and behind it the statistics, for a worker that rejoins after a crash */
    int measured; /* BatchNorm's statistics of the model that was evaluated last, made by the evaluator */
};

void vectors_prepare(struct run *run); /* the transfer has been chosen */
void vectors_release(struct run *run);

/* `holder`: the struct worker (OWNER_WORKER), process (OWNER_PROCESS) or server (OWNER_SERVER, OWNER_PEER).
 * id: the worker's. Vectors of OWNER_PEER are allocated, freed and saved for all workers at once. */
void vectors_open(const struct run *run, enum vector_owner owner, int id, void *holder);
void vectors_close(const struct run *run, enum vector_owner owner, void *holder);
/* After a crash of worker `id`: as at the start, with `model` in the place of W_0. */
void vectors_start_again(const struct run *run, enum vector_owner owner, int id, void *holder,
                         const float *model);
float *vectors_get(const struct run *run, int row, const void *holder);
/* What is not in the shared segment. */
void vectors_persist(const struct run *run, enum vector_owner owner, int id, void *holder, struct section *s);

/* Vectors of the client that a worker plays. */
void vectors_meet_client(const struct run *run, int client, void *worker);
float *vectors_client(const struct run *run, int client, int vector);

/* The callbacks' view of the PS's vectors for one worker. */
void vectors_meet_peer(const struct run *run, int worker, void *server);

/* Lets the vectors that callbacks see begin `first` floats later. */
void vectors_slice_worker(const struct run *run, struct worker_state *part, size_t first);
void vectors_slice_server(const struct run *run, struct server_state *part, size_t first);

/* A worker reads the PS's reply buffer in the place of this vector (its number in the protocol). */
bool vectors_borrowed(const struct run *run, int vector);
/* The place of the pointer to a vector (its number in the protocol) in struct worker_state, and the
 * pointer. */
size_t vectors_view(int vector);
float **vectors_of_worker(struct worker_state *w, int vector);
/* W_0 and the shared segment are not freed. */
void vectors_free(const struct run *run, float *v);

/* ---- the shared segment ---- */

/* Bytes of one vector of a row there: vectors start on 64 bytes. */
size_t vectors_stride(const struct vector *v);
size_t vectors_copies(const struct run *run, enum vector_owner owner); /* how many vectors a row stands for */
float *vectors_shared(const struct run *run, int row, int copy);
void vectors_persist_shared(const struct run *run, struct section *s);

/* ---- memory ---- */

size_t vectors_private_bytes(const struct run *run); /* of all processes, without STORAGE_SHARED */
bool vectors_keep_gradient(const struct run *run);   /* false: it is gone after each part's step */

#endif
