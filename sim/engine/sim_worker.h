/* The conductor's picture of one worker: what it is doing, its accounts, its pushes and the replies on their way
 * to it. Pure bookkeeping; decisions are those of worker_events.c and server_events.c. */
#ifndef SIM_ENGINE_SIM_WORKER_H
#define SIM_ENGINE_SIM_WORKER_H

#include "algorithms/algorithm.h"
#include "sim/base/fifo.h"
#include "sim/engine/orders.h"

enum doing { COMPUTING, WAITING, AWAY, GONE }; /* away: crashed, or the PS has, and not back yet */

struct delivery { /* a reply that has left the PS for this worker and has not been accepted */
    bool fetch;   /* it is no reply: the whole model, to one that is back */
    bool here;    /* it is there, though one before it may have been lost */
    int64_t number, version;
    int64_t answers; /* the sender's pushes below this number */
    struct rates rates;
    bool stop, cancel;
    vtime depart, arrive; /* arrive: VTIME_NEVER while under way */
};

struct push { /* from its departure until its row is written */
    struct push_header header;
    struct push_row row;
    bool read;    /* its numbers have been asked for: folded or dropped */
    bool settled; /* answered and accepted, or never to be answered */
    bool resent;  /* it has been lost and waits to be sent again */
    bool lost;    /* for good: its sender has crashed */
};

struct sim_worker {
    struct worker_view view;
    enum doing doing;
    vtime since;                        /* when what it does began */
    int64_t activity;                   /* counts activities: events of an earlier one are void */
    int64_t iteration, begun, consumed; /* consumed: in updates */
    bool unissued;   /* its last iteration is complete, but not yet ordered: it may still be cancelled */
    bool wants_link; /* waits for its link with a push */
    int64_t base;    /* version held when the first iteration since the last push began */
    bool told_to_stop;
    bool
        resting; /* it begins no iteration any more: the model is complete, and it has taken an older reply since */

    struct fifo push; /* struct push, oldest first: numbers done .. sent - 1 */
    int64_t done, served, arrived, sent;
    int64_t early;        /* arrived before their turn, and not served yet */
    struct fifo delivery; /* struct delivery, oldest first */
    size_t deliveries_there;
    int64_t replies; /* sent to it alone */

    bool crashed; /* by itself, and its down_time is not over */
    int64_t crashes, fetches;
    int64_t before; /* pushes sent before the last crash */
    /* Pushes sent before the PS's last crash: what is on the link of them arrives at nobody. */
    int64_t orphans;
    int64_t carried[2]; /* messages that its links have carried, up and down, lost ones as well */
    bool fetching;      /* back, and waits for the model */

    vtime compute, waiting, down;         /* since the start; down: away */
    vtime compute_pushed, waiting_pushed; /* both at the last push */
    int128
        reply_time; /* of the replies accepted that are in no row yet: under way, several at a time perhaps */
    int64_t reply_bytes; /* likewise, and of those that it will never take */
    int under_way;       /* messages on its links */
    vtime busy_since, communication;
    vtime overlap_since, overlapped; /* computing while a message is under way */
};

void sim_worker_open(struct sim_worker *w, int id, const void *params);
void sim_worker_close(struct sim_worker *w);

/* Ends what it was doing at t, charges it to the account, and begins `next`. */
void sim_worker_change(struct sim_worker *w, vtime t, enum doing next);

/* A message of this worker departs or arrives: communication is the union of these intervals. */
void sim_worker_link_busy(struct sim_worker *w, vtime t);
void sim_worker_link_free(struct sim_worker *w, vtime t);

/* Pushes arrive and are served in the order in which they were sent. */
struct push *sim_worker_push(const struct sim_worker *w, int64_t number);
/* whole: with the iterations that have been gathered, k is 0 then; otherwise with none of them. */
struct push *sim_worker_send(struct sim_worker *w, vtime t, uint64_t bytes, bool whole);
/* It is answered and accepted, or never to be answered; more than once is once. */
void sim_worker_settle(struct sim_worker *w, struct push *push);
/* Likewise, without an answer. */
void sim_worker_forgo(struct sim_worker *w, struct push *push);
/* Takes out the oldest push if its row is complete. */
bool sim_worker_settled(struct sim_worker *w, struct push *push, int64_t *number);

/* Queue of replies, first in first out. */
void sim_worker_expect(struct sim_worker *w, const struct delivery *d);
struct delivery *sim_worker_delivery(const struct sim_worker *w, bool fetch,
                                     int64_t number); /* NULL: none such */
/* The oldest one under way, if it is here; those behind it wait for it. */
const struct delivery *sim_worker_arrived(struct sim_worker *w, vtime t);
bool sim_worker_take(struct sim_worker *w, struct delivery *d); /* one that has arrived */
/* The youngest push that this reply answers; -1: it answers none. */
int64_t sim_worker_answered(const struct sim_worker *w, const struct delivery *d);
/* The rows of the pushes that the accepted reply answers are complete. */
void sim_worker_accept(struct sim_worker *w, const struct delivery *d, vtime t, uint64_t bytes);
/* It begins anew with the model fetched; unanswered: a push from before its crash is still to be answered. */
void sim_worker_fetched(struct sim_worker *w, const struct delivery *d, bool unanswered);

#endif
