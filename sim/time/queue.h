/* What happens next: a binary heap of events in the order (time, kind, rank, order of pushing). */
#ifndef SIM_TIME_QUEUE_H
#define SIM_TIME_QUEUE_H

#include <stdbool.h>

#include "sim/time/vtime.h"

struct event {
    vtime at;
    int kind,
        rank;   /* within one ns the lower kind comes first, then the lower rank (rule 6 of the time model) */
    int64_t id; /* the caller's; does not take part in the order */
};

struct queue;

struct queue *queue_create(void);
void queue_destroy(struct queue *queue); /* NULL is fine */

/* Not earlier than the event last popped: time never runs backwards. */
void queue_push(struct queue *queue, const struct event *event);

/* The first event; false when there is none. */
bool queue_peek(const struct queue *queue, struct event *event);
bool queue_pop(struct queue *queue, struct event *event);

/* Takes out the first event, which will not happen after all: earlier ones may still be pushed. */
void queue_cancel(struct queue *queue);

#endif
