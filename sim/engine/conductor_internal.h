/* Inside of the conductor: its state, and the functions that its files call in each other. Calls go one
 * way, from the top down; a file never calls a file above it or beside it (tests/cli/test_includes.sh
 * compares the objects with this picture). What happens later is not called but posted to the event list;
 * only conductor.c takes events from the list.
 *
 *   conductor.c             the loop: one nanosecond of virtual time after the other
 *    |    |
 *    |   deadlock.c         a run that cannot go on: which worker waits for what
 *    |
 *   server_faults.c         the PS crashes and returns, and takes the workers with it
 *    |
 *   worker_faults.c         workers crash and return, messages are lost and sent again
 *    |
 *   worker_events.c         a worker at a boundary: accept, then send, compute or wait
 *    |
 *   server_events.c         a push at the PS: admit, update
 *    |
 *   server_replies.c        replies depart
 *    |
 *   server_restart_point.c     what the PS returns to
 *   final_exchange.c           drain with whole exchanges: every worker joins once more
 *    |
 *   bucket_events.c            buckets of a push depart, also before its iteration ends
 *   messages.c                 what the links carry for whole exchanges
 *    |
 *   event_list.c orders.c spec.c target.c             post an event, write an order, read the specification
 *    |
 *   sim_worker.c                                      state without decisions
 *    |
 *   push_queue.c delivery_queue.c traffic.c peers.c sampling.c probe.c
 *
 * Faults call rather than post what follows from them in the same nanosecond: a crash that the PS learns
 * of at once is complete, with the update and the replies that it sets free, before the next crash of that
 * nanosecond begins. */
#ifndef SIM_ENGINE_CONDUCTOR_INTERNAL_H
#define SIM_ENGINE_CONDUCTOR_INTERNAL_H

#include "sim/engine/conductor.h"
#include "sim/engine/peers.h"
#include "sim/engine/sim_worker.h"
#include "sim/time/queue.h"

/* Kinds of events, in their order within one nanosecond. The comment says what the id of the event means. */
enum {
    EVENT_SERVER_CRASH, /* none */
    EVENT_SERVER_BACK,  /* none */
    EVENT_CRASH,        /* the activity in which the worker crashes; -1: any activity */
    EVENT_BACK,         /* none */
    EVENT_NOTICE,       /* number of the worker's crash that the PS learns of, from 1 */
    EVENT_PUSH_RESENT,  /* the push */
    EVENT_REPLY_RESENT, /* the reply */
    EVENT_MODEL_RESENT, /* the fetch */
    EVENT_ENCODED,      /* number of crashes of the PS before the reply was made */
    EVENT_SERVED,       /* number of crashes of the PS before the push arrived */
    EVENT_BUCKET,       /* the activity during which buckets of the worker's next push depart */
    EVENT_DECISION      /* the activity that ends */
};
#define LAST_FAULT EVENT_MODEL_RESENT

/* Ids that pushes and results have in the exchange, where they are not those of a push and of a reply. Exchanges that
 * know these are whole, and have no fetches, which have ids below 0 as well (engine_wire_id). */
enum {
    ID_NO_PUSH = -1, /* of a join without a push, and of its result (final_exchange.c) */
    ID_BUCKET = -2   /* of a bucket that is not the last one of its push (bucket_events.c) */
};

/* Pushes that wait at the PS, of one worker and of all: a PS so far behind never catches up, and each of them
 * has memory here. */
#define MOST_WAITING     10000
#define MOST_WAITING_ALL (100 * MOST_WAITING)

struct waiting_push { /* at the PS, for its service */
    int worker;
    vtime service; /* how long it takes */
    bool passes;   /* it needs no service, and only keeps its place */
};

struct encoding { /* a reply that departs when the PS has encoded it */
    int worker;
    struct delivery reply; /* depart: when it is encoded */
    int64_t news;          /* of the worker (struct crash_state) when the reply was made */
};

/* Where a nanosecond is broken off, because a result must be known first (target.c). */
enum broken_off { NOT_BROKEN_OFF, BEFORE_FAULT, BEFORE_SERVICE };

struct results { /* of evaluations, as the PS's process says (conductor_results()) */
    int64_t known;
    int64_t reached; /* the first evaluation at the target; -1: none */
};

struct held { /* a push that the PS has admitted and not yet combined */
    int worker;
    int64_t number;
};

struct conductor {
    const struct conductor_spec *spec;
    const struct protocol *protocol;
    int64_t fragments; /* of a message's vectors */
    int64_t exchanges; /* pushes of a worker in a step of the model; the last one carries its iterations */
    struct order_sink sink;
    struct probe probe;
    bool *stuck; /* conductor_survive(); NULL: the program ends */

    struct sim_worker *worker; /* (workers) */
    struct exchange *exchange;
    struct exchange_watch watch;
    vtime exchange_due;  /* when something may next come from it, as last asked */
    bool whole;          /* every exchange has a push of every worker, and messages of its own (messages.c) */
    bool ordered;        /* a worker may push while its last push is in progress: exchanges have an order, or
                            buckets queue on the link */
    bool serves;         /* pushes are served at the PS, one after the other; false: not here */
    struct queue *queue; /* the event list */
    vtime now;
    vtime real_now; /* PACE_REAL */
    bool started, over;
    enum broken_off broken_off;
    int unplaced;          /* iterations ordered and not yet reported */
    int replies_in_flight; /* replies that a worker will take; fetched models do not count */

    /* The PS. */
    struct server_view server;
    struct peers peers;        /* what `server` shows of the workers */
    struct held *held;         /* (server.held, at most one a worker) */
    struct answer_list answer; /* the workers that the present verdict answers */
    float update_rate;         /* learning rate of the newest update */
    double place;              /* in the schedules, of the newest version: engine_place() */
    int64_t evaluated;         /* iterations in the model at the last evaluation */
    int64_t evaluations;       /* so far */
    struct results results;
    int64_t broadcasts; /* replies sent to all workers */
    int64_t waiting;    /* pushes that have arrived and have not been served, of all workers */
    bool crowded;       /* there were too many of them since deadlock.c has last looked */
    int64_t turn;       /* fragments: version for which the PS last looked for pushes that are due */
    int last_to_end;    /* draining: the worker that had not ended when all workers were last looked at */
    vtime
        free_at;  /* when the PS will have served all that has come; with `encodes`: done what it has begun */
    bool encodes; /* the PS takes time to encode replies, so the order of its work is not known before */
    bool serving; /* (encodes) it serves a push */
    struct fifo unserved;  /* (encodes) struct waiting_push, the oldest first */
    struct fifo encodings; /* (encodes) struct encoding, in the order of their departures */
    bool down_now;         /* the PS has crashed and has not returned */
    bool stopping;         /* the update that ends the run has been made */
    bool drained;    /* the last final push is in the model; in a whole exchange: its last result is there */
    struct {         /* (whole, draining) of the last exchange: */
        int reduced; /* workers that the exchange has said to be in the reduction */
        int results; /* workers that have the result */
    } final;
    struct { /* the newest restart point of the PS; zeros at the start */
        int64_t iterations;
        float update_rate;
        double place;
        int64_t *consumed; /* (workers) */
    } restart_point;

    /* A row of workers.csv is written when the next row is complete, and the last row at the end of the
     * run: the last row takes the bytes of replies to workers that have no further row. */
    struct {
        struct task task;
        bool exists;
        int64_t unlisted[WAYS]; /* bytes up, down */
    } last_row;
    /* (whole) struct task: rows that lack only what the links still carry, in the order of acceptance. */
    struct fifo open_rows;
    struct totals totals;
    struct {               /* since the last update (deadlock.c) */
        int64_t faults;    /* crashes of workers, messages lost */
        int64_t forgotten; /* local iterations lost in crashes of workers */
        int64_t begun;     /* local iterations begun */
        int64_t served;    /* pushes served */
    } since_update;
};

/* ---- deadlock.c ---- */

/* Prints which worker waits for what, and ends the run, or the program with EXIT_STUCK. */
void engine_deadlock(struct conductor *c);
/* Whether too much has happened without an update, or too many pushes wait at the PS. Then it does the
 * same. */
bool engine_is_endless(struct conductor *c);

/* ---- server_faults.c ---- */

void engine_outage_open(struct conductor *c);
void engine_outage_play(struct conductor *c, const struct event *e); /* the PS crashes, or returns */

/* ---- worker_faults.c ---- */

void engine_faults_open(struct conductor *c); /* crashes that the configuration names */
void engine_faults_play(struct conductor *c, const struct event *e);
/* The worker returns, and starts again with the PS's model. After the update that ends the run no worker
 * returns. */
void engine_faults_return(struct conductor *c, struct sim_worker *w);
/* A message is through its link. true: the message is lost or void, and everything that follows is done. d
 * = NULL: the message was for a session of the worker that has ended. */
bool engine_faults_lose_push(struct conductor *c, struct sim_worker *w, int64_t number);
bool engine_faults_lose_delivery(struct conductor *c, struct sim_worker *w, const struct delivery *d);

/* ---- worker_events.c ---- */

/* Takes the number of training samples of the client for which the worker acts from now on. */
void engine_worker_take_share(struct conductor *c, struct sim_worker *w);
/* A boundary, or the arrival that a waiting worker waited for: accept, then act. */
void engine_worker_decide(struct conductor *c, struct sim_worker *w);
/* A reply, or the model, is through the link, and is not lost. */
void engine_worker_arrivals(struct conductor *c, struct sim_worker *w);
/* The worker's session ends. */
void engine_worker_crash(struct conductor *c, struct sim_worker *w);
/* A session of the worker begins: the worker waits for the model. */
void engine_worker_fetch(struct conductor *c, struct sim_worker *w, const struct delivery *model);
/* Orders the PS to read and forget all pushes of the worker that it has not read. */
void engine_worker_drop_pushes(struct conductor *c, struct sim_worker *w);
/* The run ends: the worker takes the replies that have arrived; everything else is cut. */
void engine_worker_finish(struct conductor *c, struct sim_worker *w);

/* ---- server_events.c ---- */

/* The push has left the worker's link (EXCHANGE_SENT): engine_server_push_arrives() follows when all shards have served
 * it, or when the exchange of all workers is reduced. */
void engine_server_push_is_sent(struct conductor *c, struct sim_worker *w, int64_t number);
/* The worker's push on the link arrives, and is not lost. */
void engine_server_push_arrives(struct conductor *c, struct sim_worker *w);
/* The PS has encoded replies: they depart, and it goes on with pushes that wait. */
void engine_server_encoded(struct conductor *c);
/* A push without any service is through when those that have arrived before it are. */
void engine_server_pass(struct conductor *c, struct sim_worker *w);
/* The PS has served the worker's oldest waiting push. */
void engine_server_serve(struct conductor *c, struct sim_worker *w);
/* Orders the PS's process to read that push, for TASK_FOLD or TASK_DROP. */
struct push *engine_server_read(struct conductor *c, const struct held *h, enum task_op op);
/* A worker is down, or was down without the PS's knowledge: workers that wait for its push may go on. */
void engine_server_reconsider(struct conductor *c);
/* The PS loses everything but its restart point. */
void engine_server_forget(struct conductor *c);
/* Orders an evaluation of the present model. */
void engine_server_evaluate(struct conductor *c);

/* ---- server_replies.c ---- */

/* Replies with the present model depart to the workers that the verdict answers; those that are coded, when they are
 * encoded. */
void engine_server_reply(struct conductor *c, const struct verdict *v);
/* Those that are encoded by now depart. */
void engine_server_encoded_replies(struct conductor *c);

/* ---- server_restart_point.c ---- */

void engine_restart_point_open(struct conductor *c);
void engine_restart_point_close(struct conductor *c);
void engine_restart_point_write(struct conductor *c); /* after an update, if a restart point is due */
void engine_restart_point_restore(struct conductor *c);

/* ---- final_exchange.c ---- */

/* A worker without iterations joins. */
void engine_final_join(struct conductor *c, struct sim_worker *w);
/* A worker's part is in the reduction. id: of the push, as the exchange gives it. Whether there is a push. */
bool engine_final_reduced(struct conductor *c, int64_t id);
/* The result is at a worker. */
void engine_final_result(struct conductor *c);

/* ---- bucket_events.c ---- */

/* An iteration of the worker begins. If its push shall depart while it is computed, its buckets will. Returns how long
 * the iteration takes: longer, if it is encoded meanwhile. */
vtime engine_buckets_overlap(struct conductor *c, struct sim_worker *w, vtime duration);
/* The worker begins to encode a push that is not overlapped: its buckets depart as they are encoded. */
void engine_buckets_encode(struct conductor *c, struct sim_worker *w);
/* An overlapped iteration ends, or is cut: what of it was coding. */
void engine_buckets_account(struct conductor *c, struct sim_worker *w);
/* EVENT_BUCKET: a bucket departs. */
void engine_buckets_depart(struct conductor *c, struct sim_worker *w);
/* The worker's push, the newest one, departs: all of it, or the buckets that have not departed yet. id: of the
 * push in the exchange. Returns when the first of it has departed. */
vtime engine_buckets_send(struct conductor *c, struct sim_worker *w, int64_t push, int64_t id);
/* A bucket is reduced that is not the last one of its push: the result is all that follows. */
void engine_bucket_reduced(struct conductor *c, int worker);

/* ---- messages.c: accounts of replies; struct exchange_watch ---- */

/* A reply departs at t. expected: its worker will take it. */
void engine_reply_departs(struct conductor *c, struct sim_worker *w, const struct delivery *d, bool expected,
                          vtime t);

void engine_message_departs(void *conductor, const struct exchange_message *m);
void engine_message_arrives(void *conductor, const struct exchange_message *m);
void engine_exchange_closed(void *conductor, int worker, int64_t exchange, vtime t);

/* ---- event_list.c ---- */

void engine_post(struct conductor *c, const struct event *e);
/* The worker decides at t, unless its present activity ends earlier. */
void engine_post_decision(struct conductor *c, const struct sim_worker *w, vtime t);
/* A waiting worker decides in this nanosecond. */
void engine_post_wake(struct conductor *c, const struct sim_worker *w);
/* The worker's push has arrived, and waits at the PS for its service. */
void engine_push_waits(struct conductor *c, const struct sim_worker *w);
/* The PS has served the worker's push at t, unless the PS crashes earlier. */
void engine_post_served(struct conductor *c, const struct sim_worker *w, vtime t);
/* The PS has encoded a reply at t, unless it crashes earlier. */
void engine_post_encoded(struct conductor *c, vtime t);
/* Too many pushes of this worker, or of all, wait at the PS. */
bool engine_is_crowded(const struct conductor *c, const struct sim_worker *w);
/* Gives the first event that is not void, which stays in the list; void events before it are discarded.
 * false: the list has no such event. */
bool engine_next_event(struct conductor *c, struct event *e);

/* ---- orders.c ---- */

struct order engine_order_of(const struct sim_worker *w, enum order_op op, int64_t number);
void engine_order(const struct conductor *c, const struct sim_worker *w, enum order_op op, int64_t number);
void engine_task(const struct conductor *c, const struct task *task);
void engine_record_fault(const struct conductor *c, int worker, enum fault what, uint64_t bytes);
void engine_write_rows(struct conductor *c, struct sim_worker *w); /* the worker's complete rows */
void engine_write_closed_rows(struct conductor *c); /* (whole) those that links have held back */
void engine_write_last_rows(struct conductor *c);   /* the run ends: all that are left */

/* The id of a delivery on the wire, for exchange_reply(), and the delivery of an id. The id of a fetch is
 * below 0. */
int64_t engine_wire_id(const struct delivery *d);
struct delivery *engine_delivery(const struct sim_worker *w, int64_t wire_id);

/* ---- target.c, and conductor.h ---- */

/* A model with this many iterations would be evaluated. */
bool engine_evaluation_is_due(const struct conductor *c, int64_t iterations);
/* The present update is the one that ends the run: the target was reached before, and an evaluation is due. */
bool engine_is_past_target(const struct conductor *c);
/* A result is not known, and must be before the PS admits the worker's next push, or, w = NULL, combines what it
 * holds. */
bool engine_awaits_result(const struct conductor *c, const struct sim_worker *w);

/* ---- spec.c, and conductor.h ---- */

const char *engine_name(const struct conductor_spec *spec); /* for messages */
bool engine_has_budget(const struct conductor_spec *spec);
/* Where the model is in the run's schedules: the iterations in it; with a budget the largest used part of
 * all bounds, 0 .. 1. */
double engine_place(const struct conductor *c);
/* Bounds: all iterations of the run are in the model, a budget is used up. */
bool engine_has_iterations(const struct conductor *c);
bool engine_has_used_budget(const struct conductor *c);
/* The learning rate at a place, the rates of a reply, and the place as a part of the run, at most 1. */
float engine_rate(const struct conductor_spec *spec, double place);
struct rates engine_rates(const struct conductor_spec *spec, double place, float update_rate);
double engine_progress(const struct conductor_spec *spec, double place);
/* Bytes that a worker's row counts for a push or a reply of this size; 0: it counts messages (messages.c). */
uint64_t engine_row_bytes(const struct conductor *c, const struct sim_worker *w, uint64_t message);
/* How long the PS takes to decode and serve a worker's push with this number. */
vtime engine_service(const struct conductor_spec *spec, int64_t number);
bool engine_draining(const struct conductor *c);
bool engine_nothing_departs(const struct conductor *c); /* from the update that ends the run on */

#endif
