/* Inside of the PS's process, shared by server.c (its tasks), numbers.c (those that touch gradients and models) and
 * desk.c (its desk: orders out, pushes in, scores back). */
#ifndef SIM_RUN_SERVER_H
#define SIM_RUN_SERVER_H

#include "sim/base/fifo.h"
#include "sim/output/metrics.h"
#include "sim/run/run.h"

#define HASHES 64 /* versions back that a replica's hash can be compared; workers are at most two behind */

struct server {
    const struct run *run;
    struct party me;
    struct conductor *conductor;
    struct fifo tasks;       /* struct task: the PS's part of the score, not yet played */
    struct fifo *orders;     /* (processes) struct order: not yet on the ring */
    struct inbox *pushes;    /* (processes) */
    struct fifo evaluations; /* struct eval_row: handed to the evaluator, not yet answered */
    int64_t snapshots;       /* sent so far */
    int64_t replies;         /* likewise */

    struct server_state state;
    float *stats, *stats_of; /* BatchNorm: the mean, and each worker's last ones (workers x stats) */
    uint8_t *coded_push, *coded_reply[MAX_SPANS];
    float *decoded, *scratch, *residual[MAX_SPANS];
    const struct task *folding; /* the push that is being read */
    struct addend *lent;        /* (workers) pushes of this round that lie where they were lent ... */
    int lents;                  /* ... and are not in the sums yet: so many */

    double *loss;    /* (workers) of each one's last push */
    double loss_sum; /* over the iterations pushed since the last evaluation */
    int64_t loss_iterations;
    uint64_t hash[HASHES]; /* of the model, by version */
    bool replicas_differ;

    struct metrics *metrics;
    struct summary summary;
    bool over;
};

struct addend { /* weight * v, of one push */
    int worker;
    const float *v;
    float weight;
};

/* numbers.c */
void numbers_open(struct server *s);
void numbers_fold(struct server *s, const struct task *t);
void numbers_update(struct server *s, const struct task *t);
void numbers_reply(struct server *s, const struct task *t);
void numbers_compare(struct server *s, const struct frame *f); /* a replica with what it should be */

/* desk.c */
void desk_open(struct server *s);
void desk_close(struct server *s);
void desk_order(void *server, const struct order *order); /* the conductor's score ... */
void desk_task(void *server, const struct task *task);    /* ... arrives here */
void desk_turn(void *server); /* orders out, full rings relieved, scores in; never blocks */
void desk_snapshot(struct server *s, const struct eval_row *row);
void desk_last_scores(struct server *s); /* waits for every evaluation */

#endif
