/* BatchNorm's running statistics of one worker, and how a reply's mean joins them while pushes overlap with
 * local iterations.
 *
 * Every training batch moves the statistics linearly:  own = r own + (1 - r) batch,  r = 1 - BatchNorm's
 * momentum (model_stats_memory). So the exact rule exists. A reply brings the mean of the statistics in the
 * pushes that it answers. It says: at push j this worker should have had `mean`, not `sent_j`. What the
 * worker has measured since then must stay:
 *
 *     push j          push l          the reply to push j
 *     sent_j --------- sent_l -------- own                     iterations of this worker -->
 *     shift = mean - sent_j
 *     own    += r^k shift        k = own iterations since push j
 *     sent_l += r^m shift        m = own iterations from push j to push l, for every younger push without a reply
 *
 * With k = 0 own becomes the mean, bit for bit and at once. Otherwise the shift waits and is added just
 * before the worker's next push, with k counted to there: then no bit depends on the moment at which the
 * reply is accepted. A reply that answers no push of this worker takes the statistics at the last accept,
 * or at the last fetch, for sent_j. */
#ifndef SIM_RUNTIME_WORKER_STATISTICS_H
#define SIM_RUNTIME_WORKER_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/runtime/checkpoint.h"

struct mark {      /* the statistics at some moment, with what waits to be added */
    float *values; /* (n) */
    int64_t at;    /* after this number of the worker's iterations ... */
    int64_t next;  /* ... and before its push of this number */
};

struct statistics {
    size_t n;           /* floats; 0: the model has none, and nothing here does anything */
    double memory;      /* r */
    float *own;         /* (n) model_gradient moves these */
    float *mean;        /* (n) a reply's, while it is read */
    int64_t iterations; /* in `own` */
    int64_t pushes;     /* number of the next one */

    struct mark *sent; /* (sents) pushes without a reply, oldest first; next is their number */
    size_t sents, room;
    struct mark
        shift; /* what replies have shifted and `own` lacks yet, as it counts `at` there; at = -1: nothing */
    struct mark accepted; /* at the last accept or fetch */
    struct mark
        left; /* `own`, where cancelled iterations lead back to: the last push, or a mean that came at once */
};

void statistics_open(struct statistics *s, size_t n, double memory, const float *first);
void statistics_close(struct statistics *s);
void statistics_persist(struct statistics *s, struct section *c); /* in a checkpoint */

/* The worker has computed a gradient. */
void statistics_step(struct statistics *s);
/* Before the push of this number (they rise by 1): `own` is what it carries. */
void statistics_push(struct statistics *s, int64_t number);
/* The iterations since the last push are forgotten; the reply that says so is accepted after this. */
void statistics_cancel(struct statistics *s);
/* A reply with `mean` is accepted. answers: the youngest push that it answers; -1: none. served: the PS has
 * had the pushes below this number when the reply left it, so nothing else will answer them. */
void statistics_accept(struct statistics *s, int64_t answers, int64_t served);
/* After a crash: everything begins with these. */
void statistics_fetch(struct statistics *s, const float *values);

#endif
