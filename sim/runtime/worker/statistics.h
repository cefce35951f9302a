/* BatchNorm's running statistics of one worker, and how a reply's mean joins them while pushes overlap
 * with local iterations.
 *
 * Every training batch moves the statistics linearly:  own = r own + (1 - r) batch,  r = 1 - BatchNorm's
 * momentum (model_stats_memory). So an exact rule exists. A reply brings the mean of the statistics in the
 * pushes that it answers. At push j this worker should have had `mean` instead of `sent_j`. What the
 * worker has measured since then must stay:
 *
 *     push j          push l          the reply to push j
 *     sent_j --------- sent_l -------- own                     iterations of this worker -->
 *     shift = mean - sent_j
 *     own    += r^k shift        k = own iterations since push j
 *     sent_l += r^m shift        m = own iterations from push j to push l, for every younger,
 *                                unanswered push
 *
 * With k = 0 own becomes the mean, bit for bit and at once. Otherwise the shift waits, and is added just
 * before the worker's next push, with k counted to that push: then no bit depends on the moment at which
 * the reply is accepted. For a reply that answers no push of this worker, sent_j is the statistics at the
 * last accept or fetch. */
#ifndef SIM_RUNTIME_WORKER_STATISTICS_H
#define SIM_RUNTIME_WORKER_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/runtime/checkpoint.h"

struct mark {      /* the statistics at one moment, including the shift that waits to be added */
    float *values; /* (n) */
    int64_t at;    /* after this number of the worker's iterations ... */
    int64_t next;  /* ... and before its push of this number */
};

struct statistics {
    size_t n;           /* floats; 0: the model has none, and nothing here does anything */
    double memory;      /* r */
    float *own;         /* (n) the worker's statistics; model_gradient updates them */
    float *mean;        /* (n) the mean in a reply, while the reply is read */
    int64_t iterations; /* iterations in `own` */
    int64_t pushes;     /* number of the next push */

    struct mark *sent; /* (sents) pushes without a reply, oldest first; `next` is the number of the push */
    size_t sents, room;
    struct mark shift;    /* the shift that waits, and that `own` lacks; stated at `at`; at = -1: none */
    struct mark accepted; /* the statistics at the last accept or fetch */
    /* To which cancelled iterations go back: the statistics at the last push, or a mean taken at once. */
    struct mark left;
};

void statistics_open(struct statistics *s, size_t n, double memory, const float *first);
void statistics_close(struct statistics *s);
void statistics_persist(struct statistics *s, struct section *c); /* in a checkpoint */

/* The worker has computed a gradient. */
void statistics_step(struct statistics *s);
/* Before push `number` (numbers rise by 1): adds the shift; `own` is then what the push carries. */
void statistics_push(struct statistics *s, int64_t number);
/* The iterations since the last push are cancelled. The reply that cancels them is accepted after this
 * call. */
void statistics_cancel(struct statistics *s);
/* A reply with `mean` is accepted. answers: the youngest push that the reply answers; -1: it answers none.
 * served: when the reply left, the PS had the pushes below this number, so no other reply will answer
 * them. */
void statistics_accept(struct statistics *s, int64_t answers, int64_t served);
/* After a crash: the worker starts again with these values. */
void statistics_fetch(struct statistics *s, const float *values);

#endif
