/* What the PS has sent to one worker and the worker has not taken yet: replies, and after a crash the
 * whole model. One index into the queue says where everything is:
 *
 *   oldest                    arrived                        count
 *   |----------------------------|-----------------------------|
 *   | the worker takes these at  | on the link, or lost there  |
 *   | its next boundary          | and to be sent again        |
 *
 * Every operation asserts arrived <= count. A message may come through the link while an earlier message
 * has to be sent again. Then it is `here` and waits: the worker gets all messages in the order in which
 * they left. */
#ifndef SIM_ENGINE_DELIVERY_QUEUE_H
#define SIM_ENGINE_DELIVERY_QUEUE_H

#include "sim/base/fifo.h"
#include "sim/engine/orders.h"

struct delivery {
    bool fetch;   /* the whole model for a worker that has returned, not a reply */
    bool here;    /* the message is through the link */
    bool encodes; /* the PS encodes it: it has not departed */
    int64_t number, version;
    int64_t answers; /* the reply answers the worker's pushes below this number */
    struct rates rates;
    int64_t done; /* iterations in the message's model, of all workers */
    /* Iterations of this worker that are in that model, or were begun before the worker's session. */
    int64_t own;
    double progress; /* `done` as a part of the run's iterations */
    bool stop, cancel;
    vtime depart, arrive; /* arrive: VTIME_NEVER until the message has arrived */
};

struct delivery_queue {
    struct fifo delivery; /* struct delivery, the oldest first */
    size_t arrived;
};

void delivery_queue_open(struct delivery_queue *q);
void delivery_queue_close(struct delivery_queue *q);

void delivery_queue_send(struct delivery_queue *q, const struct delivery *d);

/* The message on the link that is reply, or fetch, `number`. NULL: the worker has crashed since and no
 * longer waits for the message. */
struct delivery *delivery_queue_find(const struct delivery_queue *q, bool fetch, int64_t number);

/* The oldest message on the link arrives if it is `here`, and is returned; NULL: it is not `here`. */
const struct delivery *delivery_queue_arrive(struct delivery_queue *q, vtime t);

/* The oldest message that has arrived, which delivery_queue_take() takes; NULL: no message has. */
const struct delivery *delivery_queue_oldest(const struct delivery_queue *q);

/* The worker takes the oldest message that has arrived; false: no message has arrived. */
bool delivery_queue_take(struct delivery_queue *q, struct delivery *d);

/* Takes out the oldest message, arrived or not, because the worker will never take it; false: the queue is
 * empty. */
bool delivery_queue_discard(struct delivery_queue *q, struct delivery *d);

/* Replies that have not arrived; a fetched model does not count. */
int delivery_queue_replies_in_flight(const struct delivery_queue *q);

bool delivery_queue_is_empty(const struct delivery_queue *q);

#endif
