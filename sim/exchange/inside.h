/* Inside of the core. Calls go one way:
 *
 *   exchange.c           the interface of exchange.h
 *     |        \
 *   routes.c    hub.c    kinds over a graph; server over a star: two networks, and nothing of what follows
 *     |
 *   collective.c         exchanges of all workers in progress, and their order
 *     |
 *   wire.c               messages, timers and events
 *     |
 *   buckets.c            which exchanges a push consists of; pure
 *
 * Kinds call collective.c and wire.c, and are called by pointers. server.c is sharded.c with one shard where its
 * exchange is whole. */
#ifndef SIM_EXCHANGE_INSIDE_H
#define SIM_EXCHANGE_INSIDE_H

#include "sim/exchange/ids.h"
#include "sim/exchange/kind.h"
#include "sim/time/queue.h"
#include "sim/time/ranks.h"

struct member { /* one worker */
    struct ids pushes, replies;
    int64_t pushed, replied;     /* by the conductor */
    int64_t results;             /* that have come */
    int events[EXCHANGE_EVENTS]; /* that the conductor has not taken, of each kind */
};

/* Collectives in progress, by number: a ring that grows, and blocks for the next ones. */
struct in_progress {
    struct collective **at; /* number i is in place i mod room */
    int64_t first, end;     /* numbers */
    int64_t room;           /* 0 or a power of two */
    struct collective **spare;
    int spares, spare_room;
    size_t bytes; /* of a block */
};

/* Timers at one ns, in this order. The update of that ns comes before TIMER_ENCODED. */
enum { TIMER_SERVED, TIMER_ENCODED, TIMER_BEGIN };

struct exchange {
    const struct exchange_spec *spec;
    struct network *network[EXCHANGE_EVENTS]; /* hub.c; NULL: over a graph */
    vtime due[EXCHANGE_EVENTS];               /* net_due() of each; NOT_KNOWN */

    const struct exchange_kind *kind;
    const struct exchange_kind *gather; /* in the place of `kind` where codes do not add up */
    void *own;
    bool whole, has_watch;
    struct exchange_watch watch;
    struct graph *graph;
    struct queue *timers;
    int *encoded; /* (shards) those that go on at `now`; only inside of play_encoded() */
    struct ranks events[EXCHANGE_EVENTS]; /* workers with an event that the conductor has not taken */
    int waiting;                          /* such events; all are of the ns `now` */
    vtime now;
    struct member *member; /* (workers) */
    struct in_progress in_progress;
    int64_t reduced; /* exchanges (whole) */
    int64_t last;    /* no message of a later one departs */
    int64_t owed;    /* results of reduced exchanges that the conductor has not taken */
};

static inline int exchange_workers(const struct exchange *x)
{
    return x->spec->topology->workers;
}

/* ---- hub.c ---- */

void hub_open(struct exchange *x);
void hub_close(struct exchange *x);
void hub_depart(struct exchange *x, enum exchange_event kind, int worker, vtime t, uint64_t bytes,
                int64_t id);
vtime hub_due(struct exchange *x);
bool hub_play(struct exchange *x, vtime t);
bool hub_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id);

/* ---- routes.c ---- */

void routes_open(struct exchange *x);
void routes_close(struct exchange *x);
void routes_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);
void routes_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id);
bool routes_encode(struct exchange *x, int worker, vtime t, int64_t number);
vtime routes_due(struct exchange *x);
bool routes_play(struct exchange *x, vtime t);
bool routes_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id);

/* ---- collective.c ---- */

/* The worker joins the exchange with this number. */
void collective_join(struct exchange *x, int worker, int64_t number, uint64_t payload);
void collective_begin(struct exchange *x, int worker, int64_t number);
void collective_arrives(struct exchange *x, const struct exchange_message *m);
void collective_close(struct exchange *x);

/* ---- wire.c ---- */

void wire_timer(struct exchange *x, const struct event *timer);
/* The conductor's next reply to the worker, which gives the worker's next result its id. */
void wire_replied(struct exchange *x, int worker, int64_t id);
struct exchange_message wire_message(const struct graph_message *g);
/* The first event of this kind, in rank order; false: there is none. */
bool wire_take(struct exchange *x, enum exchange_event kind, int *worker, int64_t *id);

#endif
