#include "sim/engine/delivery_queue.h"

#include <assert.h>

static void check(const struct delivery_queue *q)
{
    assert(q->arrived <= q->delivery.count);
}

void delivery_queue_open(struct delivery_queue *q)
{
    *q = (struct delivery_queue){.arrived = 0};
    fifo_init(&q->delivery, sizeof(struct delivery));
}

void delivery_queue_close(struct delivery_queue *q)
{
    fifo_free(&q->delivery);
}

void delivery_queue_send(struct delivery_queue *q, const struct delivery *d)
{
    fifo_put(&q->delivery, d);
    check(q);
}

struct delivery *delivery_queue_find(const struct delivery_queue *q, bool fetch, int64_t number)
{
    for (size_t i = q->arrived; i < q->delivery.count; i++) {
        struct delivery *d = fifo_at(&q->delivery, i);
        if (d->fetch == fetch && d->number == number)
            return d;
    }
    return NULL;
}

const struct delivery *delivery_queue_arrive(struct delivery_queue *q, vtime t)
{
    if (q->arrived == q->delivery.count)
        return NULL;
    struct delivery *oldest = fifo_at(&q->delivery, q->arrived);
    if (!oldest->here)
        return NULL;
    oldest->arrive = t;
    q->arrived++;
    check(q);
    return oldest;
}

const struct delivery *delivery_queue_oldest(const struct delivery_queue *q)
{
    return q->arrived > 0 ? fifo_front(&q->delivery) : NULL;
}

bool delivery_queue_take(struct delivery_queue *q, struct delivery *d)
{
    return q->arrived > 0 && delivery_queue_discard(q, d);
}

bool delivery_queue_discard(struct delivery_queue *q, struct delivery *d)
{
    if (!fifo_take(&q->delivery, d))
        return false;
    if (q->arrived > 0)
        q->arrived--;
    check(q);
    return true;
}

int delivery_queue_replies_in_flight(const struct delivery_queue *q)
{
    int replies = 0;
    for (size_t i = q->arrived; i < q->delivery.count; i++) {
        const struct delivery *d = fifo_at(&q->delivery, i);
        if (!d->fetch)
            replies++;
    }
    return replies;
}

bool delivery_queue_is_empty(const struct delivery_queue *q)
{
    return q->delivery.count == 0;
}
