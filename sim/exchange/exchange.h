/* How a worker's push becomes a part of the update, and how the result comes back: the way of messages between
 * workers, the PS, its shards, and other workers, in virtual time. Pure: it knows times and bytes, never a
 * value. No exchange changes one bit of a model: the data plane sums at the PS, in rank order, always.
 *
 *    conductor                          exchange                               graph or star
 *      exchange_push(worker)  --------> joins exchange number n of the worker --> messages
 *      <---- EXCHANGE_PUSH    --------- the push is reduced: the update's moment
 *      exchange_reply(worker) --------> `server`: the reply departs; elsewhere it is in progress already
 *      <---- EXCHANGE_REPLY   --------- the result is at the worker
 *
 * A worker's pushes have the numbers 0, 1, 2 ...: its n-th push belongs to exchange n, and so does the n-th
 * reply to it. With `server` pushes and replies are independent messages; with `server` over a star they are
 * those of two `struct network`.
 *
 * In a *whole* exchange (exchange_is_whole()) every worker joins every exchange, and needs no reply to get the
 * result:
 *
 *   EXCHANGE_PUSH    comes for all workers in one ns, in rank order, when the exchange is reduced; exchanges are
 *                    reduced in the order of their numbers. Nothing that the update could stop (exchange_stop())
 *                    begins in that ns before the conductor has asked for an EXCHANGE_REPLY.
 *   exchange_reply() is called for every worker at the update, after the last (FINAL) exchange of a drain too.
 *                    It sends nothing and only gives the id that EXCHANGE_REPLY brings back. The result may have
 *                    come in that ns already, never earlier.
 *   a drain          its FINAL exchange is a whole one: a worker without a push (k = 0) joins by exchange_push() like
 *                    the others, with the bytes of any push and an id that the conductor knows again. */
#ifndef SIM_EXCHANGE_EXCHANGE_H
#define SIM_EXCHANGE_EXCHANGE_H

#include "sim/time/coding_time.h"
#include "sim/time/network.h"
#include "sim/time/topology.h"

struct exchange_kind;                                     /* kind.h */
extern const struct exchange_kind *const exchange_list[]; /* list.c; ended by NULL; the first one is server */
const struct exchange_kind *exchange_find(const char *name); /* NULL: there is none */

/* What a message carries. Messages of one ordered pair of nodes that depart in one ns flow in the order of
 * (exchange, phase, step). */
enum exchange_phase {
    PHASE_PUSH,      /* server, sharded */
    PHASE_REPLY,     /* server, sharded */
    PHASE_MERGE,     /* halving_doubling: of a worker that then waits for PHASE_RETURN */
    PHASE_UP,        /* tree: the first tree; hierarchical: towards the leader of the group */
    PHASE_REDUCE,    /* ring, hierarchical; halving_doubling: halving */
    PHASE_GATHER,    /* ring, hierarchical, all_gather; halving_doubling: doubling */
    PHASE_DOWN,      /* tree: the first tree; hierarchical: from the leader of the group */
    PHASE_SECOND_UP, /* tree: the second tree */
    PHASE_SECOND_DOWN,
    PHASE_RETURN,
    PHASES
};
extern const char *const exchange_phase_words[]; /* "push", "reply" ... */

/* One message between two nodes (topology.h: workers; then the PS, or its shards), for accounts, timeline and
 * trace. */
struct exchange_message {
    int64_t
        exchange;   /* number; of a reply of an exchange that is not whole: the worker's replies before it */
    int from, to;   /* nodes */
    uint64_t bytes; /* on the wire, header included */
    enum exchange_phase phase;
    int step; /* of a ring, from 0 on through both phases; of halving and doubling likewise; chunk; shard */
    vtime depart, arrive; /* arrive: VTIME_NEVER when it departs */
};

/* Called while the exchange plays, so the conductor's clock may be behind: the times are those of the message, or
 * the argument. A message's `arrives` comes before `closed` and before the events that the message causes.
 * `server` over a star calls nothing: pushes and replies are its messages. */
struct exchange_watch {
    void (*departs)(void *context, const struct exchange_message *m);
    void (*arrives)(void *context, const struct exchange_message *m);
    /* (whole) Nothing more of this exchange departs or arrives on the links of this worker. */
    void (*closed)(void *context, int worker, int64_t exchange, vtime t);
    void *context;
};

struct exchange_spec {                /* kept by pointer */
    const struct exchange_kind *kind; /* NULL: server */
    struct network_spec up, down;     /* server over a star: pushes, replies */
    const struct topology *topology;  /* NULL: server over a star */
    bool all_workers;                 /* protocol.h: all_workers */
    bool
        buckets; /* (all_workers) pushes are cut into buckets (buckets.h): `server` is whole too, like one shard */
    int header;         /* bytes of each message besides its payload */
    uint64_t chunk;     /* tree, hierarchical: bytes of the smallest chunk */
    vtime overhead;     /* before a worker's first message of each exchange; not server, sharded */
    double server_cost; /* sharded: seconds of service per byte, in each shard; a decimal */
    /* Of a push, at its service; of a reply, after the update that it follows. With shards each has its part. */
    struct coding_time server_decodes, server_encodes;
    /* Whether the codes of exchange `number` do not add up, so that a kind without a server gathers all of
     * them. NULL: they always do. */
    bool (*gathers)(const void *context, int64_t number);
    const void *context;
    /* (sharded, whole) Bytes of the reply of exchange `number`, as one message with its header: a shard answers
     * before the others have pushed all. */
    uint64_t (*reply_bytes)(const void *reply_context, int64_t number);
    const void *reply_context;
};

/* The kind of exchange `number`: all_gather in place of the spec's kind where codes do not add up. Exchanges as late
 * as EXCHANGE_LATE are no dense ones any more (compress_after). */
#define EXCHANGE_LATE ((int64_t)1 << 52)
const struct exchange_kind *exchange_kind_of(const struct exchange_spec *spec, int64_t number); /* list.c */

/* EXCHANGE_SENT (sharded only): the whole push is through the worker's link, so the next may depart; elsewhere
 * EXCHANGE_PUSH says it, or there is no such rule (exchange_has_order(); buckets, which queue on the link). In one ns
 * take them in this order. */
enum exchange_event { EXCHANGE_SENT, EXCHANGE_PUSH, EXCHANGE_REPLY, EXCHANGE_EVENTS };

struct exchange;

struct exchange *exchange_create(const struct exchange_spec *spec, const struct exchange_watch *watch);
void exchange_destroy(struct exchange *x); /* NULL is fine */

/* bytes: of the push, or of the reply, as one message with its header. id: comes back with the event. */
void exchange_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);
void exchange_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);
/* (sharded, not whole) Each shard encodes its part of a reply after the update with this number, from 0; the parts of
 * replies that are asked for until the next call depart when that is done, as the watch tells. worker: the only one that
 * gets it, -1: there may be more. false: nothing is encoded. */
bool exchange_encode(struct exchange *x, int worker, vtime t, int64_t number);

/* The next ns in which an event may come, or the exchange changes; VTIME_NEVER: nothing is in progress. */
vtime exchange_due(struct exchange *x);
/* Plays up to t, but not beyond an event. Whether an event waits that is not later than t. */
bool exchange_play(struct exchange *x, vtime t);
/* Plays up to t, and takes an event of this kind at t; false: there is none (any more). Ties go to the lowest
 * rank. */
bool exchange_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id);

/* The run ends with the exchange that has been reduced last: later ones start no message; what flows goes on. (An
 * exchange that is not whole does nothing: the conductor sends nothing any more.) */
void exchange_stop(struct exchange *x);
/* (whole) A result of an exchange that has been reduced has not been taken yet. */
bool exchange_is_open(const struct exchange *x);

/* Every worker joins every exchange, and results come without a reply: see above. Accounts of bytes and
 * communication then come from the watch, not from pushes and replies. */
bool exchange_is_whole(const struct exchange *x);
/* The exchange has a stream order, so a worker may join one while it is in another (false: one upload at a
 * time: a push waits until the one before has arrived). */
bool exchange_has_order(const struct exchange *x);
/* (not whole) Bytes on the wire of a push or a reply that is `bytes` long as one message. */
uint64_t exchange_bytes(const struct exchange *x, int worker, uint64_t bytes);
/* The worker with the links that the node uses: itself, that of a colocated shard; -1: none. */
int exchange_worker_of(const struct exchange *x, int node);

#endif
