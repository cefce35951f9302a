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
    bool read;    /* the PS's process has been ordered to read the push: it is folded or dropped */
    bool settled; /* the worker has accepted the reply, or the push will never be answered */
    bool resent;  /* the push is lost, and waits to be sent again */
    bool lost;    /* the push is lost for good, because its worker has crashed */
};

struct push_queue {
    struct fifo push; /* struct push: pushes done .. sent - 1 */
    int64_t done, served, arrived, sent;
    /* Fragments only: pushes that the PS has served, while the updates before their own have not been
     * made. */
    int64_t early;
    /* The worker had sent the pushes below this number when it last crashed. Such a push is not sent again
     * if it is lost; and if the PS drops it, the restarted worker has no reply to wait for. */
    int64_t sent_before_crash;
    /* The worker had sent the pushes below this number when the PS last crashed: all of them are void.
     * Such a push still on the link uses the link to its end, and is ignored when it arrives. */
    int64_t sent_before_outage;
};

void push_queue_open(struct push_queue *q);
void push_queue_close(struct push_queue *q);

/* done <= number < sent. The pointer holds until the next push is sent or taken. */
struct push *push_queue_at(const struct push_queue *q, int64_t number);

/* The next push departs; the oldest push on the link arrives; the PS admits the oldest push that has
 * arrived. The last returns the number of the push. */
struct push *push_queue_send(struct push_queue *q, const struct push *push);
struct push *push_queue_arrive(struct push_queue *q);
int64_t push_queue_serve(struct push_queue *q);

/* Takes out the oldest push if its row is complete: the PS has read and the worker has settled it. */
bool push_queue_take(struct push_queue *q, struct push *push, int64_t *number);

/* Fragments: the PS has served a push before an earlier update, and holds it back. The update of the push
 * is next: the PS lets it through, and push_queue_serve() follows. */
void push_queue_hold_back(struct push_queue *q);
void push_queue_let_through(struct push_queue *q);

/* Pushes that have arrived and have not been served. */
int64_t push_queue_waiting(const struct push_queue *q);
/* A worker's link carries one push at a time. Returns the push on the link, lost or not; NULL: the link is
 * free. */
struct push *push_queue_on_link(const struct push_queue *q);

/* The worker has crashed. */
void push_queue_mark_crash(struct push_queue *q);
/* The PS has crashed, or the run ends: all pushes sent so far count as served, and none of them arrives. */
void push_queue_write_off(struct push_queue *q);
/* After push_queue_write_off() for a crash of the PS: the worker will push again. */
void push_queue_mark_outage(struct push_queue *q);

#endif
