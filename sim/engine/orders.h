/* The orders: what the conductor writes and the processes carry out. An order is for one worker, a task for the PS;
 * each process takes its own in the order written and blocks only on a payload that is not there yet. Nothing
 * is written before it is final, so no work that will be cancelled is ever computed. */
#ifndef SIM_ENGINE_ORDERS_H
#define SIM_ENGINE_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"
#include "sim/output/metrics.h"
#include "sim/time/vtime.h"

enum order_op {
    ORDER_STEP,
    ORDER_PUSH,
    ORDER_ACCEPT,
    ORDER_SKIP,  /* a reply that the end of the run, or a crash, has cut: read it and forget it */
    ORDER_FETCH, /* back after a crash: begin anew with the PS's model */
    ORDER_LEAVE,
    ORDER_KINDS
};

struct rates {          /* what a reply says besides its payload */
    float rate;         /* learning rate of the local steps that follow */
    float compensation; /* gamma of the pushes that follow */
    float update_rate;  /* the rate of the PS's update that this reply answers */
};

struct order { /* 56 bytes: with what a ring adds, one line of the cache */
    int32_t op, worker;
    int64_t
        number; /* STEP: the worker's local iteration, PUSH: its push, ACCEPT, SKIP: the reply, FETCH: the fetch,
                   each from 0 */
    int64_t version; /* ACCEPT, FETCH: of the model that it brings */
    union {
        vtime end; /* STEP to be reported: when it ends by the compute model */
        struct {   /* ACCEPT */
            int64_t
                answers; /* the youngest of the worker's pushes that the reply answers; -1: it answers none */
            int64_t served; /* the PS had read the worker's pushes below this number when the reply left */
        };
    };
    bool report;        /* STEP: its end is to be reported */
    bool cancel;        /* ACCEPT: local iterations since the last push are forgotten */
    struct rates rates; /* ACCEPT, FETCH */
};

enum task_op {
    TASK_FOLD,       /* add a push to the sums */
    TASK_DROP,       /* read a push and forget it */
    TASK_UPDATE,     /* turn the sums into the next model */
    TASK_REPLY,      /* send it to every worker, or to one */
    TASK_FETCH,      /* give the whole model to a worker that is back, and begin anew what is kept for it */
    TASK_CHECKPOINT, /* the PS's checkpoint, from which it restarts after a crash */
    TASK_RESTORE,    /* back to it: all workers are absent */
    TASK_FAULT,      /* a row of faults.csv */
    TASK_ROW,        /* a row of workers.csv is complete but for its training loss */
    TASK_EVALUATE,   /* hand the model to the evaluator */
    TASK_TOTAL,      /* what a worker came to, in rank order, before the end */
    TASK_END,
    TASK_KINDS
};

struct totals {
    int128 compute, communication, waiting, overlapped; /* ns: sums over workers */
    int64_t rounds, iterations, pushes, replies;
    vtime virtual_ns;
    int64_t bytes_up, bytes_down;
    int64_t wasted;  /* local iterations begun and in no update, or undone with it */
    int64_t dropped; /* pushes in no update */
    struct fault_totals faults;
};

struct task {
    int32_t op, worker; /* FOLD, DROP, ROW, FETCH; REPLY: -1: to everybody; FAULT: -1: the PS */
    int64_t
        number; /* FOLD, DROP, ROW: the worker's push; UPDATE: the version after it; REPLY: the reply: how many
                           have gone this way before, to everybody or to this worker; FETCH: the worker's fetch */
    int64_t k;  /* FOLD: local iterations in it; RESTORE: that are undone */
    float weight; /* FOLD */
    float rate;   /* UPDATE */
    union {
        struct push_row row;       /* ROW */
        struct eval_row eval;      /* EVALUATE */
        struct worker_total total; /* TOTAL */
        struct fault_row fault;    /* FAULT */
        struct totals totals;      /* END */
    };
};

struct order_sink { /* where the conductor writes */
    void (*order)(void *context, const struct order *order);
    void (*task)(void *context, const struct task *task);
    void *context;
};

#endif
