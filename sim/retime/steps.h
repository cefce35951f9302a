/* What decides the numbers of a run: for each worker and for the PS, the orders and tasks that they carry out, in their
 * order, without times and sizes. A process does not see the time: two runs of one configuration have the same numbers
 * if each process has the same stream in both.
 *
 *   worker 3:  STEP STEP ACCEPT STEP PUSH | STEP STEP STEP PUSH | STEP (what follows its last push decides nothing)
 *   the PS:    FOLD FOLD UPDATE | REPLY EVALUATE | FOLD FOLD UPDATE | REPLY
 *
 * A part (between two |) is what stands or falls together, so that a difference can be told in words. Where the model of
 * a worker is compared in evaluations, COMPARE ends a part, too: what the worker has computed by then decides numbers. */
#ifndef SIM_RETIME_STEPS_H
#define SIM_RETIME_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/fifo.h"
#include "sim/engine/orders.h"

enum step_kind { /* of both planes' commands, those that decide numbers */
                 DO_STEP,
                 DO_PUSH,
                 DO_ACCEPT,
                 DO_OTHER, /* an order that only faults make */
                 DO_FOLD,
                 DO_UPDATE,
                 DO_REPLY,
                 DO_EVALUATE,
                 DO_COMPARE
};

struct step { /* compared byte by byte: every byte is set, padding included */
    int32_t kind, worker;
    int64_t number;                        /* as in the order, or in the task; EVALUATE: the round */
    int64_t k;                             /* FOLD; EVALUATE: iterations in the model */
    int64_t version, answers, served;      /* ACCEPT; COMPARE has only the version */
    float rate, compensation, update_rate; /* STEP, ACCEPT, UPDATE */
    float weight;                          /* FOLD */
    double progress;                       /* ACCEPT, UPDATE */
    int32_t cancel, restore;               /* ACCEPT; PUSH */
};
_Static_assert(sizeof(struct step) == 80, "no padding");

struct steps_rule {  /* of a run */
    bool statistics; /* the model has BatchNorm's statistics, for which it counts what a reply answers */
    /* Replies count from the next push on: where they stand before it decides nothing. Their steps stand right before
     * it. */
    bool late;
};

struct steps {        /* of one process */
    struct fifo step; /* struct step */
    struct fifo late; /* struct step: replies that are to stand before the next push */
    size_t open;      /* steps at the end that belong to no whole part yet */
    struct fifo part; /* size_t: steps in each whole part */
    int64_t parts;    /* all that there have been */
};

void steps_open(struct steps *s);
void steps_close(struct steps *s);

void steps_order(struct steps *s, const struct order *order, const struct steps_rule *rule);
void steps_task(struct steps *s, const struct task *task);
void steps_end(struct steps *s); /* what is open becomes a part */

size_t steps_part(const struct steps *s);        /* steps in the first whole part; 0: there is none */
void steps_drop(struct steps *s);                /* the first part */
bool steps_part_compares(const struct steps *s); /* it ends with COMPARE, and not with a push */
int64_t steps_part_iterations(const struct steps *s);

#endif
