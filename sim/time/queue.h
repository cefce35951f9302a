/* The event list of a discrete-event simulation: a binary heap of events in the order (time, kind, rank,
 * order of pushing). The order is total, so equal runs have equal histories. */
#ifndef SIM_TIME_QUEUE_H
#define SIM_TIME_QUEUE_H

#include <stdbool.h>

#include "sim/time/vtime.h"

enum { EVENT_KINDS = 16, EVENT_RANKS = (1 << 20) - 1 };

struct event {
    vtime at;       /* from 0 */
    int kind, rank; /* within one ns the lower kind comes first, then the lower rank; below EVENT_KINDS and
                       EVENT_RANKS, a rank from -1 on */
    int64_t id;     /* the caller's; takes no part in the order */
};

struct queue;

struct queue *queue_create(void);
void queue_destroy(struct queue *queue); /* NULL is fine */

/* Not earlier than the event last popped: time never runs backwards. */
void queue_push(struct queue *queue, const struct event *event);

/* The first event; false: there is none. */
bool queue_peek(const struct queue *queue, struct event *event);
bool queue_pop(struct queue *queue, struct event *event);

/* Takes out the first event without time coming to it: events before it may still be pushed. */
void queue_cancel(struct queue *queue);

#endif
