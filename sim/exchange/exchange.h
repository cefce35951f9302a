/* How a worker's push becomes a part of the update, and how the result comes back: the way of messages between
 * workers, the PS, its shards, and other workers, in virtual time. Pure: it knows times and bytes, never a
 * value. No exchange changes one bit of a model: the data plane sums at the PS, in rank order, always.
 *
 *    conductor                          exchange                               graph or star
 *      exchange_push(worker)  --------> joins exchange number n of the worker --> messages
 *      <---- EXCHANGE_PUSH    --------- the push is reduced: the update's moment
 *      exchange_reply(worker) --------> `server`: the reply departs; elsewhere it is under way already
 *      <---- EXCHANGE_REPLY   --------- the result is at the worker
 *
 * A worker's pushes have the numbers 0, 1, 2 ...: its n-th push belongs to exchange n, and so does the n-th
 * reply to it. With `server` pushes and replies are independent messages; with `server` over a star they are
 * those of two `struct network`.
 *
 * In an exchange of all workers every worker joins every exchange. EXCHANGE_PUSH then comes for all of them in
 * one ns, in rank order. */
#ifndef SIM_EXCHANGE_EXCHANGE_H
#define SIM_EXCHANGE_EXCHANGE_H

#include "sim/time/network.h"
#include "sim/time/topology.h"

struct exchange_kind;                                     /* kind.h */
extern const struct exchange_kind *const exchange_list[]; /* list.c; ended by NULL; the first one is server */
const struct exchange_kind *exchange_find(const char *name); /* NULL: there is none */

/* One message between two nodes (topology.h), for accounts, timeline and trace. */
struct exchange_message {
    int64_t exchange;     /* number */
    int from, to;         /* nodes */
    uint64_t bytes;       /* on the wire, header included */
    int phase, step;      /* kind.h: exchange_phase_words[]; step or chunk within the phase */
    vtime depart, arrive; /* arrive: VTIME_NEVER when it departs */
};

struct exchange_watch {
    void (*departs)(void *context, const struct exchange_message *m);
    void (*arrives)(void *context, const struct exchange_message *m);
    /* (kinds that say by_messages) Nothing more of this exchange departs from, or arrives at, this worker. */
    void (*closed)(void *context, int worker, int64_t exchange);
    void *context;
};

struct exchange_spec {                /* kept by pointer */
    const struct exchange_kind *kind; /* NULL: server */
    struct network_spec up, down;     /* server over a star: pushes, replies */
    const struct topology *topology;  /* NULL: server over a star */
    bool all_workers;                 /* protocol.h: all_workers */
    int header;                       /* bytes of each message besides its payload */
    uint64_t chunk;                   /* tree, hierarchical: bytes of the smallest chunk */
    vtime overhead;     /* before a worker's first message of each exchange; not server, sharded */
    double server_cost; /* sharded: seconds of service per byte, in each shard; a decimal */
    /* Whether the codes of exchange `number` do not add up, so that a kind without a server gathers all of
     * them. NULL: they always do. */
    bool (*gathers)(const void *context, int64_t number);
    const void *context;
};

enum exchange_event { EXCHANGE_PUSH, EXCHANGE_REPLY, EXCHANGE_EVENTS };

struct exchange;

struct exchange *exchange_create(const struct exchange_spec *spec, const struct exchange_watch *watch);
void exchange_destroy(struct exchange *x); /* NULL is fine */

/* bytes: of the push, or of the reply, as one message with its header. id: comes back with the event. */
void exchange_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);
void exchange_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);

/* The next ns in which an event may come, or the exchange changes; VTIME_NEVER: nothing is under way. */
vtime exchange_due(struct exchange *x);
/* Plays up to t, but not beyond an event. Whether an event waits that is not later than t. */
bool exchange_play(struct exchange *x, vtime t);
/* Plays up to t, and takes an event of this kind at t; false: there is none (any more). Ties go to the lowest
 * rank. */
bool exchange_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id);

/* The run ends with the exchange that has been reduced last: later ones start no message; what flows goes on. */
void exchange_stop(struct exchange *x);
/* Results are still under way to a worker. */
bool exchange_is_open(const struct exchange *x);

/* The exchange has a stream order, so a worker may join one while it is in another (false: one upload at a
 * time: a push waits until the one before has arrived). */
bool exchange_has_order(const struct exchange *x);
/* Accounts of bytes and communication come from the watch, not from pushes and replies. */
bool exchange_is_by_messages(const struct exchange *x);

#endif
