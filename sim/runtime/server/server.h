/* Inside of the PS's process, shared by loop.c (its tasks), aggregate.c (those that touch gradients and
 * models), restart.c (its checkpoint in virtual time) and io.c (orders out, pushes in, results back). */
#ifndef SIM_RUNTIME_SERVER_SERVER_H
#define SIM_RUNTIME_SERVER_SERVER_H

#include "sim/base/fifo.h"
#include "sim/output/metrics.h"
#include "sim/runtime/shared.h"

/* Versions back that a replica's hash can be compared. A worker that is not down is at most two behind;
 * an older hash is not compared. */
#define HASHES 64

struct addend { /* a push on its way into the sums */
    int worker;
    int64_t number; /* of this worker's pushes */
    bool first;     /* of its round */
    float weight;
};

struct loss { /* of a push */
    int64_t number;
    double value;
};

struct server_io {           /* io.c's */
    int ready;               /* processes, while the pace is not the model's */
    struct fifo tasks;       /* struct task: the PS's part of the orders, not yet played */
    struct fifo *orders;     /* (processes) struct order: not yet on the ring */
    int64_t *taken;          /* (workers) replies that each has been ordered to take */
    int64_t skip;            /* resumed: tasks, ... */
    int64_t *skip_orders;    /* (processes) ... orders still to come that were played before */
    struct inbox *pushes;    /* (processes) */
    struct fifo evaluations; /* struct eval_row: handed to the evaluator, not yet answered */
    int64_t snapshots;       /* sent so far */
};

struct server_sums { /* aggregate.c's and reply.c's, beside what callbacks see (state) */
    float
        *peer[MAX_VECTORS]; /* (workers x n) one for each worker; state.peer points to those of one worker */
    float *amended;         /* (n) what the algorithm's amend made of a push */
    /* BatchNorm's statistics: the mean, and what it is made of. ANSWER_ALL: the sum over the pushes of this
     * update; ANSWER_EACH: the last ones of each worker (workers x stats). */
    float *stats, *stats_of;
    float *stats_read; /* (stats) those of the push that is being read */
    uint8_t *coded_push, *coded_reply[MAX_SPANS];
    float *decoded, *scratch, *residual[MAX_SPANS];
    struct addend folding; /* the push that is being read */
    struct addend
        *waiting; /* (workers) zero-copy pushes of this round whose vectors are not in the sums yet */
    int waitings; /* how many */
};

struct server_results {  /* loop.c's */
    struct fifo *losses; /* (workers) struct loss: of pushes read whose rows are not complete yet */
    struct metrics *metrics;
    struct timeline *timeline; /* NULL: none is wanted */
    int64_t begun;             /* this process, on CLOCK_MONOTONIC */
    double wall_before;        /* resumed: seconds that the run has taken before */
};

struct server_saved { /* in a checkpoint, as it is */
    int64_t played;   /* tasks so far */
    int64_t replies;  /* broadcasts sent so far */
    int64_t version;  /* of the model: updates so far, and the newest in `hash` */
    double loss_sum;  /* over the iterations pushed since the last evaluation */
    int64_t loss_iterations;
    int64_t iterations;      /* in pushes that have been added up */
    int64_t checkpoints_due; /* checkpoints that were due so far */
    uint64_t hash[HASHES];   /* of the model, by version */
    struct summary summary;
    float restart_rate; /* of the update that made the restart point */
    bool replicas_differ;
    int pushes; /* of struct server_state, which is the callbacks', only while it is saved or loaded: these three */
    float weight, rate;
};

struct of_worker {   /* what the PS remembers of a worker; in a checkpoint, as it is */
    int64_t replied; /* unicast replies sent so far */
    enum presence { NEVER_PUSHED, HAS_PUSHED, CRASHED } presence; /* since it began, or is back */
};

struct server {
    const struct run *run;
    struct waiter me;
    struct conductor *conductor;
    struct server_state state;
    struct server_io io;
    struct server_sums sums;
    struct server_results results;
    struct server_saved saved;
    struct of_worker *of_worker; /* (workers) */
    float **
        restart_point; /* (run->vectors.rows) copies of all vectors that are `restarted`; for a crash of the PS */
    bool over;
};

/* aggregate.c */
void aggregate_open(struct server *s);
void aggregate_close(struct server *s);
void aggregate_fold(struct server *s, const struct task *t);
void aggregate_drop(struct server *s, const struct task *t);
void aggregate_update(struct server *s, const struct task *t);
void aggregate_settle(struct server *s); /* zero-copy pushes that wait are added up now */
void aggregate_compare(struct server *s, const struct frame *f); /* a replica with what it should be */

/* reply.c */
float *server_vector(struct server *s, int vector); /* by its number in the protocol */
void reply_encode(struct server *s);
void reply_send(struct server *s, const struct task *t);
void reply_fetch(struct server *s, const struct task *t);
/* Before a task: the conductor plays on until the worker that must read something for it has been ordered
 * to. */
void server_expect(struct server *s, const struct task *t);
/* The task can be played to its end without waiting for anything but room and the rest of a message. */
bool server_can(struct server *s, const struct task *t);

/* restart.c */
void restart_open(struct server *s);
void restart_close(struct server *s);
void restart_save(struct server *s, const struct task *t);    /* plays TASK_CHECKPOINT ... */
void restart_restore(struct server *s, const struct task *t); /* ... and TASK_RESTORE */
void restart_persist(struct server *s, struct section *c);    /* in a checkpoint of the run */

/* io.c */
/* The conductor plays on until the worker has been ordered to take that reply: then writing it cannot block
 * for ever, however slow the worker's link. */
void server_io_expect(struct server *s, int worker, int64_t reply);
void server_io_open(struct server *s);
void server_io_close(struct server *s);
void server_io_order(void *server, const struct order *order); /* the conductor's orders ... */
void server_io_task(void *server, const struct task *task);    /* ... arrives here */
void server_io_poll(void *server); /* orders out, full rings relieved, results in; never blocks */
void server_io_snapshot(struct server *s, const struct eval_row *row);
void server_io_results(struct server *s);      /* waits for every evaluation */
void server_io_last_results(struct server *s); /* and says that there will be none any more */

/* persist.c */
void server_persist(void *server, struct section *c);

#endif
