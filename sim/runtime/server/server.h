/* The state of the PS's process. Only the files of sim/runtime/server/ (and vector_rows.c, for the places of
 * pointers) include it:
 *
 *   loop.c        plays the tasks of the conductor, one by one
 *   aggregate.c   tasks that read pushes and make the next model
 *   reply.c       tasks that send the model
 *   restart.c     tasks of the restart point, from which the PS restarts after a simulated crash
 *   io.c          sends orders, receives pushes and results while the PS works or waits
 *   quality.c     what an evaluation measures beside accuracy and loss
 *   persist.c     what a checkpoint of the run holds */
#ifndef SIM_RUNTIME_SERVER_SERVER_H
#define SIM_RUNTIME_SERVER_SERVER_H

#include "sim/base/fifo.h"
#include "sim/output/metrics.h"
#include "sim/runtime/shared.h"

/* How many versions back a replica's hash can be compared. A worker that is not down is at most two
 * versions behind; an older hash is not compared. */
#define HASHES 64

struct evaluation;
struct server_quality; /* quality.c */

struct addend { /* a push that is being added to the sums */
    int worker;
    int64_t number; /* number of the push among the worker's pushes */
    bool first;     /* the first push of the update: it overwrites the sums */
    float weight;
};

struct loss { /* the training loss of a push */
    int64_t number;
    double value;
};

struct server_io {           /* state of io.c */
    int ready;               /* processes that have reported; only without PACE_MODEL */
    struct fifo tasks;       /* struct task: tasks not yet played */
    struct fifo *orders;     /* (processes) struct order: orders not yet on the ring */
    int64_t *taken;          /* (workers) replies that the worker has been ordered to take */
    int64_t skip;            /* resumed run: tasks still to skip, as they were played before */
    int64_t *skip_orders;    /* (processes) the same for orders */
    struct inbox *pushes;    /* (processes) */
    struct fifo evaluations; /* struct eval_row: snapshots sent to the evaluator and not yet answered */
    int64_t snapshots;       /* snapshots sent so far */
    int64_t results;         /* those of them with a result that has been taken */
    bool news;               /* results that the conductor may have waited for */
};

struct server_sums { /* vectors of aggregate.c and reply.c, besides those that callbacks see (state) */
    float *peer[MAX_VECTORS];    /* (workers x n) state.peer points to the vectors of one worker */
    float *state_of[MAX_STATES]; /* vectors of the optimiser; NULL: the optimiser has fewer */
    float *amended;              /* (n) the result of the algorithm's amend on a push */
    /* BatchNorm's statistics: the mean, and the values that make it. ANSWER_ALL: the sum over the pushes of
     * this update; ANSWER_EACH: the last statistics of each worker (workers x stats). */
    float *stats, *stats_of;
    float *stats_read; /* (stats) statistics of the push being read */
    uint8_t *coded_push, *coded_reply[MAX_SPANS];
    float *decoded, *scratch, *residual[MAX_SPANS];
    float *rate_of[MAX_SPANS]; /* (fragments) rate of the update with which the residual was coded last */
    struct addend folding;     /* the push being read */
    /* (workers) zero-copy pushes of this round that are not in the sums yet, and their number */
    struct addend *waiting;
    int waitings;
};

struct server_results {  /* state of loop.c */
    struct fifo *losses; /* (workers) struct loss: of pushes that have been read and have no row yet */
    struct metrics *metrics;
    struct timeline *timeline; /* NULL: no timeline is wanted */
    int64_t begun;             /* start of this process, on CLOCK_MONOTONIC */
    double wall_before;        /* resumed run: seconds that the run took before */
};

struct server_saved { /* a checkpoint has these bytes */
    int64_t played;   /* tasks played so far */
    int64_t replies;  /* broadcasts sent so far */
    int64_t version;  /* of the model: updates so far; the newest version in `hash` */
    double loss_sum;  /* over the iterations pushed since the last evaluation */
    int64_t loss_iterations;
    int64_t steps;           /* of the PS's optimiser: updates since its vectors were zero */
    int64_t restart_steps;   /* the same at the restart point */
    int64_t iterations;      /* local iterations in the pushes that have been added up */
    int64_t checkpoints_due; /* checkpoints that were due so far */
    uint64_t hash[HASHES];   /* of the model; version v is in hash[v % HASHES] */
    int64_t evaluations;     /* results of evaluations so far */
    int64_t reached;         /* the first of them, from 0, at the target; -1: none */
    struct summary summary;
    double restart_progress; /* progress and learning rate of the update that made the restart point */
    float restart_rate;
    bool replicas_differ;
    /* Copies of members of struct server_state; set only while the state is saved or loaded. */
    int pushes;
    float weight, rate;
    double progress;
    double work;
};

struct of_worker {   /* what the PS remembers of a worker; a checkpoint has these bytes */
    int64_t replied; /* unicast replies sent so far */
    enum presence { NEVER_PUSHED, HAS_PUSHED, CRASHED } presence; /* since the start, or since the return */
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
    struct server_quality *quality; /* NULL: nothing of that is asked for */
    struct of_worker *of_worker;    /* (workers) */
    float **restart_point; /* (run->vectors.rows) copies of the vectors that are `restarted` (restart.c) */
    bool over;
};

/* aggregate.c */
void aggregate_open(struct server *s);
void aggregate_close(struct server *s);
void aggregate_fold(struct server *s, const struct task *t);
void aggregate_drop(struct server *s, const struct task *t);
void aggregate_update(struct server *s, const struct task *t);
void aggregate_settle(struct server *s);                         /* adds up the zero-copy pushes that wait */
void aggregate_compare(struct server *s, const struct frame *f); /* a replica's hash with the model's */

/* reply.c */
float *server_vector(struct server *s, int vector); /* by its number in the protocol */
void reply_encode(struct server *s);
void reply_send(struct server *s, const struct task *t);
void reply_fetch(struct server *s, const struct task *t);
/* Before a task: lets the conductor run on, until every worker that must read a reply before the task can
 * end has been ordered to do so. */
void server_expect(struct server *s, const struct task *t);
/* Whether the task can be played to its end, and would wait at most for room on a ring or for the rest of
 * a message. */
bool server_can(struct server *s, const struct task *t);

/* restart.c */
void restart_open(struct server *s);
void restart_close(struct server *s);
void restart_save(struct server *s, const struct task *t);    /* plays TASK_RESTART_POINT ... */
void restart_restore(struct server *s, const struct task *t); /* ... and TASK_RESTORE */
void restart_persist(struct server *s, struct section *c);    /* in a checkpoint of the run */

/* io.c */
/* Lets the conductor run on until the worker has been ordered to take this reply. Then writing the reply
 * cannot block for ever, however slow the worker's simulated link is. */
void server_io_expect(struct server *s, int worker, int64_t reply);
void server_io_open(struct server *s);
void server_io_close(struct server *s);
void server_io_order(void *server, const struct order *order); /* the sink of the conductor's orders ... */
void server_io_task(void *server, const struct task *task);    /* ... and of its tasks */
/* Sends orders, relieves full rings, takes results. Never blocks. */
void server_io_poll(void *server);
void server_io_snapshot(struct server *s, const struct eval_row *row);
void server_io_results(struct server *s);      /* waits for the results of all evaluations */
void server_io_last_results(struct server *s); /* the same, and tells the evaluator to end */

/* quality.c: all but open do nothing where nothing is asked for. */
void server_quality_open(struct server *s);
void server_quality_close(struct server *s);
/* Whether TASK_EVALUATE need not wait for workers that compare their models with that of the evaluation before. */
bool server_quality_can_begin(struct server *s);
void server_quality_begin(struct server *s,
                          const struct task *t); /* TASK_EVALUATE: before its snapshot leaves */
/* The result of the oldest evaluation that has none. e: what else the evaluator has found; NULL: nothing is asked. */
void server_quality_take(struct server *s, const struct evaluation *e);
void server_quality_write(struct server *s); /* rows that are whole */
void server_quality_persist(struct server *s, struct section *c);

/* persist.c */
void server_persist(void *server, struct section *c);

#endif
