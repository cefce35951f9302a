#include "sim/engine/push_queue.h"

#include <assert.h>

static void check(const struct push_queue *q)
{
    assert(0 <= q->done && q->done <= q->served && q->served <= q->arrived && q->arrived <= q->sent);
    assert(0 <= q->early && q->early <= q->arrived - q->served);
    assert(q->sent_before_crash <= q->sent && q->sent_before_outage <= q->served);
    assert(q->push.count == (size_t)(q->sent - q->done));
}

void push_queue_open(struct push_queue *q)
{
    *q = (struct push_queue){.done = 0};
    fifo_init(&q->push, sizeof(struct push));
}

void push_queue_close(struct push_queue *q)
{
    fifo_free(&q->push);
}

struct push *push_queue_at(const struct push_queue *q, int64_t number)
{
    assert(number >= q->done && number < q->sent);
    return fifo_at(&q->push, (size_t)(number - q->done));
}

struct push *push_queue_send(struct push_queue *q, const struct push *push)
{
    fifo_put(&q->push, push);
    q->sent++;
    check(q);
    return push_queue_at(q, q->sent - 1);
}

struct push *push_queue_arrive(struct push_queue *q)
{
    q->arrived++;
    check(q);
    return push_queue_at(q, q->arrived - 1);
}

int64_t push_queue_serve(struct push_queue *q)
{
    q->served++;
    check(q);
    return q->served - 1;
}

/* A push that is served later may be settled earlier; rows are complete in the order of the pushes all the
 * same. */
bool push_queue_take(struct push_queue *q, struct push *push, int64_t *number)
{
    const struct push *oldest = fifo_front(&q->push);
    if (!oldest || !oldest->read || !oldest->settled)
        return false;
    fifo_take(&q->push, push);
    *number = q->done;
    q->done++;
    check(q);
    return true;
}

void push_queue_hold_back(struct push_queue *q)
{
    q->early++;
    check(q);
}

void push_queue_let_through(struct push_queue *q)
{
    q->early--;
    check(q);
}

int64_t push_queue_waiting(const struct push_queue *q)
{
    return q->arrived - q->served;
}

struct push *push_queue_on_link(const struct push_queue *q)
{
    return q->arrived < q->sent ? push_queue_at(q, q->arrived) : NULL;
}

void push_queue_mark_crash(struct push_queue *q)
{
    q->sent_before_crash = q->sent;
    check(q);
}

void push_queue_write_off(struct push_queue *q)
{
    q->served = q->arrived = q->sent;
    q->early = 0;
    check(q);
}

void push_queue_mark_outage(struct push_queue *q)
{
    q->sent_before_outage = q->sent;
    check(q);
}
