/* The orders: what the conductor writes and the processes carry out. An order is for one worker, a task for
 * the PS.
 *
 *   conductor --- order ---> worker i      each process carries out its orders in the sequence written,
 *             `-- task ----> the PS        and blocks only on a payload that is not produced yet
 *
 * Nothing is written before it is final, so no process ever computes what a reply or a crash would cancel. */
#ifndef SIM_ENGINE_ORDERS_H
#define SIM_ENGINE_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"
#include "sim/schema/rows.h"
#include "sim/time/vtime.h"

enum order_op {
    ORDER_STEP,
    ORDER_PUSH,
    ORDER_ACCEPT,
    ORDER_SKIP,  /* read and forget a reply that a crash or the run's end keeps from the worker */
    ORDER_FETCH, /* return after a crash: start again from the PS's model */
    ORDER_LEAVE,
    ORDER_COMPARE, /* say how far the local model is from the model of an evaluation */
    ORDER_KINDS
};

struct rates {          /* what a reply says besides its payload */
    float rate;         /* learning rate after the iterations in the reply's model; STEP: of the local step */
    float compensation; /* gamma of the pushes that follow */
    float update_rate;  /* the rate of the PS's update that this reply answers */
};

struct order { /* 56 bytes: with the 8 bytes that a ring adds, one line of the cache */
    int8_t op;
    bool report : 1;    /* STEP: the worker reports the end of the iteration */
    bool cancel : 1;    /* ACCEPT: forget the local iterations since the last push */
    bool restore : 1;   /* PUSH: the PS has dropped the push before: forget what coding that one has kept */
    int16_t worker;     /* cluster.workers is at most 32767 */
    struct rates rates; /* ACCEPT, FETCH; STEP: only `rate` */
    /* A number from 0. STEP: of the worker's local iteration; PUSH: of the worker's push; ACCEPT, SKIP: of
     * the reply; FETCH: of the fetch; COMPARE: of the evaluation. */
    int64_t number;
    int64_t version; /* ACCEPT, FETCH: of the model in the message; COMPARE: of the model that is evaluated */
    union {
        vtime end;           /* STEP with report: when the iteration ends by the compute model */
        struct {             /* ACCEPT */
            int64_t answers; /* youngest of the worker's pushes that the reply answers; -1: it answers none */
            /* When the reply left, the PS had admitted the worker's pushes below this number. */
            int64_t served;
        };
    };
    double progress; /* ACCEPT, FETCH: the part of the run's iterations that is in the message's model */
};
_Static_assert(sizeof(struct order) == 56, "an order and what a ring adds fill a line of the cache");

enum task_op {
    TASK_FOLD,          /* add a push to the sums */
    TASK_DROP,          /* read a push and forget it */
    TASK_UPDATE,        /* turn the sums into the next model */
    TASK_REPLY,         /* send the model to every worker, or to one */
    TASK_FETCH,         /* send the model to a worker that returns, and reset what the PS keeps for it */
    TASK_RESTART_POINT, /* make the restart point, from which the PS restarts after a crash */
    TASK_RESTORE,       /* go back to that restart point; all workers are down */
    TASK_FAULT,         /* a row of faults.csv */
    TASK_ROW,           /* a row of workers.csv is complete but for its training loss */
    TASK_EVALUATE,      /* hand the model to the evaluator */
    TASK_TOTAL,         /* a row of totals.csv; all workers in rank order, before TASK_END */
    TASK_END,
    TASK_KINDS
};

struct totals {
    int128 compute, communication, waiting, overlapped; /* ns: sums over workers */
    int128 coding;                                      /* part of compute */
    int64_t rounds, iterations, pushes, replies;
    vtime virtual_ns;
    int64_t bytes_up, bytes_down;
    int64_t wasted;  /* local iterations begun, and in no update or in an undone update */
    int64_t dropped; /* pushes in no update */
    bool at_once;    /* the first step of the model has used up a budget, and so has ended the run */
    struct fault_totals faults;
};

struct task {
    int32_t op, worker; /* worker: FOLD, DROP, ROW, FETCH; REPLY: -1: to all workers; FAULT: -1: the PS */
    /* FOLD, DROP, ROW: number of the worker's push. UPDATE: the version after the update. REPLY: number of
     * the reply, from 0, counted for all workers together (broadcast) or for this worker (unicast). FETCH:
     * number of the worker's fetch, from 0. EVALUATE: of the evaluation, from 0. */
    int64_t number;
    int64_t k; /* FOLD: local iterations in the push; RESTORE: those undone; EVALUATE: workers to compare */
    float weight;    /* FOLD */
    float rate;      /* UPDATE */
    double progress; /* UPDATE: the part of the run's iterations that was in the model before it */
    union {
        struct push_row row;       /* ROW */
        struct eval_row eval;      /* EVALUATE */
        struct worker_total total; /* TOTAL */
        struct fault_row fault;    /* FAULT */
        struct totals totals;      /* END */
    };
};

struct order_sink { /* receives the orders and tasks that the conductor writes */
    void (*order)(void *context, const struct order *order);
    void (*task)(void *context, const struct task *task);
    void *context;
};

#endif
