/* The conductor's record of one worker: its activity, its accounts of time, its pushes and the replies. Only
 * bookkeeping: worker_events.c and server_events.c make the decisions. */
#ifndef SIM_ENGINE_SIM_WORKER_H
#define SIM_ENGINE_SIM_WORKER_H

#include "algorithms/algorithm.h"
#include "sim/engine/delivery_queue.h"
#include "sim/engine/orders.h"
#include "sim/engine/push_queue.h"
#include "sim/engine/traffic.h"

/*   WAITING <--> COMPUTING      at every boundary of a worker, through worker_events.c
 *   WAITING <--> CODING         likewise, where coding takes time: the boundary goes on when it is done
 *   any but STOPPED --> DOWN    the worker crashes, or the PS does: the worker's session ends
 *   DOWN --> WAITING            the worker, or the PS with all workers, has returned; the model is fetched
 *   WAITING --> STOPPED         the worker has taken a reply that says STOP, and computes no more
 *   any --> STOPPED             the run ends */
enum doing { COMPUTING, WAITING, CODING, DOWN, STOPPED };

/* Counters of local iterations. They differ: an iteration that a crash, a cancelling reply or the end of
 * the run cuts off is begun and never consumed, and its number is never used again. */
struct iterations {
    int64_t number;   /* of the next iteration, or of the one being computed */
    int64_t begun;    /* iterations begun; an iteration that was cut at its first moment does not count */
    int64_t consumed; /* iterations in updates of the model */
    int64_t base;     /* version held when the first iteration since the last push began */
    bool unissued;    /* the last iteration is complete and not yet ordered: a reply may still cancel it */
    float rate;       /* learning rate of the iteration begun last */
    int64_t earlier;  /* iterations begun before this session of the worker */
    int64_t included; /* iterations of this session that are in updates of the model */
    int64_t lost;     /* iterations of this session that a reply has cancelled, or in a dropped push */
};

/* What the last message that the worker has accepted, a reply or a fetched model, says of the run. The
 * learning rates of the iterations that follow depend on it. */
struct accepted {
    int64_t done, own; /* as in struct delivery */
    float rate;        /* learning rate after `done` iterations */
};

/* Each ns of a worker is in one of three accounts. The time after STOP is in `waiting`, and that of coding in
 * `compute`. */
struct account {
    vtime compute, waiting, down;
    vtime coding;                                        /* a part of compute */
    vtime compute_pushed, waiting_pushed, coding_pushed; /* those when the last push departed */
};

/* A boundary that takes time, because the worker decodes a reply or encodes a push in it. */
struct boundary {
    bool accepts; /* the worker still accepts replies that have arrived, before it decides */
    bool decodes; /* CODING: its oldest reply; false: it encodes its next push */
    bool encoded; /* its next push is encoded, and departs */
};

/* A worker's links, both directions together. Communication is the union of the intervals in which a message
 * of the worker is in flight; the part of it in which the worker computes is overlapped. */
struct link_account {
    bool by_messages; /* pushes and replies are not the messages on these links (messages.c) */
    int in_flight;    /* messages, both directions */
    vtime busy_since, communication;
    vtime overlap_since, overlapped; /* overlap_since: until when the overlap has been charged */
    /* Messages that have come through each direction, lost or not. The draw of the next loss depends on
     * it. */
    int64_t carried[2];
    /* Pushes that are through the link, where that is not when they arrive (EXCHANGE_SENT). */
    int64_t through;
};

/* Replies that are in no row yet: the next complete row takes all of them. */
struct unlisted {
    int128 time;   /* sum of their times in flight; replies in flight at once count each */
    int64_t bytes; /* also of replies that the worker will never take; by_messages: none */
};

struct crash_state {
    /* The worker itself crashed, and its down_time is not over: the return of the PS does not bring it
     * back. */
    bool down;
    int64_t crashes; /* crashes of the worker itself; a notice of an older crash is void */
    int64_t fetches; /* fetches of the model */
    int64_t news;    /* how often the PS has learned of a crash or a return */
    bool fetching;   /* the worker has returned, and waits for the model */
};

/* The push of the iteration that the worker computes, while its buckets depart (bucket_events.c). It is in the
 * push queue when the last of them has departed. */
struct overlapped {
    bool now;
    vtime duration; /* of the iteration, which began with the present activity */
    vtime first;    /* when the first bucket departed */
    int departed;   /* buckets */
};

struct sim_worker {
    struct worker_view view; /* what the algorithm's decide() sees */
    enum doing doing;
    vtime since;      /* when the present activity began */
    int64_t activity; /* counts changes of `doing`: events of an earlier activity are void (event_list.c) */
    bool wants_link;  /* decide() has said SEND while a push is on the link: the worker waits for the link */
    struct boundary boundary;
    bool told_to_stop;
    bool dropped; /* the algorithm has dropped the worker's last push: the next one says so */
    /* The model is complete, and the worker has taken an older reply since: it computes no more. */
    bool resting;
    int64_t replies; /* unicast replies sent to the worker */

    struct push_queue pushes;
    struct overlapped overlapped;
    struct delivery_queue deliveries;
    struct iterations iterations;
    struct accepted accepted;
    struct account account;
    struct link_account link;
    struct traffic traffic; /* by_messages: what the links carry for each exchange */
    struct unlisted unlisted;
    struct crash_state crash;
};

void sim_worker_open(struct sim_worker *w, int id, const void *params, bool by_messages);
void sim_worker_close(struct sim_worker *w);

/* Ends the worker's activity at t, charges it to the account, and begins `next`. */
void sim_worker_change(struct sim_worker *w, vtime t, enum doing next);
/* The worker computes or codes. */
static inline bool sim_worker_is_busy(const struct sim_worker *w)
{
    return w->doing == COMPUTING || w->doing == CODING;
}

/* A message of this worker departs, or arrives. */
void sim_worker_link_busy(struct sim_worker *w, vtime t);
void sim_worker_link_free(struct sim_worker *w, vtime t);
/* Pushes that have arrived at the PS, or at all shards, and have not been served. */
int64_t sim_worker_pushes_waiting(const struct sim_worker *w);
/* (exchanges that are not whole) The push is through the link: its communication ends. */
void sim_worker_push_through(struct sim_worker *w, struct push *push, vtime t);

/* No push of this worker is on its link: the next one may depart. */
bool sim_worker_link_is_free(const struct sim_worker *w);

/* ---- pushes ---- */

/* whole: the push carries the iterations since the last push, and k becomes 0; otherwise the push carries no
 * iterations. */
struct push *sim_worker_send(struct sim_worker *w, vtime t, uint64_t bytes, bool whole);
/* The worker has accepted the push's reply, or the push will never be answered. Settling a push again does
 * nothing. */
void sim_worker_settle(struct sim_worker *w, struct push *push);
/* Whether it is the worker's last push so far, and the worker has not crashed since. */
bool sim_worker_sent_last(const struct sim_worker *w, int64_t number);
/* The push will never be answered: its row takes the bytes of replies that have come to nothing. */
void sim_worker_forgo(struct sim_worker *w, struct push *push);
/* The PS has dropped a push. true: the worker sent the push before its last crash, has returned since, and
 * waits for no reply. */
bool sim_worker_push_is_void(struct sim_worker *w, int64_t number);

/* ---- replies ---- */

/* It is made, and departs now or later. */
void sim_worker_expect(struct sim_worker *w, const struct delivery *d);
const struct delivery *sim_worker_arrive(struct sim_worker *w, vtime t); /* as delivery_queue_arrive() */
/* The youngest push that this reply answers; -1: it answers none. */
int64_t sim_worker_answered(const struct sim_worker *w, const struct delivery *d);
/* Settles the pushes that the reply answers. bytes: that their rows count for it. */
void sim_worker_accept(struct sim_worker *w, const struct delivery *d, vtime t, uint64_t bytes);
/* The worker starts again from the fetched model. unanswered: a push from before the crash will still be
 * answered. */
void sim_worker_fetched(struct sim_worker *w, const struct delivery *d, bool unanswered);

/* ---- iterations ---- */

/* The PS has put iterations of the worker's push into the model, or has dropped the push. */
void sim_worker_include(struct sim_worker *w, int64_t push, int64_t iterations);
void sim_worker_lose(struct sim_worker *w, int64_t push, int64_t iterations);
/* The worker's session ends. */
void sim_worker_end_session(struct sim_worker *w);
/* The worker's own iterations that have begun in this session, are not in the model last accepted, and are
 * not lost. */
int64_t sim_worker_ahead(const struct sim_worker *w);

#endif
