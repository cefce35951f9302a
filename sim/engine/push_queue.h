/* The pushes of one worker: each from its departure until its row of workers.csv is complete. Links and the
 * PS are first in, first out (network.h, rule 1), so four indices into the numbers 0, 1, 2 ... of the pushes
 * say where all of them are:
 *
 *   0          done            served             arrived               sent
 *   |------------|---------------|-------------------|--------------------|---------> number of the push
 *   | row is     | admitted by   | waits at the PS   | on the link, or    | not yet
 *   | complete   | the PS, row   | for its service,  | lost there and to  | sent
 *   |            | incomplete    | or for its turn   | be sent again      |
 *
 * Every operation asserts
 *   0 <= done <= served <= arrived <= sent       and      0 <= early <= arrived - served,
 *   sent_before_crash <= sent                    and      sent_before_outage <= served. */
#ifndef SIM_ENGINE_PUSH_QUEUE_H
#define SIM_ENGINE_PUSH_QUEUE_H

#include "algorithms/algorithm.h"
#include "sim/base/fifo.h"
#include "sim/engine/orders.h"

struct push {
    struct push_header header;
    struct push_row row;
    bool read;    /* the PS's process has been ordered to read it: it is folded or dropped */
    bool settled; /* its reply has been accepted, or it will never be answered */
    bool resent;  /* it has been lost, and waits to be sent again */
    bool lost;    /* it has been lost for good, because its sender has crashed */
};

struct push_queue {
    struct fifo push; /* struct push, those numbered done .. sent - 1 */
    int64_t done, served, arrived, sent;
    /* Fragments only: the PS has spent its service on these, but the updates before theirs have not been
     * made. */
    int64_t early;
    /* Bound of the pushes that the worker had sent when it last crashed. One below it that is lost is not
     * sent again; one below it that the PS drops leaves the restarted worker without a reply to wait for. */
    int64_t sent_before_crash;
    /* Bound of the pushes that the worker had sent when the PS last crashed: all of them are void. What is
     * still on the link of them uses the link to its end and is ignored when it arrives. */
    int64_t sent_before_outage;
};

void push_queue_open(struct push_queue *q);
void push_queue_close(struct push_queue *q);

/* done <= number < sent. The pointer holds until the next push is sent or taken. */
struct push *push_queue_at(const struct push_queue *q, int64_t number);

/* The next push departs, and arrives; the PS admits the oldest that has arrived, the number of which is
 * returned. */
struct push *push_queue_send(struct push_queue *q, const struct push *push);
struct push *push_queue_arrive(struct push_queue *q);
int64_t push_queue_serve(struct push_queue *q);

/* Takes out the oldest push if its row is complete: the PS has read and the worker has settled it. */
bool push_queue_take(struct push_queue *q, struct push *push, int64_t *number);

/* A push comes before its turn; its turn has come, and push_queue_serve() follows. */
void push_queue_hold_back(struct push_queue *q);
void push_queue_let_through(struct push_queue *q);

/* Pushes that have arrived and have not been served. */
int64_t push_queue_waiting(const struct push_queue *q);
/* A worker's link carries one push at a time. The push on it, lost ones included; NULL: the link is free. */
struct push *push_queue_on_link(const struct push_queue *q);

/* The worker has crashed. */
void push_queue_mark_crash(struct push_queue *q);
/* The PS has crashed, or the run ends: no push arrives or is served any more; all count as served. */
void push_queue_write_off(struct push_queue *q);
/* After push_queue_write_off(): it was the PS's crash, and the worker will push again. */
void push_queue_mark_outage(struct push_queue *q);

#endif
