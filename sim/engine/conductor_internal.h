/* Inside of the conductor, shared by conductor.c (the clock), worker_events.c (workers at their boundaries), server_events.c
 * (the PS with a push), worker_faults.c (faults of workers and messages), server_faults.c (those of the PS) and deadlock.c. */
#ifndef SIM_ENGINE_CONDUCTOR_INTERNAL_H
#define SIM_ENGINE_CONDUCTOR_INTERNAL_H

#include "sim/engine/conductor.h"
#include "sim/engine/sim_worker.h"
#include "sim/time/queue.h"

enum { /* kinds in the queue, in the order of one nanosecond; events of faults have something in id */
       EVENT_SERVER_CRASH,
       EVENT_SERVER_BACK,
       EVENT_CRASH, /* the activity in which it happens; -1: in any */
       EVENT_BACK,
       EVENT_NOTICE,       /* that the PS takes: the worker's how-many-th crash */
       EVENT_PUSH_RESENT,  /* the push */
       EVENT_REPLY_RESENT, /* the reply */
       EVENT_MODEL_RESENT, /* the fetch */
       EVENT_SERVED,       /* the PS's crashes so far, when the push arrived */
       EVENT_DECISION
};
#define LAST_FAULT EVENT_MODEL_RESENT

struct held { /* a push that the PS has admitted and not yet combined */
    int worker;
    int64_t number;
};

struct conductor {
    const struct conductor_spec *spec;
    struct order_sink sink;
    struct sim_worker *worker; /* (workers) */
    struct network *up, *down;
    struct queue *queue;
    vtime now;
    vtime server_free; /* when the PS has served everything that has arrived */

    struct server_view server;
    struct peer *peer; /* (workers) */
    bool *answer;      /* (workers) of the verdict */
    struct held *held; /* (server.held) */
    const struct protocol *protocol;
    int64_t fragments; /* of a message's vectors */
    int64_t exchanges; /* pushes of a worker in an update of the model; the last one carries its iterations */
    float update_rate; /* of the newest model */
    int64_t evaluated; /* iterations in the model at the last evaluation */
    int64_t replies;   /* to everybody */
    int replies_under_way; /* that somebody will take; fetched models aside */
    int unplaced;          /* iterations ordered and not yet reported */
    vtime real_now;        /* PACE_REAL */
    struct {               /* the clients of one round */
        int64_t round;     /* -1: none yet */
        int *client;       /* (workers) */
    } cohort;
    bool stopping, started, over;
    bool drained; /* the last final push is in */
    bool server_down;
    struct { /* the PS's newest checkpoint: 0 at the start */
        int64_t iterations;
        float update_rate;
        int64_t *consumed; /* (workers) */
    } kept;
    struct task
        last_row; /* a row is written when the next one is complete, the run's last one at its end ... */
    bool has_row; /* ... if there is one */
    int64_t unlisted_bytes; /* of replies to workers that have no further row: the last row has them */
    struct totals totals;
    struct probe probe;
    struct {               /* since the last update */
        int64_t faults;    /* crashes of workers, messages lost */
        int64_t forgotten; /* local iterations that crashes of workers have taken */
        int64_t begun;     /* local iterations */
        int64_t served;    /* pushes */
    } idle;
    int64_t waiting; /* pushes that have arrived and have not been served */
    bool *stuck;     /* conductor_survive(); NULL: the program ends */
};

/* conductor.c */
struct rates conductor_rates(const struct conductor_spec *spec, double done, float update_rate);
bool conductor_draining(const struct conductor *c);
bool conductor_nothing_departs(const struct conductor *c); /* from the update that ends the run on */

/* deadlock.c: the run is over then, or the program, with EXIT_STUCK, and it has been said who waits for whom. */
void conductor_deadlock(struct conductor *c);
bool conductor_is_endless(
    struct conductor *c); /* too much has happened without an update, or waits at the PS */

/* worker_events.c */
void engine_worker_take_share(struct conductor *c, struct sim_worker *w); /* of whom it plays from now on */
void engine_worker_call(struct conductor *c,
                        const struct sim_worker *w); /* to its next decision, which is now */
void engine_worker_decide(struct conductor *c,
                          struct sim_worker *w); /* a boundary, or what a waiting worker waited for */
void engine_worker_end_at(struct conductor *c, const struct sim_worker *w,
                          vtime t); /* of the iteration being computed */
void engine_worker_cut(struct conductor *c,
                       struct sim_worker *w); /* the iteration that is being computed ends here */
void engine_worker_crash(struct conductor *c, struct sim_worker *w);
void engine_worker_fetch(struct conductor *c, struct sim_worker *w,
                         const struct delivery *model); /* after a crash: it fetches the model */
void engine_worker_finish(
    struct conductor *c,
    struct sim_worker *w); /* the run ends: it takes what has arrived, its pushes on their way are cut */
void engine_worker_drop_pushes(struct conductor *c,
                               struct sim_worker *w); /* all that the PS has not read: read and forgotten */
void engine_worker_write_rows(struct conductor *c, struct sim_worker *w); /* those that are complete */
void engine_write_last_row(struct conductor *c); /* of the run; every byte is in a row then */

/* server_events.c */
void engine_server_serve(struct conductor *c, struct sim_worker *w); /* its oldest push that waits */
struct push *engine_server_read(struct conductor *c, const struct held *h,
                                enum task_op op);   /* its numbers are asked for */
void engine_server_reconsider(struct conductor *c); /* somebody is away: those who wait may go on */
void engine_server_evaluate(struct conductor *c);

/* worker_faults.c */
void engine_faults_open(struct conductor *c); /* crashes that are told beforehand */
void engine_faults_play(struct conductor *c, const struct event *e);
void engine_faults_record(struct conductor *c, int worker, enum fault what,
                          uint64_t bytes); /* in faults.csv */
/* A worker begins anew with the PS's model. After the update that ends the run nobody does. */
void engine_faults_return(struct conductor *c, struct sim_worker *w);
void engine_faults_draw_crash(struct conductor *c, const struct sim_worker *w,
                              vtime duration); /* an iteration begins: it may be its last */
/* A reply to one that is down, whether or not the PS knows, will never be taken. */
void engine_faults_skip_reply(struct conductor *c, const struct sim_worker *w, int64_t number);
/* A message is through its link. true: it is lost, and everything done. */
bool engine_faults_lose_push(struct conductor *c, struct sim_worker *w, int64_t number);
bool engine_faults_lose_delivery(struct conductor *c, struct sim_worker *w, const struct delivery *d);
/* A push from before its sender's crash has come to nothing: nobody will answer it. */
void engine_faults_release(struct conductor *c, struct sim_worker *w, int64_t number);

/* The wire's name of a delivery, for net_depart(): a fetch is below 0. */
int64_t engine_faults_wire_id(const struct delivery *d);

/* server_faults.c */
void engine_outage_open(struct conductor *c);
void engine_outage_play(struct conductor *c, const struct event *e); /* the PS crashes, or is back */
void engine_outage_checkpoint(struct conductor *c); /* after an update: is a checkpoint due? */

#endif
