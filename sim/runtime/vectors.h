/* The table of vectors of a run: a row gives a vector's owner, length, first values and storage, and says
 * whether a checkpoint holds the vector. run_prepare makes the table. Allocating, freeing, resetting after
 * a crash, slicing into fragments, saving and counting are loops over the table, so a new kind of vector
 * is one row in vector_rows.c.
 *
 *   worker's process                       PS's process
 *     worker    model, gradient, ...         server   model, sums, ...
 *     client    in the shared segment        peer     one for each worker
 *     process   scratch
 *
 * Two kinds are not in the table: the marks of BatchNorm's statistics of a worker (worker/statistics.h), a
 * list that grows and shrinks; and the evaluator's copy of a snapshot. */
#ifndef SIM_RUNTIME_VECTORS_H
#define SIM_RUNTIME_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "algorithms/algorithm.h"

struct run;
struct section;

enum vector_owner {
    OWNER_WORKER,  /* one vector for each worker; the pointer is in struct worker */
    OWNER_CLIENT,  /* one for each client; struct worker points to the vector of its present client */
    OWNER_PROCESS, /* one for each worker process; the pointer is in struct process */
    OWNER_SERVER,  /* one; the pointer is in struct server */
    OWNER_PEER     /* one for each worker, at the PS, in one block; struct server points to the block */
};

enum vector_content {
    CONTENT_PARAMETERS, /* a float for each parameter, and filler up to run->layout.fragments.room */
    CONTENT_STATISTICS, /* a float for each of BatchNorm's statistics */
    CONTENT_CODE,       /* the bytes that a codec makes */
    CONTENT_RATES       /* a float for each fragment: a learning rate */
};

enum vector_storage {
    STORAGE_PRIVATE, /* on the heap of the process */
    STORAGE_SHARED,  /* in the shared segment, where every process reads it */
    STORAGE_BORROWED /* W_0 (or zeros on the heap) until the first reply, then the PS's reply buffer */
};

#define MOST_SHARED_ROWS (MAX_VECTORS + 6) /* clients' vectors, and the rows that struct vectors names */
#define NO_PLACE         ((size_t)-1)

struct vector {
    enum vector_owner owner;
    enum vector_content content;
    enum start start;
    float value; /* FROM_VALUE */
    enum vector_storage storage;
    bool checkpointed;
    bool restarted; /* the restart point of the PS (server/restart.c) has a copy */
    bool uncounted; /* the forecast of memory leaves the vector out */
    int block;      /* STORAGE_SHARED: number of the block in the shared segment */
    size_t bytes;   /* of one vector */
    /* Offset of the pointer in the owner's struct; NO_PLACE: no pointer, vectors_shared() gives the
     * address. */
    size_t place;
    /* Offset of the pointer in struct worker_state or server_state; NO_PLACE: callbacks do not see the
     * vector. */
    size_t view;
};

struct vectors {
    struct vector *row;
    int rows, blocks;
    /* Numbers of rows that other files ask for; -1: the run has no such vector. */
    int pushed;   /* zero-copy: the vector that a worker pushes, where the worker computes it */
    int reply[2]; /* double-buffered: reply r is in reply[r % 2] */
    int fetched;  /* for a worker that rejoins after a crash: the model, and behind it the statistics */
    int measured; /* BatchNorm's statistics of the model evaluated last, measured by the evaluator */
    int compared; /* the model evaluated last, with which workers compare theirs */
};

void vectors_prepare(struct run *run); /* after transfer_prepare */
void vectors_release(struct run *run);

/* holder: the struct worker (OWNER_WORKER), process (OWNER_PROCESS) or server (OWNER_SERVER, OWNER_PEER).
 * id: of the worker. Vectors of OWNER_PEER are allocated, freed and saved for all workers at once. */
void vectors_open(const struct run *run, enum vector_owner owner, int id, void *holder);
void vectors_close(const struct run *run, enum vector_owner owner, void *holder);
/* After a crash of worker `id`: resets its vectors to their first values, with `model` instead of W_0. */
void vectors_start_again(const struct run *run, enum vector_owner owner, int id, void *holder,
                         const float *model);
float *vectors_get(const struct run *run, int row, const void *holder);
/* Saves or loads the owner's vectors outside of the shared segment. */
void vectors_persist(const struct run *run, enum vector_owner owner, int id, void *holder, struct section *s);

/* Lets the worker's pointers point to the vectors of this client, for which the worker acts from now on. */
void vectors_meet_client(const struct run *run, int client, void *worker);
float *vectors_client(const struct run *run, int client, int vector);

/* Lets the callbacks' pointers at the PS point to the peer vectors of this worker. */
void vectors_meet_peer(const struct run *run, int worker, void *server);

/* Moves the callbacks' pointers in `part` forward by `first` floats. */
void vectors_slice_worker(const struct run *run, struct worker_state *part, size_t first);
void vectors_slice_server(const struct run *run, struct server_state *part, size_t first);

/* vector: the number of a vector in the protocol. Whether a worker reads the PS's reply buffer instead of
 * a vector of its own. */
bool vectors_borrowed(const struct run *run, int vector);
/* The offset of the pointer to the vector in struct worker_state, and the pointer. */
size_t vectors_view(int vector);
float **vectors_of_worker(struct worker_state *w, int vector);
/* Frees a vector, unless it is W_0 or lies in the shared segment. */
void vectors_free(const struct run *run, float *v);

/* ---- the shared segment ---- */

/* Bytes from one vector of a row to the next: vectors are aligned to 64 bytes. */
size_t vectors_stride(const struct vector *v);
size_t vectors_copies(const struct run *run, enum vector_owner owner); /* how many vectors a row stands for */
float *vectors_shared(const struct run *run, int row, int copy);
void vectors_persist_shared(const struct run *run, struct section *s);

/* ---- memory ---- */

size_t vectors_private_bytes(const struct run *run); /* of all processes, without STORAGE_SHARED */
/* Whether a worker keeps its whole gradient. false: each piece of the gradient is dropped after its step. */
bool vectors_keep_gradient(const struct run *run);
/* Whether backward itself writes the whole gradient to the memory where the worker keeps it. Gradients of
 * several batches are added up there instead, piece by piece. */
bool vectors_store_gradients(const struct run *run);

#endif
