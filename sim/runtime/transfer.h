/* How vectors travel between workers and the PS. prepare chooses one table for pushes and one for replies;
 * the PS and the workers call them and ask no more.
 *
 *   push    copied            worker --ring--> PS, which adds it up straight out of the ring
 *           zero-copy         the worker computes the vector in the shared segment; the message says only that it is
 *                             complete. The vector is the PS's until the PS gives it back.
 *   reply   copied            PS --ring--> worker
 *           double-buffered   the PS makes reply number r in buffer r % 2 of the shared segment, workers read it
 *                             there. Reply r + 2 may overwrite it, so every reader must have accepted reply r + 1.
 *           broadcast         one message, one buffer pair, for all workers
 *           unicast           a message, a buffer pair, for one worker
 *
 * Numbers in messages (losses, hashes, BatchNorm's statistics) and coded vectors always go through a ring. */
#ifndef SIM_RUNTIME_TRANSFER_H
#define SIM_RUNTIME_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/runtime/mail.h"

struct run;

struct push_transfer {
    const char *name;
    bool in_place; /* vectors.c: the vector lies in the shared segment */
    /* PS: where the vector of that worker's push is read; NULL: in the message. */
    const float *(*vector)(const struct run *run, int worker);
    /* PS: the worker's next step may write to the vector. */
    void (*give_back)(const struct run *run, int worker);
    /* Worker: that many pushes have been given back. */
    bool (*is_back)(const struct run *run, int worker, int64_t pushes);
};

/* When the PS encodes a reply. */
enum reply_encoding {
    ENCODED_NEVER,
    ENCODED_BY_UPDATE, /* once for all workers */
    ENCODED_BY_REPLY   /* for each worker; without a residual, which would have to be one for each worker */
};

struct reply_transfer {
    const char *name;
    bool unicast;  /* shared.c: a ring for each process */
    bool buffered; /* vectors.c: the buffers lie in the shared segment */
    enum reply_encoding encoding;
    struct ring *(*ring)(const struct run *run, int worker); /* PS: where the message goes */
    struct inbox (*inbox)(const struct run *run, int process, int workers);
    int (*addressee)(int worker); /* the name under which a worker asks its inbox for a reply */
    /* Reply `number` of that worker in the shared segment; NULL: in the message. */
    float *(*buffer)(const struct run *run, int worker, int64_t number);
    /* PS: where an update writes broadcast reply `number`; NULL: an update writes none. */
    float *(*update_buffer)(const struct run *run, int64_t number);
    /* PS: no worker reads what is in that buffer any more. worker -1: in a broadcast's. */
    bool (*is_free)(const struct run *run, int worker, int64_t number);
    /* Worker: it has accepted that many replies. */
    void (*accepted)(const struct run *run, int worker, int64_t replies);
};

struct transfer {
    const struct push_transfer *push;
    const struct reply_transfer *reply;
};

/* Chooses both, and what is left of the messages: run->layout.push_on_ring, run->layout.reply_on_ring. */
void transfer_prepare(struct run *run);

/* PS: all workers have accepted that many replies. INT64_MAX: they have left. */
bool transfer_all_accepted(const struct run *run, int64_t replies);
/* No vector of a push or reply lies in the shared segment. */
bool transfer_copies(const struct run *run);

#endif
