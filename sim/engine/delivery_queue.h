/* What the PS has sent to one worker and the worker has not taken yet: replies, and after a crash the whole
 * model. One index into the queue says where everything is:
 *
 *   oldest                    arrived                        count
 *   |----------------------------|-----------------------------|
 *   | the worker takes these at  | on the link, or lost there  |
 *   | its next boundary          | and to be sent again        |
 *
 * Every operation asserts arrived <= count. A message that comes through the link while one before it has to
 * be sent again is `here` and waits: the worker gets all of them in the order in which they left. */
#ifndef SIM_ENGINE_DELIVERY_QUEUE_H
#define SIM_ENGINE_DELIVERY_QUEUE_H

#include "sim/base/fifo.h"
#include "sim/engine/orders.h"

struct delivery {
    bool fetch; /* the whole model for a worker that has returned, not a reply */
    bool here;  /* it is through the link */
    int64_t number, version;
    int64_t answers; /* it answers the worker's pushes below this number */
    struct rates rates;
    bool stop, cancel;
    vtime depart, arrive; /* arrive: VTIME_NEVER until it has arrived */
};

struct delivery_queue {
    struct fifo delivery; /* struct delivery, the oldest first */
    size_t arrived;
};

void delivery_queue_open(struct delivery_queue *q);
void delivery_queue_close(struct delivery_queue *q);

void delivery_queue_send(struct delivery_queue *q, const struct delivery *d);

/* The one on the link with that number among the replies, or among the fetches; NULL: the worker waits for
 * none such, because it has crashed since. */
struct delivery *delivery_queue_find(const struct delivery_queue *q, bool fetch, int64_t number);

/* The oldest one on the link arrives if it is here, and is returned; NULL: it is not. */
const struct delivery *delivery_queue_arrive(struct delivery_queue *q, vtime t);

/* The worker takes the oldest one that has arrived; false: none has. */
bool delivery_queue_take(struct delivery_queue *q, struct delivery *d);

/* Takes out the oldest one, arrived or not, which the worker will never take; false: the queue is empty. */
bool delivery_queue_discard(struct delivery_queue *q, struct delivery *d);

/* Replies that have not arrived; a fetched model does not count. */
int delivery_queue_replies_in_flight(const struct delivery_queue *q);

bool delivery_queue_is_empty(const struct delivery_queue *q);

#endif
