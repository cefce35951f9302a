/* The contract between one kind of exchange and the core: a kind is one file with one exported symbol, `const struct
 * exchange_kind exchange_NAME`, and one line in list.c.
 *
 * A kind is a small state machine. It hears that a worker begins and that a message has arrived, and it answers by
 * calls: send this message, the exchange is reduced, this worker has the result. The core does the rest: the graph,
 * numbers, the stream order, the overhead, messages that come early, the watch, the events for the conductor.
 *
 *          core                                                  kind
 *            a worker begins exchange e           ----------->   begin(e, worker)
 *            a message is through                 ----------->   received(e, message)
 *            collective_send()                    <-----------   the message departs now
 *            collective_reduced()                 <-----------   EXCHANGE_PUSH for all workers
 *            collective_result()                  <-----------   EXCHANGE_REPLY for the worker
 *
 * `server` and `sharded` have messages of single workers instead, and their own contract: push(), reply(),
 * arrives(). */
#ifndef SIM_EXCHANGE_KIND_H
#define SIM_EXCHANGE_KIND_H

#include <stddef.h>

#include "sim/exchange/exchange.h"

/* One exchange of all workers in progress. The core makes it when the first worker joins, and keeps it until its last
 * message has arrived. */
struct collective {
    struct exchange *exchange; /* the whole machine */
    const struct exchange_kind *kind;
    int64_t number;
    int workers;
    uint64_t payload; /* bytes of a push without its header, of the worker that joined first */
    struct part {
        uint64_t payload; /* of this worker's push, once it has joined */
        int left;         /* messages from and to the worker that have not arrived */
        bool begun;       /* it may send */
    } * part;             /* (workers) */
    int results, open;    /* workers with the result; workers with messages left */
    void *state;          /* of the kind, (state_bytes) */
};

struct exchange_kind {
    const char *name, *label, *summary, *source; /* as those of an algorithm (algorithm.h) */
    bool all_workers;  /* every worker takes part in every exchange: needs protocol.all_workers */
    bool may_be_whole; /* sharded: exchange_is_whole() if the protocol says all_workers */
    bool has_order;    /* exchange_has_order() */
    bool at_server;    /* pushes come to the PS as they are, and the conductor serves them there */
    bool needs_parts;  /* needs a network with groups or sites */
    bool adds_up; /* messages carry sums: if codes do not add up, all_gather takes the place of this kind */
    bool has_shards;                        /* server.shards and server.colocated count */
    bool has_chunks;                        /* network.chunk counts */
    int least_workers;                      /* fewer workers are refused */
    const struct exchange_kind *in_buckets; /* (optional) takes this one's place with exchange_spec.buckets */

    /* (optional) What is the same for all exchanges of a run: exchange_own(). */
    void *(*open)(const struct exchange *x);
    void (*close)(void *own);

    /* ---- with all_workers ---- */

    size_t (*state_bytes)(int workers); /* of collective.state; zeros when the exchange is made */
    /* How many messages come from the worker or go to it in one exchange; at least 1. */
    int (*messages)(const struct collective *e, int worker);
    void (*begin)(struct collective *e, int worker);
    void (*received)(struct collective *e, const struct exchange_message *m);

    /* ---- without ---- */

    /* The worker's push, or the reply to it, with this number departs; payload: without header. */
    void (*push)(struct exchange *x, int worker, int64_t number, uint64_t payload);
    void (*reply)(struct exchange *x, int worker, int64_t number, uint64_t payload);
    void (*arrives)(struct exchange *x, const struct exchange_message *m);
    void (*served)(struct exchange *x, const struct exchange_message *m); /* (optional) wire_serve() */
    bool (*encode)(struct exchange *x, int worker, int64_t number);       /* (optional) exchange_encode() */
    void (*encoded)(struct exchange *x, int shard);                       /* (optional) wire_encode() */
    uint64_t (*bytes)(const struct exchange *x, int worker, uint64_t bytes); /* (optional) exchange_bytes() */
};

extern const struct exchange_kind exchange_all_gather; /* takes the place of others: not in the list */

/* ---- what a kind with all_workers calls ---- */

/* A message departs now. m: from, to, phase, step, and the bytes without header. */
void collective_send(struct collective *e, const struct exchange_message *m);
/* The update's moment: the sum of all pushes is complete. */
void collective_reduced(struct collective *e);
/* The worker has the result. Never before the exchange is reduced, but perhaps in the same ns. */
void collective_result(struct collective *e, int worker);

/* ---- what the others call ---- */

/* A message departs now. m: exchange, from, to, phase, step, and the bytes without header. */
void wire_send(struct exchange *x, const struct exchange_message *m);
/* served(m) comes at t. */
void wire_serve(struct exchange *x, vtime t, const struct exchange_message *m);
/* encoded(shard) comes at t, after the update of that ns and the replies that it asks for. */
void wire_encode(struct exchange *x, vtime t, int shard);
/* The run has ended with an earlier exchange: nothing of this one departs. */
bool wire_is_over(const struct exchange *x, int64_t number);
/* EXCHANGE_SENT, or EXCHANGE_PUSH, of this worker; or of all workers. */
void wire_event(struct exchange *x, enum exchange_event kind, int worker);
void wire_reduced(struct exchange *x);
/* The worker's next reply has come: EXCHANGE_REPLY, once exchange_reply() has been called. */
void wire_result(struct exchange *x, int worker);
void wire_closed(struct exchange *x, int worker, int64_t number); /* (whole) exchange_watch */

/* ---- for all ---- */

const struct exchange_spec *exchange_spec_of(const struct exchange *x);
void *exchange_own(const struct exchange *x);
vtime exchange_now(const struct exchange *x);

static inline uint64_t share_of(uint64_t bytes, uint64_t parts) /* rounded up */
{
    return bytes / parts + (bytes % parts > 0);
}

#endif
