/* How vectors travel between workers and the PS. prepare.c chooses one table of functions for pushes and
 * one for replies. The PS and the workers call the functions, and make no other distinction.
 *
 *   push    copied            worker --ring--> PS, which adds the vector up straight out of the ring
 *           zero-copy         The worker computes the vector in the shared segment; the message says only
 *                             that the vector is complete. The vector belongs to the PS until the PS gives it
 *                             back.
 *   reply   copied            PS --ring--> worker
 *           double-buffered   The PS makes reply r in buffer r % 2 of the shared segment, and workers read it
 *                             there. Reply r + 2 overwrites the buffer, so every reader must first have
 *                             accepted reply r + 1.
 *           broadcast         one message, and one pair of buffers, for all workers
 *           unicast           a message, and a pair of buffers, for each worker
 *
 * Losses, hashes, BatchNorm's statistics and coded vectors always go through a ring. */
#ifndef SIM_RUNTIME_TRANSFER_H
#define SIM_RUNTIME_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/runtime/mail.h"

struct run;

struct push_transfer {
    const char *name;
    bool in_place; /* the vector lies in the shared segment */
    /* PS: the vector of the worker's push; NULL: it is in the message. */
    const float *(*vector)(const struct run *run, int worker);
    /* PS: gives the vector back; the worker's next step may write to it. */
    void (*give_back)(const struct run *run, int worker);
    /* Worker: whether the PS has given back this number of pushes. */
    bool (*is_back)(const struct run *run, int worker, int64_t pushes);
};

/* When the PS encodes a reply. */
enum reply_encoding {
    ENCODED_NEVER,
    ENCODED_BY_UPDATE, /* once for all workers */
    ENCODED_BY_REPLY   /* for each worker; without a residual: there would have to be one for each worker */
};

struct reply_transfer {
    const char *name;
    bool unicast;  /* each process has a ring for replies */
    bool buffered; /* buffers for replies lie in the shared segment */
    enum reply_encoding encoding;
    struct ring *(*ring)(const struct run *run, int worker); /* PS: the ring of the message */
    struct inbox (*inbox)(const struct run *run, int process, int workers);
    int (*addressee)(int worker); /* the worker in the name of a reply: the worker itself, or -1 */
    /* The worker's reply `number` in the shared segment; NULL: it is in the message. */
    float *(*buffer)(const struct run *run, int worker, int64_t number);
    /* PS: where an update writes broadcast reply `number`; NULL: an update writes no reply. */
    float *(*update_buffer)(const struct run *run, int64_t number);
    /* PS: whether no worker reads the buffer of reply `number` any more. worker -1: of a broadcast. */
    bool (*is_free)(const struct run *run, int worker, int64_t number);
    /* Worker: announces that it has accepted this number of replies. */
    void (*accepted)(const struct run *run, int worker, int64_t replies);
};

struct transfer {
    const struct push_transfer *push;
    const struct reply_transfer *reply;
};

/* Chooses both transfers, and sets the layouts of the messages on rings: run->layout.push_on_ring and
 * reply_on_ring. */
void transfer_prepare(struct run *run);

/* PS: whether all workers have accepted this number of replies. INT64_MAX: whether all workers have left. */
bool transfer_all_accepted(const struct run *run, int64_t replies);
/* Whether no vector of a push or reply lies in the shared segment. */
bool transfer_copies(const struct run *run);

#endif
